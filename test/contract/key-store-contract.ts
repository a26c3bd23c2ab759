import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KeyOrigin, PendingBlock, TakeManyRequest } from "../../controller/index.ts";
import { SecretBytes } from "../../protocol/index.ts";
import { agreedBlocksContract } from "./agreed-blocks-contract.ts";
import { authRecoveryContract } from "./auth-recovery-contract.ts";
import { authReserveContract } from "./auth-reserve-contract.ts";
import { epsilonLedgerContract } from "./epsilon-ledger-contract.ts";
import {
  audience,
  block,
  codeOf,
  eventually,
  fetch,
  fill,
  hexOf,
  release,
  StoreBench,
  type StorePlace,
  take,
} from "./key-store-bench.ts";

import { linkPadsContract } from "./link-pads-contract.ts";

/**
 * What any key store must keep, wherever it keeps the keys. Stores of both sites of a link are of the same kind here;
 * sites with stores of different kinds work together because what both compute alike is not the store's own.
 */
export function keyStoreContract(name: string, makePlace: () => Promise<StorePlace>): void {
  describe(`a key store ${name}`, () => {
    let bench: StoreBench;
    beforeEach(async () => {
      bench = new StoreBench(await makePlace());
    });
    afterEach(() => bench.dispose());

    describe("blocks", () => {
      it("are pending, then available, then spent, and never begin again", async () => {
        const alice = await bench.open("alice");
        const fresh = block(1, 1024);
        const { blockId } = fresh;
        const state = () => alice.pool.blockState(blockId);
        expect([await state(), await alice.pool.pending()]).toEqual(["absent", []]);
        for (let time = 0; time < 2; time += 1) {
          await alice.pool.addPending(fresh);
          expect(await state()).toBe("pending");
        }
        expect(await alice.pool.pending()).toMatchObject([
          { blockId, origin: "qkd", sequence: 1, proposed: true },
        ]);
        expect(await codeOf(take(alice))).toBe("QKD_KEYSTORE_EXHAUSTED");
        for (let time = 0; time < 2; time += 1) await alice.pool.makeAvailable(blockId, release(fresh));
        await alice.pool.addPending(fresh);
        expect([await state(), await alice.pool.pending()]).toEqual(["available", []]);
        expect(await take(alice)).toHaveLength(1);
        for (let time = 0; time < 2; time += 1) await alice.pool.discard(blockId);
        expect(await state()).toBe("spent");
        expect(await codeOf(take(alice))).toBe("QKD_KEYSTORE_EXHAUSTED");
        expect(await codeOf(alice.pool.addPending(fresh))).toBe("QKD_KEYSTORE_CONFLICT");
      });

      it("are refused when id or sequence belong to another", async () => {
        const alice = await bench.open("alice");
        const first = await fill([alice], block(1, 1024));
        const other = new SecretBytes(first.key.reveal().map((byte) => byte ^ 1));
        expect(await codeOf(alice.pool.addPending({ ...first, key: other }))).toBe("QKD_KEYSTORE_CONFLICT");
        expect(await codeOf(alice.pool.addPending(block(1, 64)))).toBe("QKD_KEYSTORE_CONFLICT");
        const unknown = "00".repeat(16);
        expect(await codeOf(alice.pool.makeAvailable(unknown, release(first)))).toBe(
          "QKD_KEYSTORE_UNKNOWN_BLOCK",
        );
        await alice.pool.discard(unknown);
      });

      it("are refused when no store could take them", async () => {
        const alice = await bench.open("alice");
        const impossible: Record<string, Partial<PendingBlock>> = {
          "an id that is no hex": { blockId: "x".repeat(32) },
          "a negative sequence": { sequence: -1 },
          "a sequence beyond 32 bits": { sequence: 2 ** 32 },
          "a key too short to share": { key: new SecretBytes(new Uint8Array(31)) },
          "a fractional time": { createdAtMs: 1.5 },
          "an unknown origin": { origin: "moon" as KeyOrigin },
          "an odd authentication share": { authBytes: 3 },
          "an authentication share that leaves no key": { authBytes: 64 },
          "an authentication share of post-quantum key": { origin: "pqc", authBytes: 2 },
          "a short tail": { tail: new SecretBytes(new Uint8Array(63)) },
          "a negative lack": { lackBytes: -1 },
          "an endless clock offset": { peerOffsetMs: Number.POSITIVE_INFINITY },
        };
        for (const [name, wrong] of Object.entries(impossible)) {
          const adding = alice.pool.addPending({ ...block(1, 64), ...wrong });
          expect(await codeOf(adding), name).toBe("QKD_KEYSTORE_REQUEST");
        }
        expect(await alice.pool.pending()).toEqual([]);
      });

      it("leave the caller's copy of the key as it was", async () => {
        const alice = await bench.open("alice");
        const fresh = block(1, 300_000);
        const before = hexOf(fresh.key);
        await fill([alice], fresh);
        expect(hexOf(fresh.key)).toBe(before);
        fresh.key.wipe();
        expect(before).toContain((await take(alice))[0]?.hex);
      });

      it("used up at both halves are destroyed in due time, also when odd sizes leave a rest", async () => {
        const [alice, bob] = await bench.both();
        const { blockId } = await fill([alice, bob], block(1, 256));
        await fetch(bob, await take(alice, 4, 248));
        await fetch(alice, await take(bob, 4, 256));
        for (const store of [alice, bob]) {
          expect(await codeOf(take(store, 1, 8))).toBe("QKD_KEYSTORE_EXHAUSTED");
          await eventually(async () => (await store.pool.blockState(blockId)) === "spent");
        }
      });
    });

    describe("keys", () => {
      it("are the same at both sites, whichever issues them, over block bounds and in any order", async () => {
        const [alice, bob] = await bench.both();
        const first = await fill([alice, bob], block(1, 200_000));
        const second = await fill([alice, bob], block(2, 96));
        const material = hexOf(first.key) + hexOf(second.key);
        const hexes: string[] = [];
        for (const [master, slave] of [
          [alice, bob],
          [bob, alice],
        ] as const) {
          const taken = (await take(master, 2500)).concat(await take(master, 15, 8 * 1000));
          expect((await fetch(slave, taken.toReversed())).reverse()).toEqual(taken);
          hexes.push(...taken.map(({ hex }) => hex));
        }
        for (const hex of hexes) expect(material).toContain(hex);
        expect(new Set(hexes).size).toBe(2 * 2515);
      });

      it("give every bit of a block once, this site's half in order", async () => {
        const [alice, bob] = await bench.both();
        const { key, blockId, createdAtMs } = await fill([alice, bob], block(1, 2048));
        const taken = (await take(alice, 32)).concat(await take(bob, 32));
        expect(taken.map(({ hex }) => hex).join("")).toBe(hexOf(key));
        expect(taken[0]).toMatchObject({ origin: "qkd", blockId, createdAtMs });
        for (const store of [alice, bob]) expect(await codeOf(take(store))).toBe("QKD_KEYSTORE_EXHAUSTED");
      });

      it("come all or not at all", async () => {
        const [alice, bob] = await bench.both();
        await fill([alice, bob], block(1, 256));
        expect(await codeOf(take(alice, 5))).toBe("QKD_KEYSTORE_EXHAUSTED");
        expect((await alice.pool.status("qkd")).availableBits).toBe(128 * 8);
        const taken = await take(alice, 4);
        const nonsense = { keyId: "nonsense" };
        expect(await codeOf(fetch(bob, [...taken, nonsense]))).toBe("QKD_KEYSTORE_UNKNOWN_KEY");
        expect(await fetch(bob, taken)).toEqual(taken);
      });

      it("are fetched once", async () => {
        const [alice, bob] = await bench.both();
        await fill([alice, bob], block(1, 1024));
        const [first, second] = await take(alice, 2);
        if (first === undefined || second === undefined) throw new Error("no keys");
        expect(await fetch(bob, [first])).toEqual([first]);
        expect(await codeOf(fetch(bob, [first, second]))).toBe("QKD_KEYSTORE_UNKNOWN_KEY");
        expect(await fetch(bob, [second])).toEqual([second]);
      });

      it("are given again within the redelivery time, to the same SAE", async () => {
        const [alice, bob] = await bench.both({ redeliveryMs: 60_000 });
        await fill([alice, bob], block(1, 1024));
        const taken = await take(alice, 2);
        expect(await fetch(bob, taken.slice(0, 1))).toEqual(taken.slice(0, 1));
        expect(await fetch(bob, taken)).toEqual(taken);
        expect((await bob.pool.status("qkd")).peerBits).toBe((512 - 64) * 8);
        expect(await codeOf(fetch(bob, taken, { master: "sae-a", slave: "eve" }))).toBe(
          "QKD_KEYSTORE_FORBIDDEN",
        );
      });

      it("are not given under IDs of other SAEs, of this site's own half, or of blocks not held", async () => {
        const [alice, bob] = await bench.both();
        await fill([alice], block(1, 1024));
        const taken = await take(alice);
        expect(await codeOf(fetch(alice, taken, { master: "sae-a", slave: "eve" }))).toBe(
          "QKD_KEYSTORE_FORBIDDEN",
        );
        expect(await codeOf(fetch(alice, taken))).toBe("QKD_KEYSTORE_UNKNOWN_KEY");
        expect(await codeOf(fetch(bob, taken))).toBe("QKD_KEYSTORE_UNKNOWN_KEY");
      });

      it.each(["alice", "bob"] as const)(
        "that %s itself issued are not given to it, though it holds the block",
        async (site) => {
          const [alice, bob] = await bench.both({ redeliveryMs: 10_000 });
          const { key } = await fill([alice, bob], block(1, 1024));
          const [own, other] = site === "alice" ? [alice, bob] : [bob, alice];
          const taken = await take(own, 16);
          for (const each of taken) expect(await codeOf(fetch(own, [each]))).toBe("QKD_KEYSTORE_UNKNOWN_KEY");
          expect(await fetch(other, taken)).toEqual(taken);
          // Also not once the other site has fetched them, and its own half is still whole.
          expect(await codeOf(fetch(own, taken))).toBe("QKD_KEYSTORE_UNKNOWN_KEY");
          const others = await take(other, 16);
          expect(await fetch(own, others)).toEqual(others);
          expect(hexOf(key)).toContain(taken[0]?.hex);
        },
      );

      it("of a block still pending here are given once the other site issued them", async () => {
        const [alice, bob] = await bench.both();
        const fresh = await fill([alice], block(1, 1024));
        await bob.pool.addPending(fresh);
        const taken = await take(alice);
        expect(await codeOf(take(bob))).toBe("QKD_KEYSTORE_EXHAUSTED");
        expect(await fetch(bob, taken)).toEqual(taken);
        await bob.pool.makeAvailable(fresh.blockId, release(fresh));
        expect(await take(bob)).toHaveLength(1);
      });

      it("of one origin are never issued for another", async () => {
        const [alice, bob] = await bench.both();
        await fill([alice, bob], block(7, 1024, "pqc"));
        expect(await codeOf(take(alice))).toBe("QKD_KEYSTORE_EXHAUSTED");
        const taken = await take(alice, 1, 256, "pqc");
        expect(taken[0]?.origin).toBe("pqc");
        expect(await fetch(bob, taken)).toEqual(taken);
        expect(await alice.pool.highestSequence("pqc")).toBe(7);
        expect(await alice.pool.highestSequence("qkd")).toBe(-1);
      });

      it("are refused in impossible sizes and numbers, and for impossible SAEs", async () => {
        const alice = await bench.open("alice");
        await fill([alice], block(1, 1024));
        const impossible: Record<string, Partial<TakeManyRequest>> = {
          "a size that is no whole byte": { bits: 12 },
          "a size of nothing": { bits: 0 },
          "a size beyond the limit": { bits: 65_544 },
          "no keys": { count: 0 },
          "too many keys": { count: 4097 },
          "an empty SAE": { audience: { master: "", slave: "b" } },
          "an endless SAE": { audience: { master: "a", slave: "b".repeat(257) } },
        };
        for (const [name, wrong] of Object.entries(impossible)) {
          const taking = alice.pool.takeMany({ bits: 256, count: 1, audience, origin: "qkd", ...wrong });
          expect(await codeOf(taking), name).toBe("QKD_KEYSTORE_REQUEST");
        }
        expect((await alice.pool.status("qkd")).availableBits).toBe(512 * 8);
      });

      it("differ for all callers at once, and a call that fails disturbs no other", async () => {
        const [alice, bob] = await bench.both();
        await fill([alice, bob], block(1, 64_000));
        const rounds = Array.from({ length: 60 }, async (_, index) => {
          const [master, slave] = index % 2 === 0 ? [alice, bob] : [bob, alice];
          const [taken, refused] = await Promise.all([take(master, 3), codeOf(take(master, 4096))]);
          expect(refused).toBe("QKD_KEYSTORE_EXHAUSTED");
          const fetched = await Promise.allSettled([fetch(slave, taken), fetch(slave, taken)]);
          expect(fetched.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
          return taken.map(({ hex }) => hex);
        });
        expect(new Set((await Promise.all(rounds)).flat()).size).toBe(180);
      });
    });

    describe("after it was closed", () => {
      it("holds all that it answered, and gives nothing twice", async () => {
        const [alice, bob] = await bench.both();
        const { key, blockId } = await fill([alice, bob], block(3, 2048));
        const waiting = block(4, 64);
        await bob.pool.addPending(waiting);
        const before = await take(alice, 10);
        await fetch(bob, before.slice(0, 5));
        for (const store of [alice, bob]) await bench.close(store);
        const [again, other] = await bench.both();
        for (const { audit } of [again, other]) {
          expect(await audit.opening()).toMatchObject({ kind: "clean", burntBits: 0, padsHeldBack: false });
          expect(await audit.losses(10)).toEqual([]);
        }
        expect(await again.pool.blockState(blockId)).toBe("available");
        expect((await other.pool.pending()).map((pending) => pending.blockId)).toEqual([waiting.blockId]);
        expect(await other.pool.highestSequence("qkd")).toBe(4);
        const after = await take(again, 22);
        expect(
          before
            .concat(after)
            .map(({ hex }) => hex)
            .join(""),
        ).toBe(hexOf(key).slice(0, 2048));
        expect(await codeOf(fetch(other, before.slice(0, 1)))).toBe("QKD_KEYSTORE_UNKNOWN_KEY");
        expect(await fetch(other, before.slice(5))).toEqual(before.slice(5));
      });

      it("refuses every call, and may be closed again", async () => {
        const alice = await bench.open("alice");
        const adding = fill([alice], block(1, 500_000)).then(
          () => "done",
          () => "refused",
        );
        await alice.pool.addPending(block(2, 64));
        await adding;
        await bench.close(alice);
        await alice.pool.close();
        expect(await codeOf(alice.pool.status("qkd"))).not.toBe("done");
        expect(await codeOf(alice.auth.reserve(1))).not.toBe("done");
      });
    });

    describe("the audit log", () => {
      it("names what happened, newest first, chained, and shows no key", async () => {
        const [alice, bob] = await bench.both();
        const { key, blockId } = await fill([alice, bob], block(1, 1024));
        const taken = await take(alice, 2);
        await fetch(bob, taken);
        await alice.pool.discard(blockId);
        const events = async (store: typeof alice, count: number) =>
          (await store.audit.tail(count)).map(({ event }) => event);
        expect(await events(alice, 4)).toEqual([
          "blockDiscarded",
          "keysTaken",
          "blockAvailable",
          "blockAdded",
        ]);
        expect(await events(bob, 1)).toEqual(["keysFetched"]);
        const [, issued] = await alice.audit.tail(2);
        expect(issued?.detail).toEqual({ blockId, first: 0, past: 64, count: 2, ...audience });
        expect((await alice.audit.verify()).brokenAt).toBeNull();
        const { counts, sumS } = await alice.audit.commits();
        expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
        expect(sumS).toBeGreaterThan(0);
        const shown = inspect([alice, await alice.audit.tail(100)], { depth: 9, showHidden: true });
        for (const encoding of ["hex", "base64"] as const) {
          expect(shown).not.toContain(Buffer.from(key.reveal()).toString(encoding).slice(0, 12));
        }
      });
    });

    agreedBlocksContract(() => bench);
    linkPadsContract(() => bench);
    authReserveContract(() => bench);
    authRecoveryContract(() => bench);
    epsilonLedgerContract(() => bench);
  });
}
