import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { NewBlock } from "../../controller/index.ts";
import type { AnchorEffect } from "../../controller/pool/anchor/decide.ts";
import { KeyIds, type KeyLocation } from "../../controller/pool/key-id.ts";
import { SqliteStore } from "../../controller/pool/sqlite/sqlite-store.ts";
import { alone } from "./alone.ts";
import { numberedId, numberedKey } from "./numbered-block.ts";

export const AUDIENCE = { master: "sae-a", slave: "sae-b" };
export const LEASE_BYTES = 64;
export const BLOCK_BYTES = 1024;
export const PAD_BYTES = 24;
/** Every block of the day is split evenly. */
export const EVEN = { boundaryBytes: BLOCK_BYTES / 2, tag: "ab".repeat(16) };
/** Link key and 512 bytes of pads a direction. */
export const LINK_SECRET = Uint8Array.from({ length: 32 + 1024 }, (_, at) => (at * 11 + (at >> 8)) & 255);
const KEK = new Uint8Array(32).fill(5);

/** A second passes whenever the store looks at its clock: leases stay at their least. */
let clockMs = 1_800_000_000_000;

/** Files of a store at one moment. */
export const FILES = ["keys.db", "keys.db-wal", "keys.db.anchor", "keys.root"] as const;

export const ids = new KeyIds(LINK_SECRET.subarray(0, 32));

/** What left the store: a key by its place, or a pad by its offset. */
export interface Given {
  readonly step: number;
  readonly kind: "own" | "fetched" | "pad";
  readonly sequence: number;
  readonly first: number;
  readonly past: number;
  readonly hex: string;
}

/** A moment between two effects, with the store's files as they were. */
export interface Cut {
  readonly name: string;
  readonly folder: string;
  readonly step: number;
  /** What the step under way asked for may have left. */
  readonly delivered: boolean;
  /** Blocks whose availability was acknowledged. */
  readonly available: readonly number[];
  /** The morning's copy is an older one. */
  readonly afterMorning: boolean;
}

/** Bits of a block: the same in every run. The first one has a share of pads. */
export function blockOf(sequence: number): NewBlock<Uint8Array> {
  const authBytes = sequence === 1 ? 64 : 0;
  const bytes = BLOCK_BYTES + authBytes;
  const key = numberedKey(sequence, bytes);
  const epsilon = { secrecy: 1e-10, correctness: 1e-15, authentication: 1e-12 };
  const blockId = numberedId(sequence);
  return { blockId, sequence, origin: "qkd", key, authBytes, epsilon, createdAtMs: 1_800_000_000_000 };
}

/** What is handed out of a block. */
export function keyOf(sequence: number): Uint8Array {
  const { key, authBytes } = blockOf(sequence);
  return key.subarray(authBytes);
}

export function openDay(folder: string, watch?: (effect: AnchorEffect) => void): SqliteStore {
  return new SqliteStore({
    path: join(folder, "keys.db"),
    kek: KEK,
    linkSecret: LINK_SECRET,
    linkId: "link",
    site: "alice",
    capacityBits: 2 ** 24,
    redeliveryMs: 0,
    auditRows: 10_000,
    leaseBytes: LEASE_BYTES,
    now: () => {
      clockMs += 1000;
      return clockMs;
    },
    ...(watch === undefined ? {} : { watch }),
  });
}

/** Works that share a commit; what failed is left out. */
export function act<T>(store: SqliteStore, ...works: (() => T)[]): T[] {
  return store.transact(works).flatMap((outcome) => ("value" in outcome ? [outcome.value] : []));
}

/** A day of one site's store, with a copy of its files after every effect of its anchor's core. */
export class StoreDay {
  readonly cuts: Cut[] = [];
  readonly given: Given[] = [];
  /** IDs that the other site handed out, by the step before which it did. */
  readonly issued: { readonly step: number; readonly keyId: string }[] = [];
  /** A copy of the main file, as it was in the morning. */
  readonly morning: string;
  readonly #root: string;
  readonly #folder: string;
  readonly #available: number[] = [];
  #store: SqliteStore;
  #step = 0;

