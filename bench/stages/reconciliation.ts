import { createKernels } from "../../kernels/index.ts";
import { referenceBits, referenceCascade, referenceHash } from "../../test/reference/index.ts";
import type { Bench } from "../bench.ts";
import type { Figure } from "../figure.ts";
import { ratePerCpuSecond, singleRate } from "../measure/cpu-time.ts";
import { dialogueKeys, reconcile } from "./dialogue.ts";
import { leastLeakBits } from "./noisy-key.ts";

const QBER = 0.023;
const COHORT_BITS = 1 << 20;
/** Cohorts that share messages; what the engines have under way where the round trip is short. */
const COHORTS = 4;
const EFFICIENCY_RATES = [0.005, 0.01, 0.02, 0.023, 0.03, 0.04, 0.06, 0.08] as const;

/** Both sites' reconciliation and verification on one core, through the real messages. */
export const reconciliation: Bench = {
  name: "reconciliation",
  title: "Cascade of both sites through real messages",
  async run({ seconds }) {
    const kernels = [await createKernels(), await createKernels()] as const;
    const keys = dialogueKeys(COHORTS, COHORT_BITS, QBER);
    const mbit = (COHORTS * COHORT_BITS) / 1e6;
    let outcome = reconcile(kernels, keys, QBER);
    const rate = ratePerCpuSecond(
      mbit,
      () => {
        outcome = reconcile(kernels, keys, QBER);
      },
      { seconds: seconds(4) },
    );
    const f = outcome.leakBits / keys.reduce((sum, key) => sum + leastLeakBits(key), 0);
    const plain = {
      bits: referenceBits,
      hash: referenceHash,
      privacyAmplification: kernels[0].privacyAmplification,
      cascade: referenceCascade,
    };
    const smallKeys = dialogueKeys(1, 1 << 16, QBER);
    const slow = singleRate(2 ** 16 / 1e6, () => reconcile([plain, plain], smallKeys, QBER));
    const bytesABit = outcome.messageBytes / (COHORTS * COHORT_BITS);
    return [
      {
        bench: "reconciliation",
        what: "both sites on one core, QBER 2.3 %",
        unit: "Mb/s sifted",
        ...rate,
        target: { bound: "least", value: 80 },
        baseline: { what: "plain TypeScript", value: slow },
        note: `f ${f.toFixed(4)}, ${outcome.failedFrames} of ${outcome.frames} frames unequal, ${outcome.rounds} rounds, ${bytesABit.toFixed(3)} message bytes a bit`,
      },
    ];
  },
};

/** Disclosed bits against Shannon's bound over the range of error rates. */
export const reconciliationEfficiency: Bench = {
  name: "reconciliation-efficiency",
  title: "disclosed bits from 0.5 to 8 % QBER",
  async run() {
    const kernels = [await createKernels(), await createKernels()] as const;
    const figures: Figure[] = [];
    for (const qber of EFFICIENCY_RATES) {
      const keys = dialogueKeys(COHORTS, COHORT_BITS, qber);
      const { leakBits, failedFrames, frames } = reconcile(kernels, keys, qber);
      figures.push({
        bench: "reconciliation-efficiency",
        what: `f at ${(100 * qber).toFixed(1)} %`,
        unit: "leak / n h(Q)",
        median: leakBits / keys.reduce((sum, key) => sum + leastLeakBits(key), 0),
        spread: null,
        runs: 1,
        target: { bound: "most", value: qber === 0.023 ? 1.05 : qber < 0.01 ? 1.15 : 1.08 },
        note: `${failedFrames} of ${frames} frames unequal`,
      });
    }
    return figures;
  },
};
