import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import { distillationOffer, distillationSift } from "../../protocol/index.ts";
import { DistillationRig } from "./distillation-rig.ts";
import { frameSource } from "./distillation-source.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

const shared = (rig: DistillationRig): number[] =>
  [...rig.keys("alice").keys()].filter((sequence) => rig.keys("bob").has(sequence));

describe("a reconnection", () => {
  it("at any moment drops blocks cleanly, never makes a wrong key, never uses a sequence or a pad twice", () => {
    let dropped = 0;
    for (let moment = 1; moment < 120; moment += 7) {
      const rig = new DistillationRig({ kernels, bunch: 1 }).connect();
      const next = frameSource({ seed: moment });
      for (let i = 0; i < 17; i++) rig.frame(next());
      rig.settle(moment).disconnect().settle();
      expect(rig.alice.progress.cohortsInFlight).toBe(0);
      rig.connect();
      for (let i = 0; i < 20; i++) rig.frame(next()).settle();
      const bob = rig.keys("bob");
      for (const [sequence, key] of rig.keys("alice"))
        if (bob.has(sequence)) expect(bob.get(sequence)).toBe(key);
      expect(shared(rig).length).toBeGreaterThan(0);
      dropped += rig.log.alice.dropped.length;
      const sequences = rig.log.alice.blocks.map(({ block }) => block.sequence);
      expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
      for (const side of ["alice", "bob"] as const) {
        const offers = rig.wire.filter(({ kind, from }) => kind === distillationOffer.kind && from === side);
        const offsets = offers.map(({ body }) => Buffer.from(body.subarray(8)).toString("hex"));
        expect(new Set(offsets).size).toBe(offsets.length);
      }
    }
    expect(dropped).toBeGreaterThan(5);
  });

  it("that only one side noticed is agreed on by the hello", () => {
    for (const side of ["alice", "bob"] as const) {
      const rig = new DistillationRig({ kernels }).connect();
      const next = frameSource({ seed: 5 });
      for (let i = 0; i < 6; i++) rig.frame(next()).settle();
      rig.give(side, { type: "peerUp" }).settle();
      for (let i = 0; i < 20; i++) rig.frame(next()).settle();
      expect(rig.keys("alice").size).toBe(1);
      expect(rig.keys("alice")).toEqual(rig.keys("bob"));
    }
  });

  it("keeps frames that were not sifted and never sifts one twice", () => {
    const rig = new DistillationRig({ kernels }).connect().disconnect().settle();
    const next = frameSource({ seed: 9 });
    for (let i = 0; i < 18; i++) rig.frame(next()).settle();
    rig.connect();
    expect(rig.keys("alice").size).toBe(1);
    const sifted = rig.wire
      .filter(({ kind }) => kind === distillationSift.kind)
      .map(({ body }) => Buffer.from(body.subarray(0, 8)).toString("hex"));
    expect(new Set(sifted).size).toBe(sifted.length);
  });

  it("may follow the acceptance of a block that is still being amplified", () => {
    const rig = new DistillationRig({ kernels }).connect();
    const next = frameSource({ seed: 9 });
    for (let i = 0; i < 18; i++) rig.frame(next()).settle();
    expect(shared(rig)).toEqual([5]);
  });
});

describe("an exhausted authentication reserve", () => {
  it("is reported, asked again after a while, and distillation goes on", () => {
    const rig = new DistillationRig({ kernels, refuseAuth: 1 }).connect();
    const next = frameSource({ seed: 2 });
    for (let i = 0; i < 18; i++) rig.frame(next()).settle();
    expect(rig.log.alice.failures.map(({ code }) => code)).toEqual(["QKD_AUTH_EXHAUSTED"]);
    expect(rig.keys("alice").size).toBe(0);
    rig.nowMs += 5000;
    rig.frame(next()).settle();
    expect(rig.keys("alice").size).toBe(1);
    expect(rig.keys("alice")).toEqual(rig.keys("bob"));
    expect(rig.log.alice.failures[0]).toMatchObject({ name: "PeerError", code: "QKD_AUTH_EXHAUSTED" });
  });
});

describe("a failing amplification", () => {
  it("drops the block with its reason", () => {
    const rig = new DistillationRig({ kernels, refuseAmplification: true }).connect();
    const next = frameSource({ seed: 2 });
    for (let i = 0; i < 18; i++) rig.frame(next()).settle();
    expect(rig.log.alice.dropped).toMatchObject([{ sequence: 5, reason: "QKD_KERNEL_LIMIT" }]);
    expect(rig.log.bob.dropped).toMatchObject([{ sequence: 5, reason: "QKD_KERNEL_LIMIT" }]);
    expect(rig.keys("alice").size).toBe(0);
  });
});
