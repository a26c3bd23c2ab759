import { describe, expect, it } from "vitest";
import type { OpenKeyPool } from "../../controller/index.ts";
import { SecretBytes } from "../../protocol/index.ts";
import { block, codeOf, hexOf, linkSecret, release, type StoreBench, take } from "./key-store-bench.ts";

const reserve = async ({ auth }: OpenKeyPool, bytes: number) => {
  const { offset, material } = await auth.reserve(bytes);
  return { offset, hex: hexOf(material) };
};
const reserveFromPeer = async ({ auth }: OpenKeyPool, offset: number, bytes: number) =>
  hexOf(await auth.reserveFromPeer(offset, bytes));

/** What any store must keep of authentication key: the part of the contract called `auth`. */
export function authReserveContract(bench: () => StoreBench): void {
  describe("authentication key", () => {
    it("is the same at both sites, each direction its own half of the secret", async () => {
      const [alice, bob] = await bench().both();
      const forth = await reserve(alice, 100);
      const back = await reserve(bob, 100);
      const pads = hexOf(linkSecret()).slice(64);
      expect(forth).toEqual({ offset: 0, hex: pads.slice(0, 200) });
      expect(back).toEqual({ offset: 0, hex: pads.slice(2048, 2248) });
      expect(await reserveFromPeer(bob, 0, 100)).toBe(forth.hex);
      expect(await reserveFromPeer(alice, 0, 100)).toBe(back.hex);
      expect(await alice.auth.remaining()).toEqual({ own: 924, peer: 924 });
    });

    it("never comes twice nor backwards, also after a restart", async () => {
      let alice = await bench().open("alice");
      expect((await reserve(alice, 64)).offset).toBe(0);
      await reserveFromPeer(alice, 128, 64);
      await bench().close(alice);
      alice = await bench().open("alice");
      expect((await reserve(alice, 64)).offset).toBe(64);
      for (const [offset, bytes] of [
        [128, 64],
        [0, 32],
        [191, 1],
        [1020, 8],
        [-1, 4],
        [2 ** 52, 8],
        [0.5, 4],
      ] as const) {
        expect(await codeOf(alice.auth.reserveFromPeer(offset, bytes))).toBe("QKD_KEYSTORE_CONFLICT");
      }
      expect(await reserveFromPeer(alice, 192, 8)).toHaveLength(16);
    });

    it("grows at offsets that do not depend on what the other site missed", async () => {
      const [alice, bob] = await bench().both();
      const material = (fill: number) =>
        new SecretBytes(new Uint8Array(512).fill(fill, 0, 256).fill(fill + 100, 256));
      for (const sequence of [3, 4, 4]) await alice.auth.replenish(sequence, material(sequence));
      await bob.auth.replenish(4, material(4));
      expect((await alice.auth.remaining()).own).toBe(1024 + 512);
      expect([await alice.auth.held(), await bob.auth.held()]).toEqual([[3, 4], [4]]);
      await alice.auth.forget([3, 99]);
      await reserve(alice, 1020);
      const { offset, hex } = await reserve(alice, 16);
      expect([offset, hex]).toEqual([5 * 2 ** 20, "04".repeat(16)]);
      expect(await reserveFromPeer(bob, offset, 16)).toBe(hex);
      await reserve(bob, 1024);
      expect((await reserve(bob, 8)).hex).toBe("68".repeat(8));
    });

    it("takes the share of a block when the block becomes available, and loses it with the block", async () => {
      const [alice, bob] = await bench().both();
      const shared = { ...block(1, 512 + 128), authBytes: 512 };
      const lost = { ...block(2, 512 + 128), authBytes: 512 };
      for (const { pool, auth } of [alice, bob]) {
        await pool.addPending(shared);
        expect(await auth.remaining()).toEqual({ own: 1024, peer: 1024 });
      }
      await alice.pool.makeAvailable(shared.blockId, release(shared));
      expect(await alice.auth.remaining()).toEqual({ own: 1024 + 256, peer: 1024 + 256 });
      await alice.pool.addPending(lost);
      await alice.pool.discard(lost.blockId);
      expect(await alice.auth.held()).toEqual([1]);
      const offsetOfLost = 3 * 2 ** 20;
      expect(await codeOf(alice.auth.reserveFromPeer(offsetOfLost, 16))).toBe("QKD_KEYSTORE_CONFLICT");
      // The share never becomes keys: the block's own half begins behind it.
      const material = hexOf(shared.key);
      expect((await take(alice))[0]?.hex).toBe(material.slice(1024, 1024 + 64));
      // The peer may use a share that waits here: it has released the block.
      await reserve(alice, 1024);
      const { offset, hex } = await reserve(alice, 16);
      expect(hex).toBe(material.slice(0, 32));
      expect(await reserveFromPeer(bob, offset, 16)).toBe(hex);
    });

    it("skips to what the other site has seen used, and never back", async () => {
      const alice = await bench().open("alice", { linkSecret: linkSecret(7, 4096) });
      await reserve(alice, 64);
      for (const seen of [0, 64]) await alice.auth.resumeFrom(seen, 0);
      expect((await reserve(alice, 16)).offset).toBe(64);
      await alice.auth.resumeFrom(300, 0);
      const { offset } = await reserve(alice, 16);
      expect(offset).toBeGreaterThanOrEqual(300);
      for (const wrong of [-1, 0.5, 2 ** 60])
        for (const [own, peer] of [
          [wrong, 0],
          [0, wrong],
        ] as [number, number][])
          expect(await codeOf(alice.auth.resumeFrom(own, peer))).toBe("QKD_KEYSTORE_REQUEST");
      expect((await reserve(alice, 16)).offset).toBe(offset + 16);
    });

    it("tells that it is low below a quarter of the pads placed, whichever direction is used", async () => {
      const [alice, bob] = await bench().both();
      expect(await alice.auth.level()).toBe("usual");
      await reserve(alice, 768);
      expect(await alice.auth.level()).toBe("usual");
      await reserve(alice, 1);
      await reserveFromPeer(bob, 0, 769);
      expect([await alice.auth.level(), await bob.auth.level()]).toEqual(["low", "low"]);
      await alice.auth.replenish(1, new SecretBytes(new Uint8Array(2 * 16 * 1024)));
      expect(await alice.auth.level()).toBe("high");
    });

    it("runs out, and refuses impossible lengths, each with its code", async () => {
      const alice = await bench().open("alice");
      await reserve(alice, 1024);
      expect(await codeOf(alice.auth.reserve(1))).toBe("QKD_AUTH_EXHAUSTED");
      for (const bytes of [0, -1, 1.5, 2 ** 20 + 1]) {
        expect(await codeOf(alice.auth.reserve(bytes))).toBe("QKD_KEYSTORE_REQUEST");
      }
      for (const [sequence, bytes] of [
        [-1, 64],
        [1, 3],
        [1, 0],
        [2 ** 33, 64],
      ] as const) {
        const material = new SecretBytes(new Uint8Array(bytes));
        expect(await codeOf(alice.auth.replenish(sequence, material))).toBe("QKD_KEYSTORE_REQUEST");
      }
    });

    it("comes from a secret once: a fresh one replaces it, a replaced one is refused", async () => {
      let alice = await bench().open("alice");
      await reserve(alice, 1024);
      await bench().close(alice);
      alice = await bench().open("alice");
      expect((await alice.auth.remaining()).own).toBe(0);
      await bench().close(alice);
      alice = await bench().open("alice", { linkSecret: linkSecret(11) });
      expect(await alice.auth.remaining()).toEqual({ own: 1024, peer: 1024 });
      await bench().close(alice);
      // A wrong file that was taken for the new one costs nothing until a pad of it is used.
      alice = await bench().open("alice");
      expect((await alice.auth.remaining()).own).toBe(0);
      await bench().close(alice);
      alice = await bench().open("alice", { linkSecret: linkSecret(11) });
      await reserve(alice, 16);
      await bench().close(alice);
      expect(await codeOf(bench().open("alice"))).toBe("QKD_KEYSTORE_CONFLICT");
    });
  });
}
