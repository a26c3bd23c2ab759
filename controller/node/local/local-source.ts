import { randomBytes } from "node:crypto";
import { KeyStoreError } from "../../../errors/index.ts";
import { SecretBytes } from "../../../protocol/index.ts";
import { TAIL_BYTES } from "../../pool/block-tail.ts";
import type { KeyPool, NewBlock } from "../../pool/key-pool.ts";
import type { BlockSource, SourceHoldings, SourceWant } from "../../sources/block-source.ts";

/** Bytes of key of a block. */
const BLOCK_BYTES = 16_384;
const LOOK_MS = 2;

/** What the source needs of the two ends. */
export interface LocalSourceOptions {
  /** Of the end that keys are taken from. */
  readonly pool: KeyPool;
  /** Of both ends, the proposer's first. */
  readonly offers: readonly ((block: NewBlock) => Promise<boolean>)[];
  readonly sleep: (ms: number) => Promise<void>;
  readonly steadyMs: () => number;
}

/** Random blocks for both ends of a pair that lies within one node. They are kept as exchanged ones: no bound is claimed. */
export class LocalSource implements BlockSource {
  readonly kind = "exchanged";
  readonly origin = "pqc";
  readonly #options: LocalSourceOptions;
  #making: Promise<void> | null = null;
  #connected = false;

  constructor(options: LocalSourceOptions) {
    this.#options = options;
  }

  /** Both ends enter a block before anything else is done: nothing is under way between them. */
  async holdings(): Promise<SourceHoldings> {
    await this.#making?.catch(() => {});
    return { blockIds: [], newest: await this.#options.pool.highestSequence("pqc") };
  }

  connected(epoch: number | null): void {
    this.#connected = epoch !== null;
  }

  async fill({ bits, timeoutMs = 2000 }: SourceWant): Promise<void> {
    const { pool, sleep, steadyMs } = this.#options;
    const untilMs = steadyMs() + timeoutMs;
    while ((await pool.status("pqc")).availableBits < bits) {
      if (steadyMs() >= untilMs)
        throw new KeyStoreError("QKD_KEYSTORE_EXHAUSTED", "no key within the node comes now", {
          retryable: true,
        });
      if (this.#connected) {
        this.#making ??= this.#make().finally(() => {
          this.#making = null;
        });
        await this.#making;
      }
      await sleep(LOOK_MS);
    }
  }

  async close(): Promise<void> {
    await this.#making?.catch(() => {});
  }

  async #make(): Promise<void> {
    const { pool, offers } = this.#options;
    const bytes = new Uint8Array(randomBytes(BLOCK_BYTES + TAIL_BYTES));
    const facts = {
      blockId: randomBytes(16).toString("hex"),
      sequence: (await pool.highestSequence("pqc")) + 1,
      origin: "pqc",
      epsilon: { secrecy: 1, correctness: 0, authentication: 0 },
      createdAtMs: Date.now(),
    } as const;
    try {
      for (const offer of offers) await offer({ ...facts, key: new SecretBytes(bytes.slice()) });
    } finally {
      bytes.fill(0);
    }
  }
}
