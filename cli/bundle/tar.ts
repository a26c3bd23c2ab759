import { ConfigError } from "../../errors/index.ts";

/** One file of an archive. */
export interface ArchiveEntry {
  /** Path with slashes, at most 100 bytes. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

const BLOCK_BYTES = 512;
const encoder = new TextEncoder();

/** Files as a tar archive (POSIX.1-1988, ustar), readable for their owner alone. `atS`: seconds since 1970. */
export function tarArchive(entries: readonly ArchiveEntry[], atS: number): Uint8Array[] {
  const parts = entries.flatMap(({ name, bytes }) => [
    header(name, bytes.length, atS),
    bytes,
    new Uint8Array((BLOCK_BYTES - (bytes.length % BLOCK_BYTES)) % BLOCK_BYTES),
  ]);
  return [...parts, new Uint8Array(2 * BLOCK_BYTES)];
}

function header(name: string, size: number, atS: number): Uint8Array {
  const path = encoder.encode(name);
  if (path.length > 100) throw new ConfigError("QKD_USAGE", `the name ${name} is too long for an archive`);
  const block = new Uint8Array(BLOCK_BYTES);
  const put = (text: string, at: number) => block.set(encoder.encode(text), at);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, "0")}\0`;
  block.set(path);
  put(octal(0o600, 7), 100);
  put(octal(0, 7), 108);
  put(octal(0, 7), 116);
  put(octal(size, 11), 124);
  put(octal(Math.floor(atS), 11), 136);
  // The checksum counts its own field as blanks.
  put(" ".repeat(8), 148);
  put("0", 156);
  put("ustar\0" + "00", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}
