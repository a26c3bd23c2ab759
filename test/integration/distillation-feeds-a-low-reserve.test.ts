import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import { DistillationRig, type RigOptions } from "./distillation-rig.ts";
import { frameSource } from "./distillation-source.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

function sharesOf(level: RigOptions["level"]): readonly (readonly number[])[] {
  const rig = new DistillationRig({ kernels, ...(level === undefined ? {} : { level }) }).connect();
  const next = frameSource();
  for (let i = 0; i < 18; i++) rig.frame(next()).settle();
  expect([...rig.log.alice.failures, ...rig.log.bob.failures]).toEqual([]);
  expect(rig.keys("alice")).toEqual(rig.keys("bob"));
  return (["alice", "bob"] as const).map((side) => rig.log[side].blocks.map(({ block }) => block.authBytes));
}

it("a block names the places of the pads that guarded it, the same two at both sites", () => {
  const rig = new DistillationRig({ kernels }).connect();
  const next = frameSource();
  for (let i = 0; i < 40; i++) rig.frame(next()).settle();
  const places = (side: "alice" | "bob") => rig.log[side].blocks.map(({ block }) => block.padOffsets);
  expect(places("alice")).toEqual([
    [0, 0],
    [32, 32],
  ]);
  expect(places("bob")).toEqual(places("alice").map((pair) => pair.toReversed()));
});

describe("a block's share for the authentication reserves", () => {
  it("is larger while Alice's reserve is low, none while it is high, and the same at both sites", () => {
    expect(sharesOf({})).toEqual([[136], [136]]);
    expect(sharesOf({ alice: "low", bob: "usual" })).toEqual([[272], [272]]);
    expect(sharesOf({ alice: "high" })).toEqual([[0], [0]]);
    // Both reserves hold the same but for what is under way: Alice's word decides.
    expect(sharesOf({ alice: "usual", bob: "low" })).toEqual([[136], [136]]);
  });
});
