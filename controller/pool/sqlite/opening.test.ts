import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { QkdError } from "../../../errors/index.ts";
import { KeyIds } from "../key-id.ts";
import type { SiteRole } from "../key-pool.ts";
import { PADS_UNDER_WAY_BYTES } from "./auth-pads.ts";
import { SqliteStore, type SqliteStoreSettings } from "./sqlite-store.ts";

const audience = { master: "sae-a", slave: "sae-b" };
const secret = (seed: number) =>
  Uint8Array.from({ length: 32 + 2 * 4096 }, (_, at) => (at * seed + (at >> 8)) & 255);
const ids = new KeyIds(secret(7).subarray(0, 32));
const BLOCK_BYTES = 1024;
const HALF = BLOCK_BYTES / 2;
const LEASE = 64;

let root: string;
let folder: string;
let open: SqliteStore[];
let clockMs: number;

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

function openStore(site: SiteRole, more: Partial<SqliteStoreSettings> = {}): SqliteStore {
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

function close(store: SqliteStore): void {
  open = open.filter((each) => each !== store);
  store.close();
}

/** Leaves the files as they are, as a killed process does; the folder is another one from now on. */
function kill(store: SqliteStore): void {
  const next = join(root, String(Number(folder.slice(root.length + 1)) + 1));
  cpSync(folder, next, { recursive: true });
  close(store);
  folder = next;
}
const file = (name: string) => join(folder, name);
const loseLog = () => rmSync(file("keys.db-wal"));

function act<T>(store: SqliteStore, work: () => T): T {
  const [outcome] = store.transact([work]);
  if (outcome === undefined || "error" in outcome) throw outcome?.error;
  return outcome.value;
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof QkdError) return error.code;
    throw error;
  }
  return "done";
}

const blockIdOf = (sequence: number) => sequence.toString(16).padStart(32, "0");
function hold(store: SqliteStore, sequence: number): void {
  const key = Uint8Array.from({ length: BLOCK_BYTES }, (_, at) => (at * 31 + sequence * 7 + (at >> 5)) & 255);
  const epsilon = { secrecy: 0, correctness: 0, authentication: 0 };
  const block = {
    blockId: blockIdOf(sequence),
    sequence,
    origin: "qkd" as const,
    key,
    epsilon,
    createdAtMs: 1,
  };
  for (const step of store.adding(block)) act(store, step);
}
const release = (store: SqliteStore, sequence: number) =>
  act(store, () => store.pool.makeAvailable(blockIdOf(sequence)));
function add(store: SqliteStore, ...sequences: number[]): void {
  for (const sequence of sequences) {
    hold(store, sequence);
    release(store, sequence);
  }
}
const take = (store: SqliteStore, count: number) =>
  act(store, () => store.pool.takeMany({ bits: 256, count, audience, origin: "qkd" })).map(({ keyId }) => {
    const { sequence, offset } = ids.decode(keyId, audience);
    return `${sequence}/${offset}`;
  });
const own = (site: SiteRole, sequence: number, ...places: number[]) =>
  places.map((place) => `${sequence}/${32 * place + (site === "bob" ? HALF : 0)}`);
const peerId = (site: SiteRole, sequence: number, place: number) =>
  ids.encode(
    { origin: "qkd", sequence, offset: 32 * place + (site === "alice" ? HALF : 0), length: 32 },
    audience,
  );
const fetch = (store: SqliteStore, ...keyIds: string[]) =>
  act(store, () => store.pool.takeByIds(keyIds, audience)).length;
const pad = (store: SqliteStore, bytes = 24) => act(store, () => store.auth.reserve(bytes)).offset;
const events = (store: SqliteStore) => store.audit.tail(50).map(({ event }) => event);
const losses = (store: SqliteStore) =>
  store.audit.losses(50).map(({ kind, sequence, throughSequence, first, past }) => {
    return { kind, sequence, throughSequence, bytes: past - first };
  });

