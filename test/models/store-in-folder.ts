import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import type { SiteRole } from "../../controller/index.ts";
import { KeyIds } from "../../controller/pool/key-id.ts";
import { SqliteStore, type SqliteStoreSettings } from "../../controller/pool/sqlite/sqlite-store.ts";
import { QkdError } from "../../errors/index.ts";
import { alone } from "./alone.ts";
import { numberedId } from "./numbered-block.ts";

export const audience = { master: "sae-a", slave: "sae-b" };
export const secret = (seed: number) =>
  Uint8Array.from({ length: 32 + 2 * 4096 }, (_, at) => (at * seed + (at >> 8)) & 255);
const ids = new KeyIds(secret(7).subarray(0, 32));
const BLOCK_BYTES = 1024;
export const HALF = BLOCK_BYTES / 2;
const LEASE = 64;

let root: string;
let folder: string;
let open: SqliteStore[];
let clockMs: number;
let kills = 0;

/** Gives each test a folder of its own. */
export function inFolders(): void {
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "qkdlink-"));
    folder = join(root, "0");
    mkdirSync(folder);
    open = [];
    clockMs = 1_800_000_000_000;
  });
  afterEach(() => {
    for (const store of open) store.close();
    rmSync(root, { recursive: true });
  });
}

/** A file of the test beside the store's folders. */
export const aside = (name: string) => join(root, name);

/** The store is in another, empty folder from now on. */
export function moveTo(name: string): void {
  folder = join(root, name);
  mkdirSync(folder);
}

/** The store's folder. */
export const here = () => folder;

export function openStore(site: SiteRole, more: Partial<SqliteStoreSettings> = {}): SqliteStore {
  const store = new SqliteStore({
    path: join(folder, "keys.db"),
    kek: new Uint8Array(32).fill(4),
    linkSecret: secret(7),
    linkId: "link",
    site,
    capacityBits: 2 ** 24,
    redeliveryMs: 0,
    auditRows: 10_000,
    leaseBytes: LEASE,
    now: () => {
      clockMs += 1000;
      return clockMs;
    },
    ...more,
  });
  open.push(store);
  return store;
}

export function close(store: SqliteStore): void {
  open = open.filter((each) => each !== store);
  store.close();
}

/** Leaves the files as they are, as a killed process does; the folder is another one from now on. */
export function kill(store: SqliteStore): void {
  kills += 1;
  const next = join(root, `killed-${kills}`);
  cpSync(folder, next, { recursive: true });
  close(store);
  folder = next;
}
export const file = (name: string) => join(folder, name);
export const loseLog = () => rmSync(file("keys.db-wal"));

export function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof QkdError) return error.code;
    throw error;
  }
  return "done";
}

export const blockIdOf = numberedId;
export function hold(store: SqliteStore, sequence: number): void {
  const key = Uint8Array.from({ length: BLOCK_BYTES }, (_, at) => (at * 31 + sequence * 7 + (at >> 5)) & 255);
  const epsilon = { secrecy: 0, correctness: 0, authentication: 0 };
  const block = {
    blockId: blockIdOf(sequence),
    sequence,
    origin: "qkd" as const,
    key,
    tail: new Uint8Array(64),
    epsilon,
    createdAtMs: 1,
  };
  for (const step of store.adding(block)) alone(store, step);
}
export const release = (store: SqliteStore, sequence: number) =>
  alone(store, () =>
    store.pool.makeAvailable(blockIdOf(sequence), {
      boundaryBytes: Math.floor(BLOCK_BYTES / 64) * 32,
      tag: "ab".repeat(16),
    }),
  );
export function add(store: SqliteStore, ...sequences: number[]): void {
  for (const sequence of sequences) {
    hold(store, sequence);
    release(store, sequence);
  }
}
export const take = (store: SqliteStore, count: number) =>
  alone(store, () => store.pool.takeMany({ bits: 256, count, audience, origin: "qkd" })).map(({ keyId }) => {
    const { sequence, offset } = ids.decode(keyId, audience);
    return `${sequence}/${offset}`;
  });
export const own = (site: SiteRole, sequence: number, ...places: number[]) =>
  places.map((place) => `${sequence}/${32 * place + (site === "bob" ? HALF : 0)}`);
export const peerId = (site: SiteRole, sequence: number, place: number) =>
  ids.encode(
    { origin: "qkd", sequence, offset: 32 * place + (site === "alice" ? HALF : 0), length: 32 },
    audience,
  );
export const fetch = (store: SqliteStore, ...keyIds: string[]) =>
  alone(store, () => store.pool.takeByIds(keyIds, audience)).length;
export const pad = (store: SqliteStore, bytes = 24) => alone(store, () => store.auth.reserve(bytes)).offset;
export const events = (store: SqliteStore) => store.audit.tail(50).map(({ event }) => event);
export const losses = (store: SqliteStore) =>
  store.audit.losses(50).map(({ kind, sequence, throughSequence, first, past }) => {
    return { kind, sequence, throughSequence, bytes: past - first };
  });
