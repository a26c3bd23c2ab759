import { beforeAll, describe, expect, it } from "vitest";
import { type CascadeCohort, type CascadeSetup, createKernels, type Kernels } from "../../kernels/index.ts";
import { referenceCascade } from "../reference/index.ts";
import { xoshiro } from "../reference/xoshiro.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

const seedOf = (n: number) => Uint8Array.from({ length: 32 }, (_, i) => (n * 31 + i * 7) & 255);
const randomKey = (bits: number, seed: number) => {
  const random = xoshiro(seedOf(seed));
  return Uint8Array.from({ length: Math.ceil(bits / 8) }, () => random() & 255);
};
const clip = (key: Uint8Array, bits: number) => {
  const out = key.slice(0, Math.ceil(bits / 8));
  if (bits % 8) out[out.length - 1]! &= (1 << (bits % 8)) - 1;
  return out;
};
/** A copy of `key` with each bit flipped with probability `qber`. */
const withErrors = (key: Uint8Array, bits: number, qber: number, seed: number) => {
  const random = xoshiro(seedOf(seed));
  const out = key.slice();
  for (let i = 0; i < bits; i++) if (random() < qber * 2 ** 32) out[i >> 3]! ^= 1 << (i & 7);
  return out;
};

type Make = (setup: CascadeSetup) => CascadeCohort;
const pair = (make: Make, alice: Uint8Array, bob: Uint8Array, keyBits: number, qber: number, seed = 1) => {
  const setup = { qber, seed: seedOf(seed), keyBits };
  return [make({ ...setup, role: "alice", key: alice }), make({ ...setup, role: "bob", key: bob })] as const;
};
/** Plays a pair to the end and returns every message in order. */
const play = ([alice, bob]: readonly [CascadeCohort, CascadeCohort]) => {
  const transcript: number[][] = [];
  while (!alice.done) {
    const [fromAlice, fromBob] = [alice.emit(), bob.emit()];
    transcript.push([...fromAlice], [...fromBob]);
    alice.absorb(fromBob);
    bob.absorb(fromAlice);
  }
  return transcript;
};
const entropy = (q: number) => -q * Math.log2(q) - (1 - q) * Math.log2(1 - q);
const failure = (code: string) => expect.objectContaining({ code });