describe.each(["alice", "bob"] as const)("the store of %s, opened again", (site) => {
  const opened = (more: Partial<SqliteStoreSettings> = {}) => openStore(site, more);

  it("goes on where it was, after it was closed", () => {
    const store = opened();
    expect(store.audit.opening()).toMatchObject({
      kind: "fresh",
      generation: 1,
      evidence: [],
      lastSeenMs: 0,
    });
    add(store, 1);
    expect(take(store, 3)).toEqual(own(site, 1, 0, 1, 2));
    expect(pad(store)).toBe(0);
    close(store);
    const again = opened();
    expect(again.opening).toMatchObject({ kind: "clean", generation: 2, burntBits: 0, burntPadBytes: 0 });
    expect(again.opening.lastSeenMs).toBeGreaterThan(1_800_000_000_000);
    expect(take(again, 1)).toEqual(own(site, 1, 3));
    expect(pad(again)).toBe(24);
    expect(losses(again)).toEqual([]);
  });

  it("burns the lease after a crash, tells it, and keeps what the other site handed out", () => {
    const store = opened();
    add(store, 1);
    // A lease of two keys behind the first take.
    take(store, 1);
    pad(store);
    kill(store);
    const again = opened();
    expect(again.opening).toMatchObject({
      kind: "crashed",
      burntBits: 2 * 256,
      burntPadBytes: 0,
      evidence: [],
    });
    expect(losses(again)).toEqual([{ kind: "ownBurnt", sequence: 1, throughSequence: 1, bytes: 64 }]);
    expect(events(again)).toContain("ownKeyBurnt");
    expect(take(again, 1)).toEqual(own(site, 1, 3));
    expect(pad(again)).toBe(24);
    expect(fetch(again, peerId(site, 1, 0), peerId(site, 1, 9))).toBe(2);
  });

  it("burns nothing for requests that failed", () => {
    const store = opened();
    add(store, 1, 2);
    take(store, 1);
    expect(codeOf(() => take(store, 4000))).toBe("QKD_KEYSTORE_EXHAUSTED");
    take(store, 1);
    kill(store);
    expect(take(opened(), 1)).toEqual(own(site, 1, 3));
  });

  it("gives of a block that becomes available later only what lies behind what may have left", () => {
    const store = opened();
    hold(store, 1);
    add(store, 2);
    hold(store, 3);
    take(store, 1);
    kill(store);
    const again = opened();
    for (const sequence of [1, 3]) release(again, sequence);
    expect(take(again, 1)).toEqual(own(site, 2, 3));
    expect(again.pool.status("qkd").availableBits).toBe(8 * (2 * HALF - 4 * 32));
    expect(fetch(again, peerId(site, 1, 0))).toBe(1);
    expect(losses(again)[0]).toEqual({ kind: "ownBurnt", sequence: 1, throughSequence: 1, bytes: HALF });
  });

  it("notices changes that are missing, gives nothing twice and says so", () => {
    let store = opened();
    add(store, 1, 2);
    close(store);
    store = opened();
    take(store, 4);
    for (let times = 0; times < 3; times += 1) pad(store);
    fetch(store, peerId(site, 1, 5));
    hold(store, 3);
    add(store, 4);
    kill(store);
    loseLog();
    const again = opened();
    const { kind, evidence } = again.opening;
    expect(kind).toBe("rolledBack");
    expect(evidence.join()).toContain("the audit log ends at entry");
    expect(events(again)).toEqual(expect.arrayContaining(["storeNotNewest", "padsBurnt", "peerKeyBurnt"]));
    const [first] = take(again, 1);
    expect([own(site, 1, 4)[0], own(site, 1, 5)[0], own(site, 1, 6)[0]]).toContain(first);
    expect(pad(again)).toBe(72);
    // What may have been fetched before it is refused; what lies behind is served.
    for (const place of [0, 5])
      expect(codeOf(() => fetch(again, peerId(site, 1, place)))).toBe("QKD_KEYSTORE_UNKNOWN_KEY");
    expect(fetch(again, peerId(site, 1, 9), peerId(site, 2, 0))).toBe(2);
    expect(losses(again)).toContainEqual({
      kind: "blocksMissing",
      sequence: 3,
      throughSequence: 4,
      bytes: 0,
    });
    // Numbers that were used do not come again, and the next ones do.
    expect(codeOf(() => hold(again, 4))).toBe("QKD_KEYSTORE_CONFLICT");
    add(again, 5);
    close(again);
    expect(opened().opening.kind).toBe("clean");
  });

  it("sets a pending block aside that may have been released before changes were lost", () => {
    let store = opened();
    hold(store, 1);
    close(store);
    store = opened();
    release(store, 1);
    add(store, 2);
    take(store, 1);
    // The slot of this pad tells that all before it was durable.
    pad(store);
    kill(store);
    loseLog();
    const again = opened();
    expect(again.opening.kind).toBe("rolledBack");
    expect(again.pool.pending()).toEqual([]);
    expect(again.pool.blockState(blockIdOf(1))).toBe("spent");
    expect(
      losses(again)
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(["blockQuarantined", "blocksMissing"]);
    expect(events(again)).toContain("blockQuarantined");
  });

  it("notices an older copy of the database, and of a generation before", () => {
    let store = opened();
    add(store, 1);
    close(store);
    copyFileSync(file("keys.db"), join(root, "old.db"));
    for (let times = 0; times < 2; times += 1) {
      store = opened();
      take(store, 2);
      pad(store);
      close(store);
    }
    copyFileSync(join(root, "old.db"), file("keys.db"));
    store = opened();
    expect(store.opening.kind).toBe("rolledBack");
    expect(store.opening.evidence.join()).toContain("opened");
    expect(take(store, 1)).toEqual(own(site, 1, 4));
    expect(pad(store)).toBe(48);
  });

  it("notices a database that goes on from an older copy", () => {
    let store = opened();
    add(store, 1);
    close(store);
    cpSync(folder, join(root, "old"), { recursive: true });
    store = opened();
    take(store, 2);
    close(store);
    const anchor = join(root, "newest.anchor");
    copyFileSync(file("keys.db.anchor"), anchor);
    // Restored whole, used, and then the anchor alone put back.
    cpSync(join(root, "old"), folder, { recursive: true, force: true });
    store = opened();
    for (let times = 0; times < 5; times += 1) pad(store);
    close(store);
    copyFileSync(anchor, file("keys.db.anchor"));
    store = opened();
    expect(["rolledBack", "unanchored"]).toContain(store.opening.kind);
    expect(codeOf(() => take(store, 16))).toBe("QKD_KEYSTORE_EXHAUSTED");
  });

  it("remembers of an emptied database numbers, pads and secrets", () => {
    let store = opened({ linkSecret: secret(3) });
    close(store);
    store = opened();
    add(store, 1, 2, 3);
    take(store, 17);
    expect(pad(store, 100)).toBe(0);
    close(store);
    truncateSync(file("keys.db"), 0);
    expect(codeOf(() => opened({ linkSecret: secret(3) }))).toBe("QKD_KEYSTORE_CONFLICT");
    store = opened();
    expect(store.opening).toMatchObject({ kind: "emptied", generation: 4, padsHeldBack: false });
    expect(store.pool.highestSequence("qkd")).toBe(3);
    expect(codeOf(() => hold(store, 3))).toBe("QKD_KEYSTORE_CONFLICT");
    expect(losses(store)).toEqual([{ kind: "blocksMissing", sequence: 0, throughSequence: 3, bytes: 0 }]);
    expect(pad(store)).toBe(100);
    add(store, 4);
    expect(take(store, 1)).toEqual(own(site, 4, 0));
    kill(store);
    expect(opened().opening.kind).toBe("crashed");
  });

  it("trusts no other database, and none that has no anchor: own halves are retired, own pads wait", () => {
    let store = opened();
    add(store, 1, 2);
    hold(store, 3);
    close(store);
    copyFileSync(file("keys.db"), join(root, "other.db"));
    for (const lost of ["replaced", "unanchored"] as const) {
      folder = join(root, lost);
      mkdirSync(folder);
      if (lost === "replaced") close(opened());
      copyFileSync(join(root, "other.db"), file("keys.db"));
      store = opened();
      expect(store.opening).toMatchObject({ kind: lost, padsHeldBack: true });
      expect(codeOf(() => take(store, 1))).toBe("QKD_KEYSTORE_EXHAUSTED");
      release(store, 3);
      expect(codeOf(() => take(store, 1))).toBe("QKD_KEYSTORE_EXHAUSTED");
      expect(fetch(store, peerId(site, 1, 0))).toBe(1);
      expect(codeOf(() => pad(store))).toBe("QKD_AUTH_EXHAUSTED");
      expect(store.auth.remaining().own).toBe(0);
      // Also after the next opening; until the other site tells what it saw.
      close(store);
      store = opened();
      expect(store.opening).toMatchObject({ kind: "clean", padsHeldBack: true });
      expect(codeOf(() => act(store, () => store.auth.resumeFrom(-1)))).toBe("QKD_KEYSTORE_REQUEST");
      act(store, () => store.auth.resumeFrom(300));
      expect(pad(store)).toBe(300 + PADS_UNDER_WAY_BYTES);
      add(store, 4);
      expect(take(store, 1)).toEqual(own(site, 4, 0));
      close(store);
    }
  });

  it("lets a fresh secret end the holding-back of own pads", () => {
    let store = opened();
    pad(store);
    close(store);
    rmSync(file("keys.db.anchor"));
    close(opened());
    store = opened({ linkSecret: secret(9) });
    expect(store.opening.padsHeldBack).toBe(false);
    expect(pad(store)).toBe(0);
  });

  it("takes an anchor that is older than the database for none", () => {
    let store = opened();
    add(store, 1);
    take(store, 1);
    close(store);
    copyFileSync(file("keys.db.anchor"), join(root, "old.anchor"));
    store = opened();
    take(store, 3);
    pad(store);
    close(store);
    copyFileSync(join(root, "old.anchor"), file("keys.db.anchor"));
    store = opened();
    expect(store.opening).toMatchObject({ kind: "unanchored", padsHeldBack: true });
    expect(codeOf(() => take(store, 1))).toBe("QKD_KEYSTORE_EXHAUSTED");
  });

  it("skips to what the other site has seen used, though its own books say less", () => {
    const store = opened();
    pad(store);
    act(store, () => store.auth.resumeFrom(24));
    expect(pad(store)).toBe(24);
    act(store, () => store.auth.resumeFrom(500));
    expect(pad(store)).toBe(500 + PADS_UNDER_WAY_BYTES);
    kill(store);
    expect(pad(opened())).toBe(524 + PADS_UNDER_WAY_BYTES);
  });

  it("refuses the anchor of another store, and leaves it as it is", () => {
    const anchorPath = file("other.anchor");
    close(opened({ anchorPath, path: file("other.db"), kek: new Uint8Array(32).fill(8) }));
    expect(codeOf(() => opened({ anchorPath }))).toBe("QKD_KEYSTORE_CONFLICT");
    close(opened({ anchorPath, path: file("other.db"), kek: new Uint8Array(32).fill(8) }));
    rmSync(anchorPath);
    writeFileSync(anchorPath, "no anchor at all", { mode: 0o600 });
    expect(codeOf(() => opened({ anchorPath }))).toBe("done");
  });

  it("lets nothing leave whose lease could not be written", () => {
    const store = opened();
    add(store, 1);
    close(store);
    let refusing = false;
    const refused = new Error("the disk is gone");
    const trying = opened({
      watch: ({ type }) => {
        if (refusing && type === "anchor") throw refused;
      },
    });
    refusing = true;
    expect(() => take(trying, 1)).toThrow(refused);
    expect(() => pad(trying)).toThrow(refused);
    refusing = false;
    expect(take(trying, 1)).toEqual(own(site, 1, 0));
    expect(pad(trying)).toBe(0);
  });
});
