import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import { DistillationRig } from "./distillation-rig.ts";
import { frameSource } from "./distillation-source.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

describe("two distillation engines", () => {
  it("make equal keys from correlated frames", () => {
    const source = frameSource();
    const rig = new DistillationRig({ kernels }).connect();
    for (let i = 0; i < 40; i++) rig.frame(source()).settle();
    expect(rig.log.alice.failures).toEqual([]);
    expect(rig.log.bob.failures).toEqual([]);
    expect(rig.log.alice.blocks.length).toBeGreaterThanOrEqual(2);
    expect(rig.keys("alice")).toEqual(rig.keys("bob"));
    console.log(
      rig.log.alice.blocks.map((b) => b.report),
      rig.alice.progress,
    );
  });
});
