import { copyFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { PADS_UNDER_WAY_BYTES } from "../../controller/pool/sqlite/auth-pads.ts";
import type { SqliteStoreSettings } from "../../controller/pool/sqlite/sqlite-store.ts";
import { alone } from "./alone.ts";
import {
  add,
  aside,
  blockIdOf,
  close,
  codeOf,
  fetch,
  file,
  HALF,
  hold,
  inFolders,
  kill,
  losses,
  moveTo,
  openStore,
  own,
  pad,
  peerId,
  release,
  secret,
  take,
} from "./store-in-folder.ts";

inFolders();

describe.each(["alice", "bob"] as const)("the store of %s, whose anchor or database is another", (site) => {
  const opened = (more: Partial<SqliteStoreSettings> = {}) => openStore(site, more);

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
    expect(losses(store)).toEqual([
      { kind: "ownPadsBurnt", sequence: -1, throughSequence: -1, bytes: 100 },
      { kind: "blocksMissing", sequence: 0, throughSequence: 3, bytes: 0 },
    ]);
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
    copyFileSync(file("keys.db"), aside("other.db"));
    copyFileSync(file("keys.root"), aside("other.root"));
    for (const lost of ["replaced", "unanchored"] as const) {
      moveTo(lost);
      if (lost === "replaced") close(opened());
      copyFileSync(aside("other.db"), file("keys.db"));
      copyFileSync(aside("other.root"), file("keys.root"));
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
      expect(codeOf(() => alone(store, () => store.auth.resumeFrom(-1, 0)))).toBe("QKD_KEYSTORE_REQUEST");
      alone(store, () => store.auth.resumeFrom(300, 64));
      expect(store.auth.witness()).toEqual({ heldBack: false, seen: 64, used: 300 + PADS_UNDER_WAY_BYTES });
      expect(pad(store)).toBe(300 + PADS_UNDER_WAY_BYTES);
      add(store, 4);
      expect(take(store, 1)).toEqual(own(site, 4, 0));
      close(store);
    }
  });

  it.each(["kill", "close"] as const)(
    "takes the other site's word for good: the next opening after a %s goes on behind it",
    (end) => {
      let store = opened();
      pad(store);
      close(store);
      rmSync(file("keys.db.anchor"));
      store = opened();
      alone(store, () => store.auth.resumeFrom(24, 0));
      ({ kill, close })[end](store);
      store = opened();
      expect(store.opening).toMatchObject({ padsHeldBack: false, burntPadBytes: 0, evidence: [] });
      expect(pad(store)).toBe(24 + PADS_UNDER_WAY_BYTES);
      // Also where the database goes: what the anchor knows is what was used.
      close(store);
      truncateSync(file("keys.db"), 0);
      store = opened();
      expect(store.opening).toMatchObject({ kind: "emptied", padsHeldBack: false });
      expect(pad(store)).toBe(48 + PADS_UNDER_WAY_BYTES);
    },
  );

  it("holds pads back whatever becomes of the database meanwhile", () => {
    let store = opened();
    close(store);
    copyFileSync(file("keys.db"), aside("before.db"));
    copyFileSync(file("keys.root"), aside("before.root"));
    rmSync(file("keys.db.anchor"));
    close(opened());
    copyFileSync(aside("before.db"), file("keys.db"));
    copyFileSync(aside("before.root"), file("keys.root"));
    store = opened();
    expect(store.opening.padsHeldBack).toBe(true);
    expect(store.auth.witness()).toMatchObject({ heldBack: true });
    expect(codeOf(() => pad(store))).toBe("QKD_AUTH_EXHAUSTED");
    // And where nothing of it was ever used.
    kill(store);
    truncateSync(file("keys.db"), 0);
    rmSync(file("keys.db-wal"), { force: true });
    store = opened();
    expect(store.opening).toMatchObject({ kind: "emptied", padsHeldBack: true });
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

  it.each(["gone", "foreign"])(
    "takes no secret for fresh because the database does not know it, where the anchor is %s",
    (anchor) => {
      let store = opened({ linkSecret: secret(9) });
      pad(store);
      close(store);
      copyFileSync(file("keys.db"), aside("older.db"));
      copyFileSync(file("keys.root"), aside("older.root"));
      store = opened();
      pad(store, 500);
      close(store);
      if (anchor === "foreign") {
        moveTo("foreign");
        close(opened({ linkSecret: secret(9) }));
      } else rmSync(file("keys.db.anchor"));
      copyFileSync(aside("older.db"), file("keys.db"));
      copyFileSync(aside("older.root"), file("keys.root"));
      for (const kind of [anchor === "gone" ? "unanchored" : "replaced", "clean"]) {
        store = opened();
        expect(store.opening).toMatchObject({ kind, padsHeldBack: true });
        expect(codeOf(() => pad(store))).toBe("QKD_AUTH_EXHAUSTED");
        close(store);
      }
      // Nor does the older one come back: this one was used.
      expect(codeOf(() => opened({ linkSecret: secret(9) }))).toBe("QKD_KEYSTORE_CONFLICT");
      store = opened();
      alone(store, () => store.auth.resumeFrom(500, 0));
      expect(pad(store)).toBe(500 + PADS_UNDER_WAY_BYTES);
    },
  );

  it.each([false, true])(
    "goes on with recovered pads, and never with those held back (waiting: %s)",
    (waits) => {
      close(opened());
      rmSync(file("keys.db.anchor"));
      const store = opened();
      const round = alone(store, () => store.auth.beginRecovery({}));
      const material = new Uint8Array(2 * 1024).fill(9);
      alone(store, () => store.auth.keepRecovery(round, material, waits));
      if (waits) {
        expect(codeOf(() => pad(store))).toBe("QKD_AUTH_EXHAUSTED");
        alone(store, () => store.auth.settleRecovery(round.number, true));
      }
      expect(round.place).toBeGreaterThanOrEqual(secret(7).length / 2 - 32);
      expect(pad(store)).toBe(round.place);
      expect(store.auth.remaining().own).toBe(1024 - 24);
      expect(store.auth.recovery().auth).toBe("computational");
      close(store);
      expect(pad(opened())).toBe(round.place + 24);
    },
  );

  it("remembers that own pads are held back, also when the database goes next", () => {
    let store = opened();
    pad(store);
    close(store);
    copyFileSync(file("keys.db"), aside("older.db"));
    copyFileSync(file("keys.root"), aside("older.root"));
    store = opened();
    expect(pad(store, 500)).toBe(24);
    kill(store);
    rmSync(file("keys.db.anchor"));
    rmSync(file("keys.db-wal"));
    copyFileSync(aside("older.db"), file("keys.db"));
    copyFileSync(aside("older.root"), file("keys.root"));
    store = opened();
    expect(store.opening).toMatchObject({ kind: "unanchored", padsHeldBack: true });
    kill(store);
    truncateSync(file("keys.db"), 0);
    rmSync(file("keys.db-wal"), { force: true });
    store = opened();
    expect(store.opening.kind).toBe("emptied");
    expect(codeOf(() => pad(store))).toBe("QKD_AUTH_EXHAUSTED");
  });

  it("has files that their owner alone may read", () => {
    const store = opened();
    add(store, 1);
    for (const name of ["keys.db", "keys.db-wal", "keys.db.anchor", "keys.root"])
      expect(statSync(file(name)).mode & 0o777, name).toBe(0o600);
  });

  it("tells the other site of each block that a lost root took, and how much", () => {
    const store = opened();
    add(store, 1);
    hold(store, 2);
    close(store);
    rmSync(file("keys.root"));
    const again = opened();
    expect(again.opening).toMatchObject({ kind: "clean", lostBits: 8 * 2 * 2 * HALF });
    expect(again.audit.opening().lostBits).toBe(again.opening.lostBits);
    const notices = alone(again, () => again.pool.notices(10));
    expect(notices.map(({ blockId, reason }) => [blockId, reason])).toEqual([
      [blockIdOf(1), "lost"],
      [blockIdOf(2), "lost"],
    ]);
    expect(losses(again).map(({ kind, sequence }) => [kind, sequence])).toEqual([
      ["blockUnreadable", 2],
      ["blockUnreadable", 1],
    ]);
  });

  it("takes an anchor that is older than the database for none", () => {
    let store = opened();
    add(store, 1);
    take(store, 1);
    close(store);
    copyFileSync(file("keys.db.anchor"), aside("old.anchor"));
    store = opened();
    take(store, 3);
    pad(store);
    close(store);
    copyFileSync(aside("old.anchor"), file("keys.db.anchor"));
    store = opened();
    expect(store.opening).toMatchObject({ kind: "unanchored", padsHeldBack: true });
    expect(codeOf(() => take(store, 1))).toBe("QKD_KEYSTORE_EXHAUSTED");
  });

  it("skips to what the other site has seen used, though its own books say less", () => {
    const store = opened();
    pad(store);
    alone(store, () => store.auth.resumeFrom(24, 0));
    expect(pad(store)).toBe(24);
    alone(store, () => store.auth.resumeFrom(500, 0));
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
});
