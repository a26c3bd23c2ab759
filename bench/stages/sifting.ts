import { randomBytes } from "node:crypto";
import { type BitKernel, createKernels } from "../../kernels/index.ts";
import { referenceBits } from "../../test/reference/index.ts";
import type { Bench } from "../bench.ts";
import { ratePerCpuSecond, singleRate } from "../measure/cpu-time.ts";

const BITS = 2 ** 20;
const REPEATS = 8;
const PLANES = 3;

/** Bit compaction of frames of the size that devices send. */
export const sifting: Bench = {
  name: "sifting",
  title: "compaction of matched bits",
  async run({ seconds }) {
    const { bits } = await createKernels();
    const planes = Array.from({ length: 1 + PLANES }, () => new Uint8Array(randomBytes(BITS / 8)));
    const rate = ratePerCpuSecond(
      (PLANES * REPEATS * BITS) / 1e9,
      () => {
        for (let i = 0; i < REPEATS; i++) compact(bits, planes, BITS);
      },
      { seconds: seconds(1.5), maxRuns: 100 },
    );
    const small = 2 ** 18;
    const plainly = () => compact(referenceBits, planes, small);
    plainly();
    const slow = singleRate((PLANES * small) / 1e9, plainly);
    return [
      {
        bench: "sifting",
        what: "compaction, three planes of 2^20 detections",
        unit: "Gb/s a plane",
        ...rate,
        target: { bound: "least", value: 5 },
        baseline: { what: "plain TypeScript", value: slow },
      },
    ];
  },
};

/** Keeps the bits of all planes but the first where that is one, as sifting does. */
function compact(kernel: BitKernel, planes: readonly Uint8Array[], bitCount: number): number {
  return kernel.within(2 * planes.length, bitCount, (space) => {
    for (const [slot, plane] of planes.entries()) space.put(slot, plane, bitCount);
    return space.compact(0, 1, planes.length - 1, planes.length);
  });
}
