import { checkArgument, rule } from "../../options/index.ts";

/**
 * A CRC-32 (IEEE 802.3) function: `init` is the checksum of the bytes before these, 0 at the start. `zlib.crc32` of
 * Node fits and is faster than the one here.
 */
export type Crc32 = (bytes: Uint8Array, init?: number) => number;

const SLICES = 16;

// Slice k holds the checksum of a byte followed by k zero bytes, so that sixteen bytes are folded in one step.
const TABLE = (() => {
  const table = new Uint32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    table[byte] = crc;
  }
  for (let index = 256; index < table.length; index++) {
    const shorter = table[index - 256] as number;
    table[index] = (shorter >>> 8) ^ (table[shorter & 0xff] as number);
  }
  return table;
})();

/** CRC-32 in plain code, sliced by sixteen; the default wherever none is given. */
export const crc32: Crc32 = (bytes, init = 0) => {
  checkArgument("bytes", bytes, rule.bytes);
  checkArgument("init", init, rule.anyNumber);
  const t = TABLE;
  const b = bytes;
  let crc = ~init;
  let at = 0;
  for (const last = bytes.length - SLICES; at <= last; at += SLICES) {
    crc =
      t[0xf00 + ((b[at]! ^ crc) & 0xff)]! ^
      t[0xe00 + ((b[at + 1]! ^ (crc >>> 8)) & 0xff)]! ^
      t[0xd00 + ((b[at + 2]! ^ (crc >>> 16)) & 0xff)]! ^
      t[0xc00 + (b[at + 3]! ^ (crc >>> 24))]! ^
      t[0xb00 + b[at + 4]!]! ^
      t[0xa00 + b[at + 5]!]! ^
      t[0x900 + b[at + 6]!]! ^
      t[0x800 + b[at + 7]!]! ^
      t[0x700 + b[at + 8]!]! ^
      t[0x600 + b[at + 9]!]! ^
      t[0x500 + b[at + 10]!]! ^
      t[0x400 + b[at + 11]!]! ^
      t[0x300 + b[at + 12]!]! ^
      t[0x200 + b[at + 13]!]! ^
      t[0x100 + b[at + 14]!]! ^
      t[b[at + 15]!]!;
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ t[(crc ^ b[at]!) & 0xff]!;
  return ~crc >>> 0;
};
