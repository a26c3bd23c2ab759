import { describe, expect, it } from "vitest";
import type { OpenKeyPool } from "../../controller/index.ts";
import { SecretBytes } from "../../protocol/index.ts";
import { block, codeOf, fetch, fill, hexOf, linkSecret, type StoreBench, take } from "./key-store-bench.ts";

const STEP = 2 ** 14;
const recovered = () => new SecretBytes(new Uint8Array(512).fill(3, 0, 256).fill(4, 256));

async function exhausted(bench: StoreBench): Promise<[alice: OpenKeyPool, bob: OpenKeyPool]> {
  const [alice, bob] = await bench.both();
  await alice.auth.reserve(1024);
  await bob.auth.reserveFromPeer(0, 1024);
  await bob.auth.reserve(1024);
  await alice.auth.reserveFromPeer(0, 1024);
  return [alice, bob];
}

/** What any store must keep of rounds that refill a used-up reserve. */
export function authRecoveryContract(bench: () => StoreBench): void {
  describe("recovery of a used-up reserve", () => {
    it("brings equal pads to both sites, of the class computational, which blocks and keys inherit", async () => {
      const [alice, bob] = await exhausted(bench());
      await fill([alice, bob], { ...block(1, 1024), authBytes: 64, padOffsets: [64, 96] });
      expect((await take(alice))[0]?.auth).toBe("information-theoretic");
      const round = await alice.auth.beginRecovery({});
      expect(round).toEqual({ number: 1, place: 2 * 2 ** 20 + STEP });
      expect(await bob.auth.beginRecovery({ exactly: 1 })).toEqual(round);
      await alice.auth.keepRecovery(round, recovered(), true);
      await bob.auth.keepRecovery(round, recovered(), false);
      await alice.auth.settleRecovery(1, true);
      for (const { auth } of [alice, bob])
        expect(await auth.recovery()).toMatchObject({ next: 2, waiting: null, held: [1] });
      // What the block left comes first and is of its old class.
      expect((await alice.auth.reserve(32)).offset).toBe(2 * 2 ** 20);
      expect((await alice.auth.recovery()).auth).toBe("computational");
      const pad = await alice.auth.reserve(32);
      expect([pad.offset, hexOf(pad.material)]).toEqual([round.place, "03".repeat(32)]);
      expect(hexOf(await bob.auth.reserveFromPeer(pad.offset, 32))).toBe("03".repeat(32));
      await fill([alice, bob], { ...block(2, 1024), padOffsets: [64, pad.offset] });
      await fill([alice, bob], { ...block(3, 1024), padOffsets: [pad.offset, 96] });
      await fill([alice, bob], { ...block(4, 1024), padOffsets: [64, 96] });
      await fill([alice, bob], block(5, 1024));
      // What later blocks bring was authenticated so, too.
      await fill([alice, bob], { ...block(6, 1024), padOffsets: [7 * 2 ** 20, 7 * 2 ** 20] });
      const keys = [];
      for (let number = 0; number < 5; number += 1) keys.push(...(await take(alice, 1, 512 * 8)));
      expect(keys.map(({ auth }) => auth)).toEqual([
        "computational",
        "computational",
        "information-theoretic",
        "computational",
        "computational",
      ]);
      expect((await fetch(bob, keys)).map(({ auth }) => auth)).toEqual(keys.map(({ auth }) => auth));
    });

    it("gives no pad that waits, drops it where the other site does not hold it, and lets the peer use it", async () => {
      let [alice] = await exhausted(bench());
      const round = await alice.auth.beginRecovery({ next: 5 });
      expect(round.number).toBe(5);
      await alice.auth.keepRecovery(round, recovered(), true);
      expect(await codeOf(alice.auth.reserve(32))).toBe("QKD_AUTH_EXHAUSTED");
      // The peer uses it, so it holds it.
      expect(hexOf(await alice.auth.reserveFromPeer(round.place, 32))).toBe("04".repeat(32));
      await bench().close(alice);
      alice = await bench().open("alice");
      expect(await alice.auth.recovery()).toMatchObject({ next: 6, waiting: 5, held: [] });
      await alice.auth.settleRecovery(4, false);
      await alice.auth.settleRecovery(5, false);
      await alice.auth.settleRecovery(5, true);
      expect(await codeOf(alice.auth.reserveFromPeer(round.place + 32, 32))).toBe("QKD_KEYSTORE_CONFLICT");
      expect(await alice.auth.recovery()).toMatchObject({ next: 6, waiting: null, held: [] });
      expect(await codeOf(alice.auth.reserve(32))).toBe("QKD_AUTH_EXHAUSTED");
      expect((await alice.auth.recovery()).auth).toBe("information-theoretic");
    });

    it("uses each number once, also after a restart, and follows no number far away", async () => {
      let alice = await bench().open("alice");
      const round = await alice.auth.beginRecovery({});
      await bench().close(alice);
      alice = await bench().open("alice");
      const conflict = "QKD_KEYSTORE_CONFLICT";
      for (const exactly of [round.number, 0, -1, 0.5, Number.NaN, 2 ** 17])
        expect(await codeOf(alice.auth.beginRecovery({ exactly }))).toBe(conflict);
      expect(await codeOf(alice.auth.beginRecovery({ next: 2 ** 17 }))).toBe(conflict);
      expect((await alice.auth.beginRecovery({})).number).toBe(round.number + 1);
      await alice.auth.keepRecovery(round, recovered(), false);
      expect(await codeOf(alice.auth.keepRecovery(round, recovered(), false))).toBe(conflict);
      expect(await codeOf(alice.auth.keepRecovery({ ...round, number: 99 }, recovered(), false))).toBe(
        conflict,
      );
    });

    it("lays pads behind everything that is held or used, and on no block's place", async () => {
      const alice = await bench().open("alice");
      const { number, place } = await alice.auth.beginRecovery({});
      expect(place).toBe(STEP);
      const keep = (at: number) => codeOf(alice.auth.keepRecovery({ number, place: at }, recovered(), false));
      for (const at of [0, -STEP, STEP + 1, 2 ** 20, 2 ** 52, Number.NaN])
        expect(await keep(at)).toBe("QKD_KEYSTORE_CONFLICT");
      // A block came in between.
      await fill([alice], { ...block(3, 1024), authBytes: 512 });
      expect(await keep(place)).toBe("QKD_KEYSTORE_CONFLICT");
      expect(await keep(4 * 2 ** 20 + STEP)).toBe("done");
      expect(await alice.auth.held()).toEqual([3]);
    });

    it("ends with the secret: a fresh one brings pads of the first class and numbers from 1", async () => {
      let alice = await bench().open("alice");
      const round = await alice.auth.beginRecovery({});
      await alice.auth.reserve(1024);
      await alice.auth.keepRecovery(round, recovered(), false);
      expect((await alice.auth.recovery()).auth).toBe("computational");
      await bench().close(alice);
      alice = await bench().open("alice", { linkSecret: linkSecret(11) });
      expect(await alice.auth.recovery()).toEqual({
        next: 1,
        waiting: null,
        held: [],
        auth: "information-theoretic",
      });
      expect((await alice.auth.reserve(32)).offset).toBe(0);
    });
  });
}
