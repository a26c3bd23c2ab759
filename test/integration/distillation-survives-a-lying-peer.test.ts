import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import { distillationDone, distillationSiftReply, distillationVerdict } from "../../protocol/index.ts";
import { DistillationRig, type WireMessage } from "./distillation-rig.ts";
import { frameSource } from "./distillation-source.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

/** Frames enough for `blocks` blocks, one after the other. */
function run(rig: DistillationRig, blocks: number): void {
  const next = frameSource({ seed: 41 });
  for (let i = 0; i < 17 * blocks; i++) rig.frame(next()).settle();
}

/** Where the cohort number and the flags stand in a `siftReply`. */
const COHORT_AT = 16;
const FLAGS_AT = 24;
/** Where attempt and verdict stand in a `verdict`. */
const VERDICT_AT = 17;
const EXTEND = 1;

describe("a peer that passed every check of the channel and lies", () => {
  it.each([
    ["never ends a cohort or a block", 0],
    ["ends each block with its first frame", 3],
  ])("cannot choose where blocks end: %s", (_, flags) => {
    const tamper = ({ kind, body }: WireMessage): readonly Uint8Array[] => {
      if (kind !== distillationSiftReply.kind) return [body];
      const lie = body.slice();
      lie.fill(0, COHORT_AT, FLAGS_AT);
      lie[FLAGS_AT] = flags;
      return [lie];
    };
    const rig = new DistillationRig({ kernels, tamper }).connect();
    run(rig, 1);
    expect(rig.log.bob.failures[0]).toMatchObject({
      code: "QKD_PEER_PROTOCOL",
      message: expect.stringContaining("ends a cohort or block elsewhere than agreed"),
    });
    expect(rig.log.bob.blocks).toEqual([]);
    expect(rig.bob.progress.openBlockBits).toBeLessThan(12_000);
  });

  it("cannot have a cohort extended without end", () => {
    const wrongTag: Kernels = {
      ...kernels,
      hash: { ...kernels.hash, polynomial: (key, message) => kernels.hash.polynomial(key, message).fill(0) },
    };
    let lies = 0;
    const tamper = ({ kind, body }: WireMessage): readonly Uint8Array[] => {
      if (kind !== distillationVerdict.kind || body[VERDICT_AT] === EXTEND) return [body];
      lies += 1;
      const lie = body.slice();
      lie[VERDICT_AT] = EXTEND;
      return [lie];
    };
    const rig = new DistillationRig({ kernels, bobKernels: wrongTag, tamper }).connect();
    run(rig, 1);
    expect(lies).toBeGreaterThan(0);
    expect(rig.log.alice.failures[0]).toMatchObject({
      code: "QKD_PEER_PROTOCOL",
      message: expect.stringContaining("about a cohort is out of turn"),
    });
    expect(rig.log.alice.blocks).toEqual([]);
  });

  it("cannot pile up blocks that it never confirms", () => {
    const tamper = ({ kind, body }: WireMessage): readonly Uint8Array[] =>
      kind === distillationDone.kind ? [] : [body];
    const rig = new DistillationRig({ kernels, tamper }).connect();
    run(rig, 14);
    expect(rig.log.alice.blocks).toEqual([]);
    expect(rig.log.bob.blocks.length).toBeGreaterThan(5);
    expect(rig.log.bob.blocks.length).toBeLessThanOrEqual(11);
    // What waited is given up with the connection, and distillation goes on.
    rig.disconnect().settle();
    expect(rig.log.alice.dropped.length).toBeGreaterThanOrEqual(10);
  });
});
