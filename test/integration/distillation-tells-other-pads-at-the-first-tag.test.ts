import { beforeAll, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import { DistillationRig } from "./distillation-rig.ts";
import { frameSource } from "./distillation-source.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

it.each(["alice", "bob"] as const)(
  "a site that says it holds the same secret, and whose pads differ, is found out by the first tag: pads of %s",
  (side) => {
    const rig = new DistillationRig({ kernels, strangePadsAt: side }).connect();
    const next = frameSource();
    for (let i = 0; i < 18; i++) rig.frame(next()).settle();
    // Bob's tag comes first, so Alice sees it.
    expect(rig.log.alice.failures.map(({ code }) => code)).toEqual(["QKD_AUTH_TAG"]);
    expect(rig.log.alice.failures[0]?.remedy).toContain("check the peer site and its secret");
    for (const site of ["alice", "bob"] as const) {
      expect(rig.keys(site).size).toBe(0);
      expect(rig.log[site].dropped).toHaveLength(1);
    }
  },
);