describe("cascade", () => {
  it.each([
    ["one bit", 1, 0.05, 0.05],
    ["a wrong bit alone", 1, 1, 0.25],
    ["a few bits", 100, 0.05, 0.05],
    ["less than a word", 63, 0.11, 0.11],
    ["an odd length", 4099, 0.03, 0.03],
    ["half a vector at the end", 5000, 0.11, 0.11],
    ["two unequal frames", 66_001, 0.02, 0.02],
    ["twice the announced rate", 20_000, 0.06, 0.03],
    ["half the announced rate", 20_000, 0.01, 0.02],
    ["ranges longer than a word in every pass", 66_001, 0.004, 0.004],
    ["more odd blocks than a wave holds", 65_536, 0.25, 0.25],
    ["no errors", 9000, 0, 0.02],
    ["no errors expected", 9000, 0.001, 0],
  ])("sends the same bits as the reference: %s", (_, bits, rate, announced) => {
    const alice = randomKey(bits, 11);
    const bob = withErrors(alice, bits, rate, 12);
    const fast = pair(kernels.cascade, alice, bob, bits, announced);
    const slow = pair(referenceCascade, alice, bob, bits, announced);
    expect(play(fast)).toEqual(play(slow));
    expect(fast[1].result()).toEqual(slow[1].result());
    for (const [own, reference] of [
      [fast[0], slow[0]],
      [fast[1], slow[1]],
    ] as const) {
      expect(own.done).toBe(true);
      expect(own.disclosedBits).toBe(reference.disclosedBits);
      expect(own.corrected).toBe(reference.corrected);
      expect(own.rounds).toBe(reference.rounds);
      own.free();
    }
  });

  it("corrects bursts, all-one and all-zero keys", () => {
    const bits = 40_000;
    for (const alice of [randomKey(bits, 3), new Uint8Array(5000), new Uint8Array(5000).fill(255)]) {
      const bob = alice.slice();
      for (let at = 100; at < 5000; at += 1250) bob.fill(0xa7, at, at + 12);
      const cohort = pair(kernels.cascade, alice, bob, bits, 0.01);
      play(cohort);
      expect(cohort[1].result()).toEqual(alice);
      expect(cohort[0].result()).toEqual(alice);
      for (const side of cohort) side.free();
    }
  });

  it("ignores bits past the end of the key", () => {
    const alice = new Uint8Array(20).fill(255);
    const bob = new Uint8Array(20).fill(255);
    bob[12] = 0x0f;
    const cohort = pair(kernels.cascade, alice, bob, 101, 0.05);
    play(cohort);
    expect(cohort[1].result()).toEqual(clip(alice, 101));
  });

  // Fixed seeds, so the outcome is fixed; the bounds hold with room for 4 sigma over seeds (f varies by about 0.2 %).
  it.each([
    [0.005, 1.15],
    [0.01, 1.08],
    [0.023, 1.05],
    [0.05, 1.06],
    [0.08, 1.08],
  ])("corrects every frame at an error rate of %f with f <= %f", (qber, limit) => {
    const bits = 8 * 65_536;
    const alice = randomKey(bits, 21);
    const bob = withErrors(alice, bits, qber, 22);
    const cohort = pair(kernels.cascade, alice, bob, bits, qber);
    const transcript = play(cohort);
    expect(Buffer.compare(cohort[1].result(), alice)).toBe(0);
    const errors = cohort[0].corrected;
    expect(cohort[0].disclosedBits / bits / entropy(errors / bits)).toBeLessThanOrEqual(limit);
    const sentBytes = transcript.reduce((sum, message) => sum + message.length, 0) / 2;
    expect(sentBytes * 8 - cohort[0].disclosedBits).toBeLessThan(8 * cohort[0].rounds);
    for (const side of cohort) side.free();
  });

  it("loses only efficiency when the announced rate is half or twice the true one", () => {
    const bits = 4 * 65_536;
    const alice = randomKey(bits, 31);
    const bob = withErrors(alice, bits, 0.02, 32);
    for (const announced of [0.01, 0.04]) {
      const cohort = pair(kernels.cascade, alice, bob, bits, announced);
      play(cohort);
      expect(Buffer.compare(cohort[1].result(), alice)).toBe(0);
      expect(cohort[0].disclosedBits / bits / entropy(0.02)).toBeLessThan(1.35);
      for (const side of cohort) side.free();
    }
  });

  it("goes on with more subsets after a failed verification, as the reference does", () => {
    const alice = randomKey(3000, 41);
    const bob = withErrors(alice, 3000, 0.02, 42);
    const fast = pair(kernels.cascade, alice, bob, 3000, 0.02);
    const slow = pair(referenceCascade, alice, bob, 3000, 0.02);
    play(fast);
    play(slow);
    const before = fast[0].disclosedBits;
    for (const side of [...fast, ...slow]) side.extend(7);
    expect(fast[0].done).toBe(false);
    expect(play(fast)).toEqual(play(slow));
    expect(fast[0].disclosedBits).toBe(before + 7);
  });

  it("ends when no further pass is left", () => {
    const alice = randomKey(640, 43);
    const cohort = pair(kernels.cascade, alice, alice, 640, 0.02);
    for (let i = 0; i < 5; i++) {
      play(cohort);
      for (const side of cohort) side.extend(20);
    }
    play(cohort);
    expect(cohort[0].done).toBe(true);
    expect(cohort[1].result()).toEqual(alice);
  });

  it("ends under a peer that sends noise, and leaves the lengths alone", () => {
    for (let seed = 50; seed < 62; seed++) {
      const bits = 500 + 37 * seed;
      const bob = randomKey(bits, seed);
      const setup = { qber: 0.05, seed: seedOf(seed), keyBits: bits, key: bob };
      const side = kernels.cascade({ ...setup, role: "bob" });
      const reference = referenceCascade({ ...setup, role: "bob" });
      const noise = xoshiro(seedOf(seed + 1));
      while (!side.done) {
        const message = side.emit();
        expect(message).toEqual(reference.emit());
        const answer = message.map(() => noise() & 255);
        side.absorb(answer);
        reference.absorb(answer);
        expect(side.rounds).toBeLessThan(20_000);
      }
      expect(reference.done).toBe(true);
      expect(side.result()).toEqual(reference.result());
      side.free();
    }
  });

  it("refuses wrong lengths, wrong order and impossible settings", () => {
    const key = new Uint8Array(100);
    const good: CascadeSetup = { role: "alice", qber: 0.02, seed: seedOf(1), key, keyBits: 800 };
    const cohort = kernels.cascade(good);
    expect(() => cohort.absorb(new Uint8Array(1))).toThrow(failure("QKD_KERNEL_LOCKSTEP"));
    expect(() => cohort.extend(1)).toThrow(failure("QKD_KERNEL_LOCKSTEP"));
    const message = cohort.emit();
    expect(cohort.emit()).toEqual(message);
    expect(() => cohort.absorb(new Uint8Array(message.length + 1))).toThrow(failure("QKD_KERNEL_LOCKSTEP"));
    cohort.free();
    cohort.free();
    expect(() => cohort.emit()).toThrow(failure("QKD_KERNEL_LOCKSTEP"));
    for (const wrong of [
      { keyBits: 0 },
      { keyBits: 801 },
      { keyBits: 1.5 },
      { qber: -0.1 },
      { qber: 0.6 },
      { qber: Number.NaN },
      { seed: new Uint8Array(31) },
    ])
      expect(() => kernels.cascade({ ...good, ...wrong })).toThrow(failure("QKD_KERNEL_INPUT"));
    expect(() => kernels.cascade({ ...good, keyBits: 2 ** 24 + 1 })).toThrow(failure("QKD_KERNEL_LIMIT"));
  });

  it("writes the result where it is told", () => {
    const alice = randomKey(2999, 61);
    const bob = withErrors(alice, 2999, 0.02, 62);
    for (const make of [kernels.cascade, referenceCascade]) {
      const cohort = pair(make, alice, bob, 2999, 0.02);
      play(cohort);
      const space = new Uint8Array(400).fill(0xaa);
      const key = cohort[1].result(space);
      expect(key).toEqual(clip(alice, 2999));
      expect(key.buffer).toBe(space.buffer);
      expect(space.subarray(375)).toEqual(new Uint8Array(25).fill(0xaa));
      for (const side of cohort) side.free();
    }
    const small = kernels.cascade({ role: "bob", qber: 0.02, seed: seedOf(1), key: alice, keyBits: 2999 });
    expect(() => small.result(new Uint8Array(374))).toThrow(failure("QKD_KERNEL_INPUT"));
  });

  it("runs several cohorts side by side and reuses their memory", () => {
    const keys = [71, 72, 73].map((seed) => randomKey(30_000, seed));
    for (let repeat = 0; repeat < 3; repeat++) {
      const cohorts = keys.map((key, i) =>
        pair(kernels.cascade, key, withErrors(key, 30_000, 0.03, 80 + i), 30_000, 0.03, i),
      );
      while (cohorts.some(([alice]) => !alice.done))
        for (const [alice, bob] of cohorts) {
          if (alice.done) continue;
          const [fromAlice, fromBob] = [alice.emit(), bob.emit()];
          alice.absorb(fromBob);
          bob.absorb(fromAlice);
        }
      cohorts.forEach(([alice, bob], i) => {
        expect(bob.result()).toEqual(keys[i]);
        alice.free();
        bob.free();
      });
    }
  });
});
