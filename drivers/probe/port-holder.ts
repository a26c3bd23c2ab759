import { readdir, readFile, readlink, realpath } from "node:fs/promises";

/** A process that has a file open. */
export interface PortHolder {
  readonly pid: number;
  /** Name of its program. */
  readonly command: string;
}

/**
 * Which process of this machine has a port open, by what /proc shows: undefined where it is none that this user may see,
 * and on systems without /proc.
 */
export async function portHolder(path: string, own = process.pid): Promise<PortHolder | undefined> {
  const target = await realpath(path).catch(() => path);
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    if (Number(pid) === own) continue;
    const folder = `/proc/${pid}/fd`;
    for (const fd of await readdir(folder).catch(() => [])) {
      if ((await readlink(`${folder}/${fd}`).catch(() => "")) !== target) continue;
      const command = (await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "")).trim();
      return { pid: Number(pid), command: command === "" ? "a program" : command };
    }
  }
  return undefined;
}
