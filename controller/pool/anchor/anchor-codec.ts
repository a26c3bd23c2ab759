import type { KeyOrigin } from "../key-pool.ts";
import {
  ANCHORED_ORIGINS,
  type AnchorRecord,
  eachOrigin,
  type Frontier,
  MAX_ANCHORED_SECRETS,
  type OriginAnchor,
  type PadAnchor,
} from "./anchor-record.ts";

/** Bytes of one slot of the file: what a disk writes at once. */
export const SLOT_BYTES = 4096;
/** Bytes of the name of a slot's owner. */
export const OWNER_BYTES = 16;

/** Who may read and write a slot. */
export interface AnchorSeal {
  /** Names key file, link and site, OWNER_BYTES long. */
  readonly owner: Uint8Array;
  /** Keyed checksum, 32 bytes. */
  readonly mac: (bytes: Uint8Array) => Uint8Array;
}

/**
 * What a slot holds. `blank`: it was never written. `foreign`: what looks like a record of another key file, link or
 * site. `damaged`: anything else.
 */
export type Slot =
  | { readonly type: "record"; readonly record: AnchorRecord }
  | { readonly type: "blank" | "foreign" | "damaged" };

const MAGIC = 0x514b4441;
const FORMAT = 2;
const OWNER_AT = 8;
const STORE_ID_AT = 24;
const NUMBERS_AT = 40;
const MAC_BYTES = 32;
const MAC_AT = SLOT_BYTES - MAC_BYTES;

/** The record as the bytes of a slot. */
export function encodeSlot(record: AnchorRecord, seal: AnchorSeal): Uint8Array {
  const slot = new Uint8Array(SLOT_BYTES);
  const head = new DataView(slot.buffer);
  head.setUint32(0, MAGIC);
  head.setUint8(4, FORMAT);
  head.setUint8(5, record.clean ? 1 : 0);
  slot.set(seal.owner, OWNER_AT);
  slot.set(fromHex(record.storeId), STORE_ID_AT);
  const out = new Cursor(slot, NUMBERS_AT);
  out.put(record.version, record.generation, record.lastSeenMs, record.audit.number);
  out.putBytes(fromHex(record.audit.hash));
  for (const origin of ANCHORED_ORIGINS) putOrigin(out, record.origins[origin]);
  const pads = record.pads.slice(-MAX_ANCHORED_SECRETS);
  out.put(pads.length);
  for (const { secret, own, peer, held } of pads) {
    out.putBytes(fromHex(secret));
    out.put(own, peer, held ? 1 : 0);
  }
  slot.set(seal.mac(slot.subarray(0, MAC_AT)), MAC_AT);
  return slot;
}

/** What the bytes of a slot hold; anything whose checksum differs is no record. */
export function decodeSlot(slot: Uint8Array, seal: AnchorSeal): Slot {
  if (slot.every((byte) => byte === 0)) return { type: "blank" };
  if (slot.length !== SLOT_BYTES) return { type: "damaged" };
  const head = new DataView(slot.buffer, slot.byteOffset, slot.byteLength);
  if (head.getUint32(0) !== MAGIC || head.getUint8(4) !== FORMAT) return { type: "damaged" };
  if (!same(slot.subarray(OWNER_AT, OWNER_AT + OWNER_BYTES), seal.owner)) return { type: "foreign" };
  if (!same(slot.subarray(MAC_AT), seal.mac(slot.subarray(0, MAC_AT)))) return { type: "damaged" };
  const from = new Cursor(slot, NUMBERS_AT);
  const [version, generation, lastSeenMs, number] = [from.get(), from.get(), from.get(), from.get()];
  const hash = toHex(from.getBytes(32));
  const origins = eachOrigin((_: KeyOrigin) => getOrigin(from));
  const pads: PadAnchor[] = Array.from({ length: Math.min(from.get(), MAX_ANCHORED_SECRETS) }, () => {
    const secret = toHex(from.getBytes(16));
    return { secret, own: from.get(), peer: from.get(), held: from.get() === 1 };
  });
  const storeId = toHex(slot.subarray(STORE_ID_AT, STORE_ID_AT + 16));
  const clean = head.getUint8(5) === 1;
  const record = { storeId, version, clean, generation, audit: { number, hash }, lastSeenMs, origins, pads };
  return { type: "record", record };
}

function putOrigin(out: Cursor, { own, fetched, released }: OriginAnchor): void {
  for (const { upTo, reached } of [own, fetched])
    out.put(upTo.sequence, upTo.offset, reached.sequence, reached.offset);
  out.put(released);
}

function getOrigin(from: Cursor): OriginAnchor {
  const frontier = (): Frontier => {
    const upTo = { sequence: from.get(), offset: from.get() };
    return { upTo, reached: { sequence: from.get(), offset: from.get() } };
  };
  return { own: frontier(), fetched: frontier(), released: from.get() };
}

/** Writes or reads one number of 64 bits, or bytes, after the other. */
class Cursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
  }

  put(...numbers: readonly number[]): void {
    for (const number of numbers) {
      this.#view.setBigInt64(this.#at, BigInt(number));
      this.#at += 8;
    }
  }

  get(): number {
    this.#at += 8;
    return Number(this.#view.getBigInt64(this.#at - 8));
  }

  putBytes(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  getBytes(count: number): Uint8Array {
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }
}

/** Without telling by its time where a difference lies. */
function same(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let index = 0; index < a.length; index += 1) difference |= (a[index] ?? 0) ^ (b[index] ?? 0);
  return difference === 0;
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
