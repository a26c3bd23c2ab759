import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { QkdError } from "../../../errors/index.ts";
import type { KeyOrigin, SiteRole } from "../key-pool.ts";
import { SqliteStore, type SqliteStoreSettings } from "./sqlite-store.ts";

export const audience = { master: "sae-a", slave: "sae-b" };
const epsilon = { secrecy: 1e-10, correctness: 1e-15, authentication: 1e-12 };
export const linkSecret = Uint8Array.from({ length: 32 + 2048 }, (_, index) => (index * 31 + 7) & 255);

let folder: string;
let open: SqliteStore[];

/** The time of all stores: a test moves it on, and back. */
export const clock = { ms: 0 };

/** Before each test: a folder of its own, a clock and no open store. */
export function begin(): void {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-"));
  clock.ms = 1_800_000_000_000;
  open = [];
}

/** After each test: closes what it opened. */
export function end(): void {
  for (const store of open) store.close();
  rmSync(folder, { recursive: true });
}

/** A file of the test's folder. */
export const file = (name: string) => join(folder, name);

export function openStore(site: SiteRole, more: Partial<SqliteStoreSettings> = {}): SqliteStore {
  const store = new SqliteStore({
    path: file(`${site}.db`),
    kek: new Uint8Array(32).fill(site === "alice" ? 1 : 2),
    linkSecret,
    linkId: "link",
    site,
    capacityBits: 2 ** 24,
    redeliveryMs: 10_000,
    auditRows: 10_000,
    now: () => clock.ms,
    ...more,
  });
  open.push(store);
  return store;
}

export function close(store: SqliteStore): void {
  open = open.filter((other) => other !== store);
  store.close();
}

/** The value of one piece of work, done in a transaction as the worker does it; throws its error. */
export function act<T>(store: SqliteStore, work: (store: SqliteStore) => T): T {
  const [outcome] = store.transact([() => work(store)]);
  if (outcome === undefined || "error" in outcome) throw outcome?.error;
  return outcome.value;
}

/** The code of the QkdError that the work ends with, or "done". */
export function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof QkdError) return error.code;
    throw error;
  }
  return "done";
}

export interface TestBlock {
  readonly blockId: string;
  readonly sequence: number;
  readonly origin: KeyOrigin;
  readonly createdAtMs: number;
  readonly key: Uint8Array;
}

/** A block of random key, made now. */
export function block(sequence: number, bytes: number, origin: KeyOrigin = "qkd"): TestBlock {
  const blockId = randomBytes(16).toString("hex");
  return { blockId, sequence, origin, createdAtMs: clock.ms, key: new Uint8Array(randomBytes(bytes)) };
}

/** A release that splits evenly a block whose keys have so many bytes. */
export const evenly = (keyBytes: number) => ({
  boundaryBytes: Math.floor(keyBytes / 64) * 32,
  tag: "ab".repeat(16),
});

/** The steps that store a block as pending. */
export const adding = (store: SqliteStore, fresh: TestBlock) =>
  store.adding({ ...fresh, tail: new Uint8Array(64), epsilon });

/** Stores a block as pending. */
export function add(store: SqliteStore, fresh: TestBlock): void {
  for (const step of adding(store, fresh)) act(store, step);
}

/** Stores a block at each site and releases it. */
export function fill(stores: readonly SqliteStore[], fresh: TestBlock): TestBlock {
  for (const store of stores) {
    add(store, fresh);
    act(store, (each) => each.pool.makeAvailable(fresh.blockId, evenly(fresh.key.length)));
  }
  return fresh;
}

export const take = (store: SqliteStore, count = 1, bits = 256) =>
  act(store, (each) => each.pool.takeMany({ bits, count, audience, origin: "qkd" }));

export const fetch = (store: SqliteStore, keyIds: readonly string[], who = audience) =>
  act(store, (each) => each.pool.takeByIds(keyIds, who));