  constructor(root: string) {
    this.#root = root;
    this.#folder = join(root, "day");
    this.morning = join(root, "morning.db");
    mkdirSync(this.#folder);
    this.#store = this.#open();
    this.#run();
  }

  #run(): void {
    this.#add(1);
    this.#release(1);
    this.#take(3);
    this.#pad(1);
    this.#add(2);
    this.#release(2);
    this.#fetch(1, [7, 2, 3]);
    this.#take(6);
    this.#close();
    copyFileSync(join(this.#folder, "keys.db"), this.morning);
    this.#reopen();
    this.#pad(2);
    this.#add(3);
    this.#take(9);
    this.#fetch(2, [0, 1]);
    this.#fromPeer(0);
    this.#group();
    this.#release(3);
    this.#add(5);
    this.#sweep();
    this.#pad(1);
    this.#close();
    this.#reopen();
    this.#take(2);
    this.#fetch(3, [5]);
    this.#release(5);
    this.#take(20);
    this.#pad(1);
    this.#fetch(1, [0]);
    this.#step += 1;
    this.#store.close();
  }

  #add(sequence: number): void {
    this.#step += 1;
    for (const step of this.#store.adding({ ...blockOf(sequence), tail: new Uint8Array(64) }))
      alone(this.#store, step);
  }

  #release(sequence: number): void {
    this.#step += 1;
    alone(this.#store, () => this.#store.pool.makeAvailable(blockOf(sequence).blockId, EVEN));
    this.#available.push(sequence);
  }

  #take(count: number): void {
    this.#step += 1;
    const keys = alone(this.#store, () => takeFrom(this.#store, count));
    this.given.push(...keys.map((key) => ({ ...key, step: this.#step })));
  }

  /** Two takes and one that fails, in one commit: what failed leaves no trace, nor a lease. */
  #group(): void {
    this.#step += 1;
    const works = [1, 4000, 2].map((count) => () => takeFrom(this.#store, count));
    for (const key of act(this.#store, ...works).flat()) this.given.push({ ...key, step: this.#step });
  }

  /** Keys `places` (of 32 bytes) of the other site's half. */
  #fetch(sequence: number, places: readonly number[]): void {
    this.#step += 1;
    const keyIds = places.map((place) => peerKeyId(sequence, BLOCK_BYTES / 2 + 32 * place));
    this.issued.push(...keyIds.map((keyId) => ({ step: this.#step, keyId })));
    const keys = alone(this.#store, () => fetchFrom(this.#store, keyIds));
    this.given.push(...keys.map((key) => ({ ...key, step: this.#step })));
  }

  #pad(count: number): void {
    for (let each = 0; each < count; each += 1) {
      this.#step += 1;
      this.given.push({ ...alone(this.#store, () => padFrom(this.#store)), step: this.#step });
    }
  }

  #fromPeer(offset: number): void {
    this.#step += 1;
    alone(this.#store, () => this.#store.auth.reserveFromPeer(offset, 16));
  }

  #sweep(): void {
    this.#step += 1;
    while (this.#store.sweep());
  }

  #close(): void {
    this.#step += 1;
    this.#store.close();
  }

  #reopen(): void {
    this.#step += 1;
    this.#store = this.#open();
  }

  #open(): SqliteStore {
    return openDay(this.#folder, (effect) => this.#copy(effect));
  }

  #copy(effect: AnchorEffect): void {
    const name = `${String(this.cuts.length).padStart(3, "0")} step ${this.#step} ${effect.type}`;
    const folder = join(this.#root, `cut-${this.cuts.length}`);
    mkdirSync(folder);
    for (const file of FILES)
      if (existsSync(join(this.#folder, file))) copyFileSync(join(this.#folder, file), join(folder, file));
    const available = [...this.#available];
    const delivered = effect.type === "deliver";
    const afterMorning = existsSync(this.morning);
    this.cuts.push({ name, folder, step: this.#step, delivered, available, afterMorning });
  }
}

export type Left = Omit<Given, "step">;

/** `count` keys of 32 bytes from the own half. */
export function takeFrom(store: SqliteStore, count: number): Left[] {
  const keys = store.pool.takeMany({ bits: 256, count, audience: AUDIENCE, origin: "qkd" });
  return keys.map(({ keyId, key }) => placed("own", ids.decode(keyId, AUDIENCE), key));
}

/** Keys that the other site handed out. */
export function fetchFrom(store: SqliteStore, keyIds: readonly string[]): Left[] {
  const keys = store.pool.takeByIds(keyIds, AUDIENCE);
  return keys.map(({ keyId, key }) => placed("fetched", ids.decode(keyId, AUDIENCE), key));
}

/** One pad of the own direction. */
export function padFrom(store: SqliteStore): Left {
  const { offset, material } = store.auth.reserve(PAD_BYTES);
  const hex = Buffer.from(material).toString("hex");
  return { kind: "pad", sequence: 0, first: offset, past: offset + PAD_BYTES, hex };
}

/** The ID under which the other site hands out 32 bytes of its half. */
export function peerKeyId(sequence: number, offset: number): string {
  return ids.encode({ origin: "qkd", sequence, offset, length: 32 }, AUDIENCE);
}

function placed(kind: "own" | "fetched", { sequence, offset, length }: KeyLocation, key: Uint8Array): Left {
  return { kind, sequence, first: offset, past: offset + length, hex: Buffer.from(key).toString("hex") };
}
