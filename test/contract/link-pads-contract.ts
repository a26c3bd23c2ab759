import { describe, expect, it } from "vitest";
import type { OpenKeyPool } from "../../controller/index.ts";
import { block, codeOf, fetch, fill, hexOf, type StoreBench, take } from "./key-store-bench.ts";

const wanted = (bytes: number, leastLeftBytes = 0) => ({
  bytes,
  leastLeftBytes,
  auth: "information-theoretic" as const,
});

const takePad = async ({ pool }: OpenKeyPool, bytes: number, leastLeftBytes = 0) => {
  const { material, ...facts } = await pool.takePad(wanted(bytes, leastLeftBytes));
  return { ...facts, hex: hexOf(material) };
};

/** What any store must keep for relays: a pad is taken once, opened once, and is no key besides. */
export function linkPadsContract(bench: () => StoreBench): void {
  describe("pads for relays", () => {
    it("are the same bytes at both sites, found by their places", async () => {
      const [alice, bob] = await bench().both();
      await fill([alice, bob], block(1, 1024), 512);
      for (const [from, to] of [
        [alice, bob],
        [bob, alice],
      ] as const) {
        const pad = await takePad(from, 200);
        expect(pad).toMatchObject({ epsilon: 1e-10 + 1e-15 + 1e-12, auth: "information-theoretic" });
        expect(hexOf(await to.pool.openPad(pad.places))).toBe(pad.hex);
      }
    });

    it("share their half with keys, so that no byte serves twice", async () => {
      const [alice, bob] = await bench().both();
      const { key } = await fill([alice, bob], block(1, 1024), 512);
      const first = await take(alice, 2);
      const pad = await takePad(alice, 100);
      const second = await take(alice, 2);
      expect(pad.places).toEqual([{ sequence: 1, offset: 64, length: 100 }]);
      const [one, two] = [first, second].map((keys) => keys.map(({ hex }) => hex).join(""));
      expect(`${one}${pad.hex}${two}`).toBe(hexOf(key).slice(0, 2 * (64 + 100 + 64)));
      // In another order than they were taken.
      expect(await fetch(bob, second)).toEqual(second);
      expect(hexOf(await bob.pool.openPad(pad.places))).toBe(pad.hex);
      expect(await fetch(bob, first)).toEqual(first);
    });

    it("are opened once, also where they overlap, and never after a key was fetched there", async () => {
      const [alice, bob] = await bench().both();
      await fill([alice, bob], block(1, 1024), 512);
      const pad = await takePad(alice, 128);
      const keys = await take(alice, 1);
      await bob.pool.openPad(pad.places);
      await fetch(bob, keys);
      for (const [offset, length] of [
        [0, 128],
        [0, 1],
        [127, 1],
        [64, 200],
        [128, 32],
        [150, 100],
      ] as const) {
        const places = [{ sequence: 1, offset, length }];
        expect([offset, await codeOf(bob.pool.openPad(places))]).toEqual([offset, "QKD_KEYSTORE_CONFLICT"]);
      }
      expect(await codeOf(bob.pool.openPad([{ sequence: 1, offset: 160, length: 10 }]))).toBe("done");
    });

    it("give no key any more once they are opened", async () => {
      const [alice, bob] = await bench().both();
      await fill([alice, bob], block(1, 1024), 512);
      const keys = await take(alice, 2);
      await bob.pool.openPad([{ sequence: 1, offset: 0, length: 33 }]);
      expect(await codeOf(fetch(bob, keys.slice(0, 1)))).toBe("QKD_KEYSTORE_UNKNOWN_KEY");
      expect(await codeOf(fetch(bob, keys.slice(1)))).toBe("QKD_KEYSTORE_UNKNOWN_KEY");
    });

    it("lie in several blocks where one holds too little, and are opened all or not at all", async () => {
      const [alice, bob] = await bench().both();
      for (const sequence of [1, 2, 3]) await fill([alice, bob], block(sequence, 256), 128);
      const pad = await takePad(alice, 300);
      expect(pad.places).toEqual([
        { sequence: 1, offset: 0, length: 128 },
        { sequence: 2, offset: 0, length: 128 },
        { sequence: 3, offset: 0, length: 44 },
      ]);
      expect(pad.epsilon).toBeCloseTo(3 * (1e-10 + 1e-15 + 1e-12), 20);
      const spoilt = [...pad.places.slice(0, 2), { sequence: 4, offset: 0, length: 44 }];
      expect(await codeOf(bob.pool.openPad(spoilt))).toBe("QKD_KEYSTORE_UNKNOWN_KEY");
      expect(hexOf(await bob.pool.openPad(pad.places))).toBe(pad.hex);
    });

    it("leave the half what it is told to keep, and take nothing then", async () => {
      const [alice, bob] = await bench().both();
      await fill([alice, bob], block(1, 1024), 512);
      expect(await codeOf(alice.pool.takePad(wanted(256, 257)))).toBe("QKD_KEYSTORE_EXHAUSTED");
      expect(await codeOf(alice.pool.takePad(wanted(513)))).toBe("QKD_KEYSTORE_EXHAUSTED");
      expect((await alice.pool.status("qkd")).availableBits).toBe(512 * 8);
      expect(await codeOf(alice.pool.takePad(wanted(256, 256)))).toBe("done");
      expect((await alice.pool.status("qkd")).availableBits).toBe(256 * 8);
    });

    it("pass over many small rests rather than lie in more than 16 places", async () => {
      const [alice, bob] = await bench().both();
      for (let sequence = 1; sequence <= 17; sequence += 1) await fill([alice, bob], block(sequence, 64), 32);
      expect(await codeOf(alice.pool.takePad(wanted(544)))).toBe("QKD_KEYSTORE_EXHAUSTED");
      await fill([alice, bob], block(18, 1024), 512);
      const pad = await takePad(alice, 544);
      expect(pad.places.map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: 16 }, (_, at) => at + 3),
      );
      expect(hexOf(await bob.pool.openPad(pad.places))).toBe(pad.hex);
      expect((await takePad(alice, 512)).places).toHaveLength(3);
    });

    it("are of distilled blocks alone", async () => {
      const [alice, bob] = await bench().both();
      for (const origin of ["pqc", "relay", "hybrid"] as const)
        await fill([alice, bob], block(1, 1024, origin), 512);
      expect(await codeOf(alice.pool.takePad(wanted(32)))).toBe("QKD_KEYSTORE_EXHAUSTED");
      expect(await codeOf(bob.pool.openPad([{ sequence: 1, offset: 0, length: 32 }]))).toBe(
        "QKD_KEYSTORE_UNKNOWN_KEY",
      );
    });

    it("are of the other site's half, inside it, also of a block that is pending at the acceptor", async () => {
      const [alice, bob] = await bench().both();
      const fresh = block(1, 1024);
      for (const { pool } of [alice, bob]) await pool.addPending(fresh);
      const code = (store: OpenKeyPool, offset: number, length: number) =>
        codeOf(store.pool.openPad([{ sequence: 1, offset, length }]));
      expect(await code(bob, 0, 32)).toBe("done");
      expect(await code(alice, 0, 32)).toBe("QKD_KEYSTORE_UNKNOWN_KEY");
      const release = { boundaryBytes: 512, tag: "ab".repeat(16) };
      for (const { pool } of [alice, bob]) await pool.makeAvailable(fresh.blockId, release);
      expect(await code(bob, 500, 13)).toBe("QKD_KEYSTORE_UNKNOWN_KEY");
      expect(await code(alice, 500, 13)).toBe("QKD_KEYSTORE_UNKNOWN_KEY");
      expect(await code(alice, 1000, 25)).toBe("QKD_KEYSTORE_UNKNOWN_KEY");
      expect(await code(alice, 1000, 24)).toBe("done");
    });

    it.each([
      ["no places", []],
      ["too many places", Array.from({ length: 17 }, (_, offset) => ({ sequence: 1, offset, length: 1 }))],
      ["an empty place", [{ sequence: 1, offset: 0, length: 0 }]],
      ["a place before its block", [{ sequence: 1, offset: -1, length: 1 }]],
      ["half a place", [{ sequence: 1, offset: 0.5, length: 1 }]],
    ])("are not opened by %s", async (_, places) => {
      const bob = await bench().open("bob");
      expect(await codeOf(bob.pool.openPad(places))).toBe("QKD_KEYSTORE_REQUEST");
    });

    it.each([0, -1, 1.5, 2 ** 26])("have a sane length: not %d bytes", async (bytes) => {
      const alice = await bench().open("alice");
      expect(await codeOf(alice.pool.takePad(wanted(bytes)))).toBe("QKD_KEYSTORE_REQUEST");
    });

    it("are used up after the store was opened again", async () => {
      let [alice, bob] = await bench().both();
      await fill([alice, bob], block(1, 1024), 512);
      const pad = await takePad(alice, 100);
      await bob.pool.openPad(pad.places);
      for (const store of [alice, bob]) await bench().close(store);
      [alice, bob] = await bench().both();
      expect((await takePad(alice, 100)).places).toEqual([{ sequence: 1, offset: 100, length: 100 }]);
      expect(await codeOf(bob.pool.openPad(pad.places))).toBe("QKD_KEYSTORE_CONFLICT");
    });
  });
}
