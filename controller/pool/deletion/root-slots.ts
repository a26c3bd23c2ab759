import { KeyStoreError } from "../../../errors/index.ts";
import { type Binding, unwrapKey, wrapKey } from "../sealing.ts";
import { TREE_KEY_BYTES } from "./segments.ts";

/** A slot is written whole, in place; only its beginning is used. */
export const SLOT_BYTES = 4096;
/** Two slots: while one is written, the other holds the root in force. */
export const ROOT_FILE_BYTES = 2 * SLOT_BYTES;
/** Length of what names the store that a root belongs to. */
export const STORE_NAME_BYTES = 16;

const MAGIC = Buffer.from("QKDROOT1");
const NAME_AT = MAGIC.length;
const GENERATION_AT = NAME_AT + STORE_NAME_BYTES;
const WRAPPED_AT = GENERATION_AT + 8;
/** IV, root and tag. */
const WRAPPED_BYTES = 12 + TREE_KEY_BYTES + 16;

/** A root and the generation of the database that it opens. */
export interface RootOfGeneration {
  readonly generation: number;
  readonly root: Uint8Array;
}

/** Whose roots they are: the store's random name, and what wraps them; its database is told in errors. */
export interface RootOwner {
  readonly databasePath: string;
  readonly storeName: Uint8Array;
  readonly wrappingKey: Uint8Array;
}

/** The bytes of a slot: magic, store, generation (8 bytes, big-endian), root wrapped under the key file's key. */
export function packSlot({ storeName, wrappingKey }: RootOwner, content: RootOfGeneration): Uint8Array {
  const slot = Buffer.alloc(SLOT_BYTES);
  slot.set(MAGIC);
  slot.set(storeName, NAME_AT);
  slot.writeBigUInt64BE(BigInt(content.generation), GENERATION_AT);
  slot.set(wrapKey(wrappingKey, content.root, binding(storeName, content.generation)), WRAPPED_AT);
  return slot;
}

/**
 * The roots in the two slots of the file at `path`; null for a slot that is torn, damaged or erased. QKD_KEYSTORE_CONFLICT for a file that
 * is not this store's: it is left as it is.
 */
export function unpackSlots(
  owner: RootOwner,
  path: string,
  file: Uint8Array,
): readonly (RootOfGeneration | null)[] {
  checkRootFile(path, file);
  const slots = [file.subarray(0, SLOT_BYTES), file.subarray(SLOT_BYTES)].map((slot) => Buffer.from(slot));
  if (!isErased(file) && !slots.some((slot) => isOf(owner, slot)))
    throw wrongFile(path, `the root file ${path} belongs to another key store than ${owner.databasePath}`);
  return slots.map((slot) => (isOf(owner, slot) ? unpackSlot(owner, slot) : null));
}

/** QKD_KEYSTORE_CONFLICT for a file that is no root file, of whatever store. */
export function checkRootFile(path: string, file: Uint8Array): void {
  const named = [0, SLOT_BYTES].some((at) => MAGIC.equals(file.subarray(at, at + NAME_AT)));
  if (file.length !== ROOT_FILE_BYTES || !(named || isErased(file)))
    throw wrongFile(path, `the file ${path} in the root file's place is none`);
}

function isErased(file: Uint8Array): boolean {
  return file.every((byte) => byte === 0);
}

function isOf({ storeName }: RootOwner, slot: Buffer): boolean {
  return slot.subarray(0, NAME_AT).equals(MAGIC) && slot.subarray(NAME_AT, GENERATION_AT).equals(storeName);
}

function unpackSlot({ storeName, wrappingKey }: RootOwner, slot: Buffer): RootOfGeneration | null {
  const generation = Number(slot.readBigUInt64BE(GENERATION_AT));
  try {
    const wrapped = slot.subarray(WRAPPED_AT, WRAPPED_AT + WRAPPED_BYTES);
    return { generation, root: unwrapKey(wrappingKey, wrapped, binding(storeName, generation)) };
  } catch {
    return null;
  }
}

function wrongFile(path: string, sentence: string): KeyStoreError {
  return new KeyStoreError("QKD_KEYSTORE_CONFLICT", sentence, {
    context: { path },
    remedy: "put the root file of this key store back; or move the file away, which gives the stock up",
  });
}

function binding(storeName: Uint8Array, generation: number): Binding {
  return ["root", Buffer.from(storeName).toString("hex"), generation];
}
