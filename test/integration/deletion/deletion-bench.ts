import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SiteRole, TakenKey } from "../../../controller/index.ts";
import { KeyIds } from "../../../controller/pool/key-id.ts";
import { SqliteStore, type SqliteStoreSettings } from "../../../controller/pool/sqlite/sqlite-store.ts";
import { alone } from "../../models/alone.ts";
import { numberedId, numberedKey } from "../../models/numbered-block.ts";
import type { KnownBlock, Loot } from "./key-thief.ts";

export const audience = { master: "sae-a", slave: "sae-b" };
export const LINK_SECRET = new Uint8Array(32 + 2048).fill(5);
export const KEK = new Uint8Array(32).fill(9);
const FILES = ["keys.db", "keys.db-wal", "keys.root", "keys.db.anchor"] as const;

export interface TestBlock extends KnownBlock {
  readonly sequence: number;
  readonly key: Uint8Array;
}

/** A block whose bits follow from its number. */
export function testBlock(sequence: number, bytes: number): TestBlock {
  return { sequence, bytes, key: numberedKey(sequence, bytes), blockId: numberedId(sequence) };
}

/** One store in a folder of its own, whose files can be copied while it is open. */
export class DeletionBench {
  readonly folder = mkdtempSync(join(tmpdir(), "qkdlink-deletion-"));
  readonly #ids = new KeyIds(LINK_SECRET.subarray(0, 32));
  readonly #site: SiteRole;
  clockMs = 1_800_000_000_000;
  store: SqliteStore;

  constructor(site: SiteRole = "alice", more: Partial<SqliteStoreSettings> = {}) {
    this.#site = site;
    this.store = this.openIn(this.folder, more);
  }

  /** Opens the store that lies in a folder. */
  openIn(folder: string, more: Partial<SqliteStoreSettings> = {}): SqliteStore {
    return new SqliteStore({
      path: join(folder, "keys.db"),
      kek: KEK,
      linkSecret: LINK_SECRET,
      linkId: "link",
      site: this.#site,
      capacityBits: 2 ** 24,
      redeliveryMs: 10_000,
      auditRows: 10_000,
      now: () => this.clockMs,
      ...more,
    });
  }

  reopen(more: Partial<SqliteStoreSettings> = {}): void {
    this.store.close();
    this.store = this.openIn(this.folder, more);
  }

  add(block: TestBlock): void {
    const epsilon = { secrecy: 0, correctness: 0, authentication: 0 };
    for (const step of this.store.adding({
      ...block,
      origin: "qkd",
      tail: new Uint8Array(64),
      epsilon,
      createdAtMs: 1,
    }))
      alone(this.store, step);
    this.store.entered(block.blockId);
    alone(this.store, () =>
      this.store.pool.makeAvailable(block.blockId, {
        boundaryBytes: Math.floor(block.key.length / 64) * 32,
        tag: "ab".repeat(16),
      }),
    );
  }

  take(count: number): TakenKey<Uint8Array>[] {
    return takeFrom(this.store, count);
  }

  /** Fetches keys that the other site handed out: of 32 bytes, at these offsets of a block. */
  fetch(block: TestBlock, offsets: readonly number[]): TakenKey<Uint8Array>[] {
    return this.fetchFrom(this.store, block, offsets);
  }

  fetchFrom(store: SqliteStore, { sequence }: TestBlock, offsets: readonly number[]): TakenKey<Uint8Array>[] {
    const ids = offsets.map((offset) =>
      this.#ids.encode({ origin: "qkd", sequence, offset, length: 32 }, audience),
    );
    return alone(store, () => store.pool.takeByIds(ids, audience));
  }

  /** All that somebody copies who copies the files of a folder, and the key file. */
  loot(folder = this.folder): Loot {
    const paths = FILES.map((name) => join(folder, name)).filter((path) => existsSync(path));
    return { kek: KEK, files: paths.map((path) => new Uint8Array(readFileSync(path))) };
  }

  /** A copy of the files as they are now: what a machine finds after a loss of power. */
  copy(): string {
    const folder = mkdtempSync(join(tmpdir(), "qkdlink-deletion-copy-"));
    for (const name of FILES) {
      if (existsSync(join(this.folder, name))) copyFileSync(join(this.folder, name), join(folder, name));
    }
    return folder;
  }

  dispose(): void {
    this.store.close();
    rmSync(this.folder, { recursive: true });
  }
}

export function takeFrom(store: SqliteStore, count: number): TakenKey<Uint8Array>[] {
  return alone(store, () => store.pool.takeMany({ bits: 256, count, audience, origin: "qkd" }));
}
