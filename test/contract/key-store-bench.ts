import { randomBytes } from "node:crypto";
import type { KeyOrigin, NewBlock, OpenKeyPool, SiteRole, TakenKey } from "../../controller/index.ts";
import { QkdError } from "../../errors/index.ts";
import { SecretBytes } from "../../protocol/index.ts";

/** What may differ between two openings of a store under test. */
export interface StoreSettings {
  readonly linkSecret: SecretBytes;
  /** 0: a key is fetched once; otherwise long enough for a test to fetch it again. */
  readonly redeliveryMs: number;
  readonly capacityBits: number;
}

/** A place where stores under test live: what one site stored is there again when its store is opened again. */
export interface StorePlace {
  open(site: SiteRole, settings: StoreSettings): Promise<OpenKeyPool>;
  dispose(): Promise<void>;
}

/** Link key and pads, 1024 bytes a direction unless told. */
export const linkSecret = (seed = 7, bytesADirection = 1024): SecretBytes =>
  new SecretBytes(
    Uint8Array.from({ length: 32 + 2 * bytesADirection }, (_, index) => (index * seed + (index >> 8)) & 255),
  );

export const audience = { master: "sae-a", slave: "sae-b" };

/** Stores of both sites of one link, opened in a place, closed at the end. */
export class StoreBench {
  readonly #place: StorePlace;
  readonly #open = new Set<OpenKeyPool>();

  constructor(place: StorePlace) {
    this.#place = place;
  }

  async open(site: SiteRole, settings: Partial<StoreSettings> = {}): Promise<OpenKeyPool> {
    const store = await this.#place.open(site, {
      linkSecret: linkSecret(),
      redeliveryMs: 0,
      capacityBits: 2 ** 24,
      ...settings,
    });
    this.#open.add(store);
    return store;
  }

  async both(settings: Partial<StoreSettings> = {}): Promise<[alice: OpenKeyPool, bob: OpenKeyPool]> {
    return Promise.all([this.open("alice", settings), this.open("bob", settings)]);
  }

  async close(store: OpenKeyPool): Promise<void> {
    this.#open.delete(store);
    await store.pool.close();
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#open].map((store) => this.close(store)));
    await this.#place.dispose();
  }
}

/** A block of random key; both sites get it with `fill`. */
export function block(sequence: number, bytes: number, origin: KeyOrigin = "qkd"): NewBlock {
  return {
    blockId: randomBytes(16).toString("hex"),
    sequence,
    origin,
    key: new SecretBytes(new Uint8Array(randomBytes(bytes))),
    epsilon: { secrecy: 1e-10, correctness: 1e-15, authentication: 1e-12 },
    createdAtMs: 1_800_000_000_000,
  };
}

/** Stores a block at each site and releases it. */
export async function fill(stores: readonly OpenKeyPool[], fresh: NewBlock): Promise<NewBlock> {
  for (const { pool } of stores) {
    await pool.addPending(fresh);
    await pool.makeAvailable(fresh.blockId);
  }
  return fresh;
}

export const hexOf = (secret: SecretBytes): string => Buffer.from(secret.reveal()).toString("hex");

/** A key open to comparison: SecretBytes are all equal for `toEqual`. */
export const bare = ({ key, ...facts }: TakenKey) => ({ ...facts, hex: hexOf(key) });

export const take = async (store: OpenKeyPool, count = 1, bits = 256, origin: KeyOrigin = "qkd") =>
  (await store.pool.takeMany({ bits, count, audience, origin })).map(bare);

export const fetch = async (
  store: OpenKeyPool,
  keys: readonly { readonly keyId: string }[],
  who = audience,
) =>
  (
    await store.pool.takeByIds(
      keys.map(({ keyId }) => keyId),
      who,
    )
  ).map(bare);

/** The code of the QkdError that a call ends with, or "done". */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof QkdError) return error.code;
    throw error;
  }
  return "done";
}

/** Resolves once a condition holds that the store brings about in its own time. */
export async function eventually(holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("what the store should have done did not happen");
}
