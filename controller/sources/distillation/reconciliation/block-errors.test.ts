import { createHash } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../../../kernels/index.ts";
import { planeBytes } from "../../../../protocol/index.ts";
import { BitString } from "../memory/bit-string.ts";
import { blockErrors, type CorrectedBits } from "./block-errors.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

function stringOf(bits: readonly number[]): BitString {
  const plane = new Uint8Array(planeBytes(bits.length));
  for (const [at, bit] of bits.entries()) plane[at >> 3]! |= bit << (at & 7);
  const string = new BitString();
  string.append(plane, bits.length);
  return string;
}

/** Random bits with that share of errors and of each intensity, and what counting them one by one gives. */
function block(bits: number, seed: number, wrongShare = 0.1, decoyShare = 0.2) {
  const drawn = createHash("shake256", { outputLength: 4 * bits })
    .update(String(seed))
    .digest();
  let at = 0;
  const random = () => drawn[at++]! / 256;
  const planes = {
    truth: [] as number[],
    wrong: [] as number[],
    decoy: [] as number[],
    vacuum: [] as number[],
  };
  const errors = [0, 0, 0];
  let ones = 0;
  for (let i = 0; i < bits; i++) {
    const truth = random() < 0.47 ? 1 : 0;
    const wrong = random() < wrongShare ? 1 : 0;
    const intensity = random() < decoyShare ? (random() < 0.3 ? 2 : 1) : 0;
    planes.truth.push(truth);
    planes.wrong.push(wrong);
    planes.decoy.push(intensity > 0 ? 1 : 0);
    if (intensity > 0) planes.vacuum.push(intensity - 1);
    errors[intensity]! += wrong;
    ones += truth;
  }
  const corrected: CorrectedBits = {
    truth: stringOf(planes.truth),
    wrong: stringOf(planes.wrong),
    decoy: stringOf(planes.decoy),
    vacuum: stringOf(planes.vacuum),
  };
  return { corrected, counted: { errors, ones } };
}

describe("the errors of a block", () => {
  it("are those that plain counting finds", () => {
    fc.assert(
      fc.property(
        fc.nat(3000),
        fc.nat(1e6),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (bits, seed, share) => {
          const { corrected, counted } = block(bits, seed, share, 1 - share);
          expect(blockErrors(kernels.bits, corrected)).toEqual(counted);
        },
      ),
      { seed: 5, numRuns: 100 },
    );
  });

  it("are counted in pieces where a block is long, whose vacuum bits begin anywhere in a word", () => {
    for (const [bits, seed] of [
      [1 << 20, 1],
      [(1 << 20) + 1, 2],
      [(2 << 20) + 12_345, 3],
    ] as const) {
      const { corrected, counted } = block(bits, seed);
      const firstPiece = corrected.decoy.bytes.subarray(0, 1 << 17);
      const before = firstPiece.reduce((sum, byte) => sum + byte.toString(2).replaceAll("0", "").length, 0);
      if (seed === 3) expect(before % 32).not.toBe(0);
      expect(blockErrors(kernels.bits, corrected)).toEqual(counted);
    }
  });
});
