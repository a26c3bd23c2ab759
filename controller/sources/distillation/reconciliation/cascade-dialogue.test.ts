import { createHash } from "node:crypto";
import { beforeAll, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../../../kernels/index.ts";
import { CascadeDialogue } from "./cascade-dialogue.ts";
import { LeakLedger } from "./leak-ledger.ts";

let kernels: readonly [Kernels, Kernels];
beforeAll(async () => {
  kernels = [await createKernels(), await createKernels()];
});

const stream = (name: string, bytes: number) =>
  new Uint8Array(createHash("shake256", { outputLength: bytes }).update(name).digest());

/** A key and the same with so many of its bits wrong, at places that the seed fixes. */
function noisyKeys(keyBits: number, errors: number, seed: string) {
  const alice = stream(`${seed}/key`, keyBits / 8);
  const bob = alice.slice();
  const places = new DataView(stream(`${seed}/places`, 8 * errors).buffer);
  for (let i = 0; i < errors; i++) {
    const at = Number(places.getBigUint64(8 * i) % BigInt(keyBits));
    bob[at >> 3] = (bob[at >> 3] ?? 0) ^ (1 << (at & 7));
  }
  return { alice, bob };
}

// The seeds are fixed, so that the outcome is: no false alarms.
it.each([16, 18, 20, 21].flatMap((log2) => [5000, 10_000, 27_800].map((qberPpm) => [log2, qberPpm])))(
  "a cohort of 2^%i bits with twice the errors of the expected %i ppm is reconciled, and no round finds it hopeless",
  (log2, qberPpm) => {
    const keyBits = 2 ** log2;
    const seed = `${log2}/${qberPpm}`;
    const keys = noisyKeys(keyBits, Math.round((2 * qberPpm * keyBits) / 1e6), seed);
    const setup = { qberPpm, keyBits, seed: stream(`${seed}/cascade`, 32) };
    const alice = new CascadeDialogue(kernels[0], new LeakLedger(), 0, {
      ...setup,
      role: "alice",
      key: keys.alice,
    });
    const bob = new CascadeDialogue(kernels[1], new LeakLedger(), 0, {
      ...setup,
      role: "bob",
      key: keys.bob,
    });
    while (!bob.done) {
      expect([alice.hopeless(0), bob.hopeless(0)]).toEqual([false, false]);
      const said = [alice.emit(), bob.emit()] as const;
      alice.absorb(said[1]);
      bob.absorb(said[0]);
    }
    expect(Buffer.compare(bob.result(), keys.alice)).toBe(0);
    alice.free();
    bob.free();
  },
);
