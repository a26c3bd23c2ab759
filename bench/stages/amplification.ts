import { randomBytes } from "node:crypto";
import { createKernels } from "../../kernels/index.ts";
import { asNumber, modularHash } from "../baseline/modular-hash.ts";
import type { Bench } from "../bench.ts";
import { ratePerCpuSecond, singleRate } from "../measure/cpu-time.ts";

const RATIO = 0.35;
const BASELINE_BITS = 2 ** 20;

/** Privacy amplification of whole blocks, against modular hashing by BigInt on a block a tenth as long. */
export const amplification: Bench = {
  name: "amplification",
  title: "privacy amplification",
  async run({ seconds }) {
    const { privacyAmplification: kernel } = await createKernels();
    const slow = bigIntRate();
    const cases = [
      { bits: 12e6, target: 500, seconds: seconds(1.5) },
      { bits: 1e8, target: 250, seconds: seconds(3) },
    ];
    return cases.map(({ bits, target, seconds }) => {
      const out = Math.floor(RATIO * bits);
      const key = new Uint8Array(randomBytes(bits / 8));
      const seed = new Uint8Array(randomBytes(kernel.seedBytes(bits, out)));
      return {
        bench: "amplification",
        what: `${bits / 1e6} Mbit to ${out / 1e6}`,
        unit: "Mb/s of input",
        ...ratePerCpuSecond(bits / 1e6, () => kernel.hash(key, bits, out, seed), { seconds }),
        target: { bound: "least", value: target },
        baseline: { what: "BigInt modular hash of 1 Mbit", value: slow },
      };
    });
  },
};

function bigIntRate(): number {
  const size = { inputBits: BASELINE_BITS, outputBits: Math.floor(RATIO * BASELINE_BITS) };
  const bytes = Math.ceil((size.inputBits + size.outputBits) / 8);
  const [key, a, b] = [randomBytes(BASELINE_BITS / 8), randomBytes(bytes), randomBytes(bytes)];
  const hash = () => modularHash(asNumber(key), asNumber(a), asNumber(b), size).toString(16);
  hash();
  return singleRate(BASELINE_BITS / 1e6, hash);
}
