import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import { distillationDisclose, distillationVerify } from "../../protocol/index.ts";
import { DistillationRig } from "./distillation-rig.ts";
import { frameSource, SMALL_SETTINGS } from "./distillation-source.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

/** Bob's tags come out wrong in the verifications that `fails` names by cohort and attempt, as if bits differed. */
function distil(fails: (cohort: number, attempt: number) => boolean): DistillationRig {
  const attempts: number[] = [];
  let verified = -1;
  const bobKernels: Kernels = {
    ...kernels,
    cascade: (setup) => {
      const cascade = kernels.cascade(setup);
      const cohort = attempts.push(0) - 1;
      const result = cascade.result.bind(cascade);
      // The bits that a tag is compared with are asked for right before.
      return Object.assign(cascade, {
        result: (into?: Uint8Array) => {
          verified = cohort;
          return result(into);
        },
      });
    },
    hash: {
      ...kernels.hash,
      polynomial: (key, message) => {
        const tag = kernels.hash.polynomial(key, message);
        const attempt = attempts[verified]!;
        attempts[verified] = attempt + 1;
        if (fails(verified, attempt)) tag[0]! ^= 1;
        return tag;
      },
    },
  };
  const rig = new DistillationRig({ kernels, bobKernels }).connect();
  const next = frameSource({ seed: 13 });
  for (let i = 0; i < 17; i++) rig.frame(next()).settle();
  expect([...rig.log.alice.failures, ...rig.log.bob.failures]).toEqual([]);
  return rig;
}

describe("a cohort whose verification fails", () => {
  it("is extended by further passes, each bit of them and each tag counted, and gives its key", () => {
    const plain = distil(() => false).log.alice.blocks[0]!.report;
    const rig = distil((cohort, attempt) => cohort === 1 && attempt < 2);
    const { report } = rig.log.alice.blocks[0]!;
    expect(rig.keys("alice")).toEqual(rig.keys("bob"));
    expect(rig.alice.progress.extendedCohorts).toBe(2);
    expect(rig.bob.progress.extendedCohorts).toBe(2);
    expect(report.counts).toEqual(plain.counts);
    // Two more tags of 128 bits, two verdicts, and twelve subsets each on the one frame of the cohort.
    expect(report.leakBits - plain.leakBits).toBe(2 * 128 + 2 + 2 * 12);
    const keys = rig.wire
      .filter(({ kind }) => kind === distillationVerify.kind)
      .map(({ body }) => Buffer.from(distillationVerify.decode(body).hashKey).toString("hex"));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("is discarded by agreement in the end: disclosed, counted as such, its errors still exact", () => {
    const plain = distil(() => false).log.alice.blocks[0]!.report;
    const rig = distil((cohort) => cohort === 1);
    const report = [...rig.log.alice.blocks.map((entry) => entry.report), ...rig.log.alice.aborted][0]!;
    const bobs = [...rig.log.bob.blocks.map((entry) => entry.report), ...rig.log.bob.aborted][0];
    expect(bobs).toEqual(report);
    expect(report.counts).toEqual(plain.counts);
    expect(rig.alice.progress.discardedCohorts).toBe(1);
    const disclosed = rig.wire.filter(({ kind }) => kind === distillationDisclose.kind);
    expect(disclosed).toHaveLength(1);
    const { bits } = distillationDisclose.decode(disclosed[0]!.body);
    expect(bits).toBeGreaterThanOrEqual(SMALL_SETTINGS.cohortBits!);
    // All its bits, the three extensions and their tags; nothing is taken back.
    expect(report.leakBits - plain.leakBits).toBe(bits + 3 * 128 + 3 + 3 * 12);
    expect(report.secretBits).toBeLessThan(plain.secretBits);
    expect(rig.keys("alice")).toEqual(rig.keys("bob"));
  });
});
