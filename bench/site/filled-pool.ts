import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createKeyFile,
  type OpenKeyPool,
  openKeyPool,
  PRE_PLACED_SECRET_BYTES,
} from "../../controller/index.ts";
import { SecretBytes } from "../../protocol/index.ts";

const TAIL_BYTES = 64;

/** A key store in a folder of its own. */
export class BenchPool {
  readonly store: OpenKeyPool;
  readonly #folder: string;
  #sequence = 0;

  private constructor(store: OpenKeyPool, folder: string) {
    this.store = store;
    this.#folder = folder;
  }

  static async open(): Promise<BenchPool> {
    const folder = mkdtempSync(join(tmpdir(), "qkdlink-bench-"));
    const keyFile = join(folder, "store.kek");
    createKeyFile(keyFile);
    const linkSecret = new SecretBytes(new Uint8Array(randomBytes(PRE_PLACED_SECRET_BYTES)));
    const path = join(folder, "keys.db");
    const capacityBits = 2 ** 34;
    return new BenchPool(
      await openKeyPool({ path, keyFile, site: "alice", linkId: "bench", linkSecret, capacityBits }),
      folder,
    );
  }

  /** Stores a block durably and releases it, as the agreement does. */
  async add(bytes: number): Promise<void> {
    const sequence = this.#sequence++;
    const blockId = randomBytes(16).toString("hex");
    const key = new SecretBytes(new Uint8Array(randomBytes(bytes)));
    const epsilon = { secrecy: 1e-10, correctness: 1e-15, authentication: 1e-30 };
    const createdAtMs = Date.now();
    const tail = new SecretBytes(new Uint8Array(TAIL_BYTES));
    const facts = { blockId, sequence, origin: "qkd" as const, epsilon, createdAtMs };
    await this.store.pool.addPending({ ...facts, key, tail });
    const boundaryBytes = Math.floor(bytes / 64) * 32;
    await this.store.pool.makeAvailable(blockId, { boundaryBytes, tag: "00".repeat(16) });
  }

  async close(): Promise<void> {
    await this.store.pool.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
