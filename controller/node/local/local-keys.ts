import { setTimeout as sleep } from "node:timers/promises";
import type { HashKernel } from "../../../kernels/index.ts";
import { SecretBytes } from "../../../protocol/index.ts";
import type { KeySource } from "../../delivery/take-keys.ts";
import { Pair } from "../../pair/pair.ts";
import { joinedEnds } from "../../peer/joined-ends.ts";
import { INITIAL_FALLBACK } from "../../policy/fallback/fallback-machine.ts";
import type { KeyPool, OpenKeyPool } from "../../pool/key-pool.ts";
import { LINK_KEY_BYTES, MIN_PRE_PLACED_SECRET_BYTES } from "../../pool/link-secret.ts";
import type { NodeStore } from "../../pool/node-store.ts";
import { siteOfEnd } from "../../pool/proposer.ts";
import { deriveKey } from "../../pool/sealing.ts";
import { steadyMs } from "../../steady-time.ts";
import { LocalSource } from "./local-source.ts";

/** What keys within a node need of it. */
export interface LocalKeysOptions {
  readonly node: string;
  readonly store: NodeStore;
  readonly hash: HashKernel;
  /** The key that the store is sealed under; asked for when the first key is wanted. */
  readonly keyOfStore: () => SecretBytes;
  readonly failed: (error: unknown) => void;
}

interface Ends {
  readonly giving: OpenKeyPool;
  readonly taking: OpenKeyPool;
  readonly pairs: readonly Pair[];
  readonly source: LocalSource;
}

/**
 * Keys of two applications of one node: a pair like any other, both of whose ends are here. One end hands out, the other is
 * fetched from, so that a key within a node is durable, used once and destroyed as every key is. Opened with the first request.
 */
export class LocalKeys {
  readonly keys: KeySource;
  readonly #options: LocalKeysOptions;
  #ends: Promise<Ends> | null = null;

  constructor(options: LocalKeysOptions) {
    this.#options = options;
    const giving = async () => (await this.#opened()).giving.pool;
    const taking = async () => (await this.#opened()).taking.pool;
    this.keys = {
      pool: {
        takeMany: async (request) => (await giving()).takeMany(request),
        takeByIds: async (ids, audience) => (await taking()).takeByIds(ids, audience),
        status: async (origin) => (await giving()).status(origin),
      } as Pick<KeyPool, "takeMany" | "takeByIds" | "status"> as KeyPool,
      origins: ["pqc"],
      local: true,
      fallback: () => INITIAL_FALLBACK,
      morePqc: async (bits) => (await this.#opened()).source.fill({ bits }),
    };
  }

  /** What time alone changes. */
  async tick(maxKeyAgeMs: number | undefined): Promise<void> {
    const ends = await this.#ends?.catch(() => null);
    for (const pair of ends?.pairs ?? []) await pair.tick(Date.now(), maxKeyAgeMs);
  }

  async close(): Promise<void> {
    const ends = await this.#ends?.catch(() => null);
    await ends?.source.close();
    for (const pair of ends?.pairs ?? []) await pair.close();
  }

  #opened(): Promise<Ends> {
    if (this.#ends === null) {
      const opening = this.#open();
      this.#ends = opening;
      opening.catch(() => {
        this.#ends = null;
      });
    }
    return this.#ends;
  }

  async #open(): Promise<Ends> {
    const { node, store, hash, keyOfStore, failed } = this.#options;
    const key = keyOfStore();
    const name = `${node}~${node}`;
    const channels = joinedEnds();
    const part = async (end: "proposer" | "acceptor") => {
      const linkSecret = secretOf(key, end);
      const opened = await store.pair({ linkId: `${name}.${end}`, site: siteOfEnd(end), linkSecret });
      linkSecret.wipe();
      return opened;
    };
    const giving = await part("proposer");
    const taking = await part("acceptor");
    key.wipe();
    const ports = {
      connected: () => {},
      available: () => {},
      discarded: () => {},
      lost: () => {},
      clock: () => {},
      expired: () => {},
      failed,
    };
    const pairs = [
      new Pair(giving.pool, channels[0], { end: "proposer", linkId: name, hash }, ports),
      new Pair(taking.pool, channels[1], { end: "acceptor", linkId: name, hash }, ports),
    ] as const;
    const source = new LocalSource({
      pool: giving.pool,
      offers: pairs.map((pair) => (block) => pair.offer(block)),
      sleep,
      steadyMs,
    });
    await pairs[0].start([source]);
    await pairs[1].start([]);
    return { giving, taking, pairs, source };
  }
}

/** Equal link keys, by which both ends name keys alike; pads of their own, which nobody uses: a store takes no secret twice. */
function secretOf(key: SecretBytes, end: string): SecretBytes {
  const linkKey = deriveKey(key.reveal(), "keys within a node", LINK_KEY_BYTES);
  const pads = deriveKey(
    key.reveal(),
    `pads within a node ${end}`,
    MIN_PRE_PLACED_SECRET_BYTES - LINK_KEY_BYTES,
  );
  return new SecretBytes(Uint8Array.of(...linkKey, ...pads));
}
