/** When the next file of a recording begins. */
export interface RotationLimits {
  /** Most bytes of a file. */
  readonly fileBytes: number;
  /** Longest time that a file spans, ns. */
  readonly fileNs: bigint;
}

/** 64 MiB or an hour, whichever comes first. */
export const USUAL_ROTATION: RotationLimits = { fileBytes: 64 * 2 ** 20, fileNs: 3600n * 1_000_000_000n };

/** What is known of the file that is written now. */
export interface OpenFile {
  readonly bytes: number;
  /** Time of its first packet; undefined while it has none. */
  readonly firstNs: bigint | undefined;
}

/** Whether a packet belongs into the next file. A file has at least one packet, however long that is. */
export function rotationDue(
  { bytes, firstNs }: OpenFile,
  packet: { readonly bytes: number; readonly atNs: bigint },
  limits: RotationLimits,
): boolean {
  if (firstNs === undefined) return false;
  return bytes + packet.bytes > limits.fileBytes || packet.atNs - firstNs >= limits.fileNs;
}

/** Name of the n-th file of a recording, from 1: `run.pcapng`, `run-0002.pcapng`. */
export function fileName(first: string, number: number): string {
  if (number === 1) return first;
  const dot = /\.[^./\\]*$/.exec(first);
  const stem = dot === null ? first : first.slice(0, dot.index);
  return `${stem}-${String(number).padStart(4, "0")}${dot?.[0] ?? ""}`;
}
