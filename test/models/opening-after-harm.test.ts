import { copyFileSync, cpSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { SqliteStoreSettings } from "../../controller/pool/sqlite/sqlite-store.ts";
import { alone } from "./alone.ts";
import {
  add,
  aside,
  blockIdOf,
  close,
  codeOf,
  events,
  fetch,
  file,
  HALF,
  here,
  hold,
  inFolders,
  kill,
  loseLog,
  losses,
  openStore,
  own,
  pad,
  peerId,
  release,
  take,
} from "./store-in-folder.ts";

inFolders();

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

  it("burns after a rollback and a crash no more than the lease, however many blocks there are", () => {
    let store = opened();
    add(store, 1, 2, 3);
    close(store);
    store = opened();
    take(store, 17);
    kill(store);
    loseLog();
    store = opened();
    add(store, 4, 5);
    take(store, 1);
    kill(store);
    expect(opened().opening.burntBits).toBeLessThanOrEqual(2 * 256);
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
    expect(losses(again)).toContainEqual({
      kind: "ownPadsBurnt",
      sequence: -1,
      throughSequence: -1,
      bytes: 72,
    });
    // The other site is told: what it must not hand out any more, and which blocks are not here.
    const burnt = losses(again).find(({ kind, sequence }) => kind === "peerBurnt" && sequence === 1);
    expect(burnt?.bytes).toBeGreaterThanOrEqual(6 * 32);
    expect(alone(again, () => again.pool.notices(9))).toMatchObject([
      {
        blockId: blockIdOf(1),
        reason: "burnt",
        past: (burnt?.bytes ?? 0) + (site === "alice" ? HALF : 0),
      },
    ]);
    expect(again.pool.missing(9)).toEqual([{ origin: "qkd", first: 3, last: 4 }]);
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
    ).toEqual(["blockQuarantined", "blocksMissing", "ownPadsBurnt"]);
    expect(events(again)).toContain("blockQuarantined");
  });

  it("notices an older copy of the database, and of a generation before", () => {
    let store = opened();
    add(store, 1);
    close(store);
    copyFileSync(file("keys.db"), aside("old.db"));
    for (let times = 0; times < 2; times += 1) {
      store = opened();
      take(store, 2);
      pad(store);
      close(store);
    }
    copyFileSync(aside("old.db"), file("keys.db"));
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
    cpSync(here(), aside("old"), { recursive: true });
    store = opened();
    take(store, 2);
    close(store);
    const anchor = aside("newest.anchor");
    copyFileSync(file("keys.db.anchor"), anchor);
    // Restored whole, used, and then the anchor alone put back.
    cpSync(aside("old"), here(), { recursive: true, force: true });
    store = opened();
    for (let times = 0; times < 5; times += 1) pad(store);
    close(store);
    copyFileSync(anchor, file("keys.db.anchor"));
    store = opened();
    expect(["rolledBack", "unanchored"]).toContain(store.opening.kind);
    expect(codeOf(() => take(store, 16))).toBe("QKD_KEYSTORE_EXHAUSTED");
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
