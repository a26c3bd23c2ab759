import { createDecipheriv, hkdfSync } from "node:crypto";

/** What somebody holds who copied the machine: any number of files, or whole media, and the key file. */
export interface Loot {
  readonly kek: Uint8Array;
  /** Contents of root files, databases, logs, or raw media. */
  readonly files: readonly Uint8Array[];
}

/** What no secret is, and is therefore known to the thief. */
export interface KnownBlock {
  readonly blockId: string;
  readonly bytes: number;
}

const SEGMENT_BYTES = 4032;
const LINK = "link";
const MOST = { rows: 6, epochs: 6, blocks: 6 };

interface Root {
  readonly key: Buffer;
  readonly generation: number;
}

/**
 * Opens all that can be opened: looks through every byte for roots, and for cells of the database whatever page they
 * lie on, free or not, and tries every key that it finds on every ciphertext. Written from the description of the
 * formats, without the store's code. Returns the plaintexts of segments.
 */
export function steal({ kek, files }: Loot, blocks: readonly KnownBlock[]): Buffer[] {
  const wrappingKey = Buffer.from(hkdfSync("sha384", kek, Buffer.alloc(0), "qkdlink/1 wrapping key", 32));
  const media = files.map((file) => Buffer.from(file));
  const roots = media.flatMap((medium) => rootsIn(medium, wrappingKey));
  const blockKeys = unique(media.flatMap((medium) => roots.flatMap((root) => blockKeysIn(medium, root))));
  return media.flatMap((medium) => blocks.flatMap((block) => segmentsIn(media, medium, block, blockKeys)));
}

function rootsIn(medium: Buffer, wrappingKey: Buffer): Root[] {
  const found: Root[] = [];
  for (let at = medium.indexOf("QKDROOT1"); at >= 0; at = medium.indexOf("QKDROOT1", at + 1)) {
    const store = medium.toString("hex", at + 8, at + 24);
    const generation = Number(medium.readBigUInt64BE(at + 24));
    const key = unwrap(wrappingKey, medium.subarray(at + 32, at + 92), ["root", store, generation]);
    if (key !== null) found.push({ key, generation });
  }
  return found;
}

function blockKeysIn(medium: Buffer, root: Root): Buffer[] {
  const found: Buffer[] = [];
  for (const sealed of cells(medium, 12 + 32 + 16)) {
    for (let row = 0; row < MOST.rows; row += 1) {
      const key = unwrap(root.key, sealed, ["block key", LINK, row]);
      if (key !== null) found.push(key);
    }
  }
  for (let count = 1; count <= MOST.blocks; count += 1) {
    // Before the vector stand the store's name and the generation.
    for (const sealed of cells(medium, 12 + 40 * count + 16, [16, 17, 18])) {
      const vector = unwrap(root.key, sealed, ["root vector", LINK, root.generation]);
      for (let entry = 0; vector !== null && entry < count; entry += 1)
        found.push(vector.subarray(40 * entry + 8, 40 * entry + 40));
    }
  }
  return found;
}

function segmentsIn(
  media: readonly Buffer[],
  medium: Buffer,
  { blockId, bytes }: KnownBlock,
  blockKeys: Buffer[],
): Buffer[] {
  const found: Buffer[] = [];
  const segments = Math.ceil(bytes / SEGMENT_BYTES);
  const names = Array.from({ length: MOST.epochs }, (_, epoch) => [blockId, LINK, "qkd", epoch] as const);
  const lengths = Array.from({ length: segments }, (_, number) =>
    Math.min(SEGMENT_BYTES, bytes - number * SEGMENT_BYTES),
  );
  const texts = new Map(
    [...new Set(lengths)].map((length) => [length, media.flatMap((each) => cells(each, length + 16))]),
  );
  for (const sealed of cells(medium, 32 * segments + 16)) {
    for (const key of blockKeys) {
      for (const name of names) {
        const vector = open(key, Buffer.alloc(12), sealed, ["block vector", ...name]);
        if (vector === null) continue;
        for (const [number, length] of lengths.entries()) {
          const segmentKey = vector.subarray(32 * number, 32 * number + 32);
          for (const text of texts.get(length) ?? []) {
            const plain = open(segmentKey, Buffer.alloc(12), text, ["segment", ...name, number]);
            if (plain !== null) found.push(plain);
          }
        }
      }
    }
  }
  return found;
}

/**
 * All places where a cell of SQLite may hold a blob of `length`: behind its type in the cell's header (twice the length
 * and 12, as a varint), and behind columns of `skipped` bytes.
 */
function cells(medium: Buffer, length: number, skipped: readonly number[] = [0]): Buffer[] {
  const type = 2 * length + 12;
  const header = type < 128 ? [type] : [0x80 | (type >> 7), type & 0x7f];
  if (type >= 16_384) header.splice(0, 1, 0x80 | (type >> 14), 0x80 | ((type >> 7) & 0x7f));
  const found: Buffer[] = [];
  const mark = Buffer.from(header);
  for (let at = medium.indexOf(mark); at >= 0; at = medium.indexOf(mark, at + 1)) {
    for (const skip of skipped) {
      const first = at + mark.length + skip;
      if (first + length <= medium.length) found.push(medium.subarray(first, first + length));
    }
  }
  return found;
}

function unwrap(key: Buffer, wrapped: Buffer, binding: readonly (string | number)[]): Buffer | null {
  return open(key, wrapped.subarray(0, 12), wrapped.subarray(12), binding);
}

function open(
  key: Buffer,
  nonce: Buffer,
  sealed: Buffer,
  binding: readonly (string | number)[],
): Buffer | null {
  const decipher = createDecipheriv("aes-256-gcm", key, nonce);
  decipher.setAAD(Buffer.from(JSON.stringify(binding)));
  decipher.setAuthTag(sealed.subarray(sealed.length - 16));
  const plain = decipher.update(sealed.subarray(0, sealed.length - 16));
  try {
    decipher.final();
    return plain;
  } catch {
    return null;
  }
}

function unique(keys: readonly Buffer[]): Buffer[] {
  return [...new Map(keys.map((key) => [key.toString("hex"), key])).values()];
}
