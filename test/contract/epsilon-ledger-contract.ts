import { describe, expect, it } from "vitest";
import { block, fetch, fill, linkSecret, type StoreBench, take } from "./key-store-bench.ts";

const cost = (secrecy: number, padsSpent = true) => ({
  epsilon: { secrecy, correctness: 1e-12, authentication: 1e-14 },
  padsSpent,
});

/** What any store must keep of failure probabilities. */
export function epsilonLedgerContract(bench: () => StoreBench): void {
  describe("the ledger of failure probabilities", () => {
    it("sums attempts with and without a key, counts blocks once, and claims nothing for exchanged ones", async () => {
      const alice = await bench().open("alice");
      expect(await alice.ledger.totals()).toMatchObject({ attempts: 0, total: 0, blocks: {}, lastDay: 0 });
      const one = block(1, 1024);
      await fill([alice], one);
      await alice.pool.addPending(one);
      await fill([alice], {
        ...block(1, 1024, "pqc"),
        epsilon: { secrecy: 1, correctness: 0, authentication: 0 },
      });
      await alice.ledger.charge(cost(1e-9));
      await alice.ledger.charge(cost(1e-9, false));
      const totals = await alice.ledger.totals();
      expect(totals).toMatchObject({ attempts: 3, blocks: { qkd: 1, pqc: 1 } });
      expect(totals.secrecy).toBeCloseTo(2.1e-9, 20);
      expect(totals.correctness).toBeCloseTo(1e-15 + 2e-12, 24);
      expect(totals.authentication).toBeCloseTo(1e-12 + 2e-14, 24);
      const sum = totals.secrecy + totals.correctness + totals.authentication;
      expect([totals.total, totals.lastDay, totals.lastYear].map((value) => value / sum)).toEqual([
        expect.closeTo(1, 9),
        expect.closeTo(1, 9),
        expect.closeTo(1, 9),
      ]);
    });

    it("gives each key the bound of its block and the sum when that was stored, also after a restart", async () => {
      let [alice, bob] = await bench().both();
      await fill([alice, bob], block(1, 1024));
      const [key] = await take(alice);
      const bound = 1e-10 + 1e-15 + 1e-12;
      expect(key?.epsilon?.block).toBeCloseTo(bound, 22);
      expect(key?.epsilon?.total).toBeCloseTo(bound, 22);
      await alice.ledger.charge(cost(1e-9));
      await bench().close(alice);
      alice = await bench().open("alice");
      expect((await take(alice))[0]?.epsilon).toEqual(key?.epsilon);
      await fill([alice], block(2, 1024));
      const [, later] = await take(alice, 2, 384 * 8);
      expect(later?.epsilon?.total).toBeCloseTo(2 * bound + 1e-9 + 1e-12 + 1e-14, 20);
      const [fetched] = await fetch(bob, key === undefined ? [] : [key]);
      expect(fetched?.epsilon).toEqual(key?.epsilon);
      await fill([alice], block(1, 1024, "pqc"));
      const [exchanged] = await take(alice, 1, 256, "pqc");
      expect(exchanged).toMatchObject({ auth: "computational", epsilon: null });
    });

    it("counts attempts whose end nobody told, once, when the store is opened again", async () => {
      let alice = await bench().open("alice");
      await alice.auth.reserve(32);
      await alice.auth.reserve(32);
      await alice.auth.reserve(32);
      await alice.ledger.charge(cost(1e-9));
      // Its pads were given back to the session: they are still under way.
      await alice.ledger.charge(cost(1e-9, false));
      const reopened = async () => {
        await bench().close(alice);
        alice = await bench().open("alice");
        return alice.ledger.totals();
      };
      const totals = await reopened();
      expect([totals.attempts, totals.secrecy]).toEqual([4, expect.closeTo(4e-9, 18)]);
      expect((await reopened()).attempts).toBe(4);
    });

    it("begins anew with a fresh secret alone", async () => {
      let alice = await bench().open("alice");
      await alice.ledger.charge(cost(1e-9));
      await bench().close(alice);
      alice = await bench().open("alice", { linkSecret: linkSecret(11) });
      expect(await alice.ledger.totals()).toMatchObject({ attempts: 0, total: 0, lastYear: 0 });
    });
  });
}
