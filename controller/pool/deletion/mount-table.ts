/** A mounted file system as `/proc/mounts` names it. */
export interface Mount {
  /** The device, `/dev/sda1`, or what stands in its place. */
  readonly source: string;
  readonly folder: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** The mount that holds `path` (absolute, without symbolic links): the deepest one, of equals the last. */
export function mountOf(mountTable: string, path: string): Mount | undefined {
  let found: Mount | undefined;
  for (const line of mountTable.split("\n")) {
    const [source, folder, type, options] = line.split(" ").map(unescaped);
    if (source === undefined || folder === undefined || type === undefined || options === undefined) continue;
    const inside = folder === "/" || path === folder || path.startsWith(`${folder}/`);
    if (inside && folder.length >= (found?.folder.length ?? 0))
      found = { source, folder, type, options: options.split(",") };
  }
  return found;
}

/** The kernel writes blanks, tabs, line ends and backslashes of names as three octal digits. */
function unescaped(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
