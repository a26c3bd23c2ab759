import { randomBytes } from "node:crypto";
import { createKernels } from "../../kernels/index.ts";
import { referenceBits } from "../../test/reference/index.ts";
import type { Bench } from "../bench.ts";
import { ratePerCpuSecond, singleRate } from "../measure/cpu-time.ts";

const BITS = 2 ** 20;
const REPEATS = 8;

/** Bit compaction of frames of the size that devices send. */
export const sifting: Bench = {
  name: "sifting",
  title: "compaction of matched bits",
  async run({ seconds }) {
    const { bits } = await createKernels();
    const plane = () => new Uint8Array(randomBytes(BITS / 8));
    const [mask, a, b, c] = [plane(), plane(), plane(), plane()];
    const rate = ratePerCpuSecond(
      (3 * REPEATS * BITS) / 1e9,
      () => {
        for (let i = 0; i < REPEATS; i++) bits.compact(mask, [a, b, c], BITS);
      },
      { seconds: seconds(1.5), maxRuns: 100 },
    );
    const small = 2 ** 18;
    const plainly = () => referenceBits.compact(mask, [a, b, c], small);
    plainly();
    const slow = singleRate((3 * small) / 1e9, plainly);
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
