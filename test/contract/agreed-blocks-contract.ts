import { describe, expect, it } from "vitest";
import { block, codeOf, fetch, fill, hexOf, release, type StoreBench, take } from "./key-store-bench.ts";

/** What any store must keep for the agreement on blocks: splits, tails, releases, notices, age. */
export function agreedBlocksContract(bench: () => StoreBench): void {
  describe("blocks on which both sites agree", () => {
    it("lack half the capacity of their origin, less this site's stock; what is fetched or not counts nothing", async () => {
      const [alice, bob] = await bench().both({ capacityBits: 4096 * 8 });
      const lacks = async () => [
        (await alice.pool.status("qkd")).lackBits / 8,
        (await bob.pool.status("qkd")).lackBits / 8,
      ];
      expect(await lacks()).toEqual([2048, 2048]);
      await fill([alice, bob], block(1, 1024), 992);
      expect(await lacks()).toEqual([2048 - 992, 2048 - 32]);
      await take(alice, 10);
      expect(await lacks()).toEqual([2048 - 992 + 320, 2048 - 32]);
      // The acceptor counts half of what is pending as its own; the proposer splits it and knows better.
      for (const { pool } of [alice, bob]) await pool.addPending(block(2, 64));
      await fill([alice, bob], block(1, 2048, "pqc"));
      expect(await lacks()).toEqual([2048 - 992 + 320, 2048 - 32 - 32]);
      await fill([alice, bob], block(3, 8192), 4096);
      expect(await lacks()).toEqual([0, 0]);
    });

    it.each([0, 64, 1024])("are split where the release says: %i bytes for Alice", async (boundary) => {
      const [alice, bob] = await bench().both();
      const { key } = await fill([alice, bob], block(1, 1024), boundary);
      const keys: string[] = [];
      for (const [master, slave, bytes] of [
        [alice, bob, boundary],
        [bob, alice, 1024 - boundary],
      ] as const) {
        expect((await master.pool.status("qkd")).availableBits).toBe(bytes * 8);
        expect((await slave.pool.status("qkd")).peerBits).toBe(bytes * 8);
        if (bytes === 0) continue;
        const taken = await take(master, bytes / 32);
        expect(await fetch(slave, taken)).toEqual(taken);
        keys.push(...taken.map(({ hex }) => hex));
      }
      expect(keys.join("")).toBe(hexOf(key));
    });

    it("are split once, in whole grains, and never against what was fetched while pending", async () => {
      const [alice, bob] = await bench().both();
      const fresh = block(1, 1024);
      for (const { pool } of [alice, bob]) await pool.addPending(fresh);
      for (const wrong of [31, 33, -32, 1056, 1.5])
        expect(await codeOf(bob.pool.makeAvailable(fresh.blockId, release(fresh, wrong)))).toBe(
          "QKD_KEYSTORE_CONFLICT",
        );
      await alice.pool.makeAvailable(fresh.blockId, release(fresh, 512));
      const taken = await take(alice, 4);
      expect(await fetch(bob, taken)).toEqual(taken);
      expect(await bob.pool.block(fresh.blockId)).toMatchObject({ fetched: { first: 0, past: 128 } });
      expect(await codeOf(bob.pool.makeAvailable(fresh.blockId, release(fresh, 96)))).toBe(
        "QKD_KEYSTORE_CONFLICT",
      );
      expect(await bob.pool.blockState(fresh.blockId)).toBe("pending");
      for (const later of [512, 960]) await bob.pool.makeAvailable(fresh.blockId, release(fresh, later));
      expect(await bob.pool.block(fresh.blockId)).toMatchObject({ release: release(fresh, 512) });
      expect((await bob.pool.status("qkd")).peerBits).toBe((512 - 128) * 8);
      expect(await codeOf(fetch(bob, taken.slice(0, 1)))).toBe("QKD_KEYSTORE_UNKNOWN_KEY");
    });

    it("are never split against what was fetched of the half that would be this site's own", async () => {
      const [alice, bob] = await bench().both();
      const fresh = block(1, 1024);
      await fill([alice], fresh, 1024);
      await bob.pool.addPending(fresh);
      await fetch(bob, (await take(alice, 32)).slice(-4));
      expect(await codeOf(bob.pool.makeAvailable(fresh.blockId, release(fresh, 512)))).toBe(
        "QKD_KEYSTORE_CONFLICT",
      );
    });

    it("that ended before their release are never told as released", async () => {
      const alice = await bench().open("alice");
      const fresh = block(1, 64);
      await alice.pool.addPending(fresh);
      await alice.pool.discard(fresh.blockId);
      expect(await codeOf(alice.pool.makeAvailable(fresh.blockId, release(fresh)))).toBe(
        "QKD_KEYSTORE_CONFLICT",
      );
      expect(await alice.pool.block(fresh.blockId)).toMatchObject({ release: null, state: "spent" });
    });

    it("give no key at their proposer before it has released them", async () => {
      const [alice, bob] = await bench().both();
      const fresh = block(1, 1024);
      await alice.pool.addPending(fresh);
      await fill([bob], fresh);
      expect(await codeOf(fetch(alice, await take(bob)))).toBe("QKD_KEYSTORE_UNKNOWN_KEY");
    });

    it("keep their tail while they are pending, also over a restart, and what was said of them for good", async () => {
      let bob = await bench().open("bob");
      const fresh = { ...block(1, 1024), lackBytes: 777, authBytes: 128 };
      await bob.pool.addPending(fresh);
      await bench().close(bob);
      bob = await bench().open("bob");
      const tail = await bob.pool.tail(fresh.blockId);
      expect(tail === null ? null : hexOf(tail)).toBe(hexOf(fresh.tail));
      const facts = { blockBytes: 1024, authBytes: 128, keyBytes: 896, lackBytes: 777, proposed: false };
      expect(await bob.pool.block(fresh.blockId)).toMatchObject({
        ...facts,
        release: null,
        state: "pending",
      });
      await bob.pool.makeAvailable(fresh.blockId, release(fresh));
      expect(await bob.pool.tail(fresh.blockId)).toBeNull();
      await bob.pool.discard(fresh.blockId);
      expect(await bob.pool.block(fresh.blockId)).toMatchObject({
        ...facts,
        release: release(fresh),
        state: "spent",
      });
      expect(await bob.pool.block("00".repeat(16))).toBeNull();
      expect(await bob.pool.tail("00".repeat(16))).toBeNull();
    });

    it("that the proposer released are told until the other site has heard it", async () => {
      const [alice, bob] = await bench().both();
      const [first, second] = [block(1, 64), block(2, 64)];
      await fill([alice, bob], first);
      await alice.pool.addPending(second);
      await alice.pool.discard(first.blockId);
      const unheard = async () => (await alice.pool.unheardReleases(10)).map(({ blockId }) => blockId);
      expect(await unheard()).toEqual([first.blockId]);
      expect(await bob.pool.unheardReleases(10)).toEqual([]);
      await alice.pool.releasesHeard([first.blockId, second.blockId, "00".repeat(16)]);
      expect(await unheard()).toEqual([]);
      await alice.pool.makeAvailable(second.blockId, release(second));
      expect(await unheard()).toEqual([second.blockId]);
    });

    it("that end here are noticed until the other site has acted on it, over a restart too", async () => {
      let alice = await bench().open("alice");
      const { blockId } = await fill([alice], block(1, 64));
      for (let time = 0; time < 2; time += 1) await alice.pool.lose(blockId, "tagWrong");
      expect(await alice.pool.blockState(blockId)).toBe("spent");
      await alice.pool.lose("00".repeat(16), "lost");
      await bench().close(alice);
      alice = await bench().open("alice");
      const notices = await alice.pool.notices(10);
      expect(notices).toMatchObject([
        { blockId, reason: "tagWrong" },
        { blockId: "00".repeat(16), reason: "lost" },
      ]);
      expect(await alice.pool.notices(1)).toHaveLength(1);
      await alice.pool.noticesHeard([notices[0]?.number ?? -1, 999]);
      expect(await alice.pool.notices(10)).toEqual(notices.slice(1));
    });

    it("that end at the other site are not handed out here, but still fetched", async () => {
      const [alice, bob] = await bench().both();
      const { blockId } = await fill([alice, bob], block(1, 1024));
      const taken = await take(alice, 2);
      for (const lostBits of [512 * 8, 0])
        expect(await bob.pool.hearGone(blockId, "expired")).toEqual({
          settled: true,
          origin: "qkd",
          lostBits,
        });
      expect(await codeOf(take(bob))).toBe("QKD_KEYSTORE_EXHAUSTED");
      expect(await fetch(bob, taken)).toEqual(taken);
      expect(await alice.pool.hearGone(blockId, "handedOut")).toMatchObject({ lostBits: 0 });
      expect(await take(alice)).toHaveLength(1);
      expect(await alice.pool.hearGone("00".repeat(16), "lost")).toEqual({
        settled: true,
        origin: null,
        lostBits: 0,
      });
    });

    it("of which the other site cannot give the first keys any more are skipped so far, and no further", async () => {
      const [alice, bob] = await bench().both();
      const { blockId } = await fill([alice, bob], block(1, 1024));
      for (const lostBits of [100 * 8, 0])
        expect(await bob.pool.hearGone(blockId, "burnt", 512 + 100)).toEqual({
          settled: true,
          origin: "qkd",
          lostBits,
        });
      expect(await fetch(alice, await take(bob))).toHaveLength(1);
      expect((await bob.pool.status("qkd")).availableBits).toBe((512 - 132) * 8);
      // All of the other site's half is behind that: nothing happens to it, and it is fetched as long as it is handed out.
      expect(await alice.pool.hearGone(blockId, "burnt", 0)).toMatchObject({ lostBits: 0 });
      expect(await fetch(bob, await take(alice, 2))).toHaveLength(2);
      expect(await bob.pool.hearGone(blockId, "burnt", 5000)).toMatchObject({ lostBits: (512 - 132) * 8 });
    });

    it("that the other site has lost with their names are told by number, and not handed out", async () => {
      const [alice, bob] = await bench().both();
      const blocks = [];
      for (const sequence of [1, 2, 3, 4]) blocks.push(await fill([alice, bob], block(sequence, 1024)));
      const taken = await take(bob, 20);
      const lost = { origin: "qkd", first: 2, last: 3 } as const;
      expect(await bob.pool.hearMissing({ ...lost, origin: "pqc" })).toEqual([]);
      expect(await bob.pool.hearMissing(lost)).toEqual([
        { blockId: blocks[1]?.blockId, lostBits: (512 - 4 * 32) * 8 },
        { blockId: blocks[2]?.blockId, lostBits: 512 * 8 },
      ]);
      expect(await bob.pool.hearMissing(lost)).toEqual([]);
      expect((await bob.pool.status("qkd")).availableBits).toBe(512 * 8);
      expect(await fetch(alice, taken)).toEqual(taken);
      expect(await bob.pool.missing(9)).toEqual([]);
    });

    it("that are pending when the other site ends them wait at the acceptor, and go at the proposer", async () => {
      const [alice, bob] = await bench().both();
      const fresh = block(1, 64);
      for (const { pool } of [alice, bob]) await pool.addPending(fresh);
      expect(await bob.pool.hearGone(fresh.blockId, "expired")).toMatchObject({ settled: false });
      expect(await bob.pool.blockState(fresh.blockId)).toBe("pending");
      expect(await alice.pool.hearGone(fresh.blockId, "tagWrong")).toMatchObject({ settled: true });
      expect(await alice.pool.blockState(fresh.blockId)).toBe("spent");
    });

    it("too old are no longer issued, and destroyed a minute after the other site has acted on that", async () => {
      const [alice, bob] = await bench().both();
      const { blockId } = await fill([alice, bob], block(1, 1024));
      const taken = await take(alice, 2);
      const storedAtMs = Date.now();
      const aging = (afterMs: number, peerOffsetMs: number | null = 0, maxAgeMs = 600_000) => ({
        nowMs: storedAtMs + afterMs,
        maxAgeMs,
        peerOffsetMs,
      });
      expect(await alice.pool.expire(aging(500_000))).toBe(0);
      expect(await alice.pool.expire({ ...aging(700_000), origin: "pqc" })).toBe(0);
      expect(await alice.pool.expire(aging(700_000))).toBe((512 - 64) * 8);
      expect(await codeOf(take(alice))).toBe("QKD_KEYSTORE_EXHAUSTED");
      const [notice] = await alice.pool.notices(10);
      expect(notice).toMatchObject({ blockId, reason: "expired" });
      expect(await bob.pool.hearGone(blockId, "expired")).toMatchObject({ lostBits: 512 * 8 });
      expect(await fetch(bob, taken)).toEqual(taken);
      // Not by its age alone, as long as the other site may still hand it out.
      expect(await alice.pool.expire(aging(10_000_000))).toBe(0);
      expect(await alice.pool.blockState(blockId)).toBe("available");
      await alice.pool.noticesHeard([notice?.number ?? -1]);
      expect(await alice.pool.expire(aging(20_000_000, null))).toBe(0);
      expect(await alice.pool.expire(aging(20_000_000))).toBe(512 * 8);
      expect(await alice.pool.blockState(blockId)).toBe("spent");
    });

    it("too old while pending go at the proposer and stay at the acceptor", async () => {
      const [alice, bob] = await bench().both();
      const waiting = block(2, 64);
      for (const { pool } of [alice, bob]) {
        await pool.addPending(waiting);
        const nowMs = Date.now() + 700_000;
        expect(await pool.expire({ nowMs, maxAgeMs: 600_000, peerOffsetMs: 0 })).toBe(0);
      }
      expect(await alice.pool.blockState(waiting.blockId)).toBe("spent");
      expect(await bob.pool.blockState(waiting.blockId)).toBe("pending");
      expect((await alice.pool.block(waiting.blockId))?.release).toBeNull();
    });

    it("too old by this clock alone, but not by the other site's, are issued on", async () => {
      const [alice, bob] = await bench().both();
      // Stored when the other clock was as this one; meanwhile this one leapt ten minutes ahead.
      await fill([alice, bob], block(1, 1024));
      const leapt = { nowMs: Date.now() + 600_000, maxAgeMs: 300_000, peerOffsetMs: -600_000 };
      expect(await alice.pool.expire(leapt)).toBe(0);
      expect(await take(alice)).toHaveLength(1);
      // A constant offset changes nothing.
      await fill([alice, bob], { ...block(2, 1024), peerOffsetMs: -900_000 });
      const later = { nowMs: Date.now() + 1_000_000, maxAgeMs: 300_000, peerOffsetMs: -900_000 };
      expect(await alice.pool.expire(later)).toBe(512 * 8);
    });
  });
}
