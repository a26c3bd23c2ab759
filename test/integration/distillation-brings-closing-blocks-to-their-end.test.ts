import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import { distillationDone, distillationOffer, distillationTag } from "../../protocol/index.ts";
import { DistillationRig, type Side, type WireMessage } from "./distillation-rig.ts";
import { frameSource } from "./distillation-source.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

/** The three messages between which a block is closed. */
const LAST_WORDS = [
  { name: "Bob's tag", from: "bob", kind: distillationTag.kind },
  { name: "Alice's tag", from: "alice", kind: distillationTag.kind },
  { name: "Bob's confirmation", from: "bob", kind: distillationDone.kind },
] as const;

/** A box that swallows the first `times` of one message for each block, and then cuts. */
function box(from: Side, kind: number, times: number) {
  let swallowed = 0;
  let cutting = false;
  const tamper = (message: WireMessage): readonly Uint8Array[] => {
    if (message.from === from && message.kind === kind && swallowed < times) {
      swallowed += 1;
      cutting = true;
    }
    return cutting ? [] : [message.body];
  };
  return {
    tamper,
    get cutting(): boolean {
      return cutting;
    },
    reopen: () => {
      cutting = false;
    },
  };
}

/** Places in the reserve that tags were made with, by block and text of the tag. */
function spent(rig: DistillationRig, side: Side) {
  const places = new Map<number, number>();
  const texts = new Map<number, Set<string>>();
  for (const { from, kind, body } of rig.wire) {
    if (from !== side) continue;
    if (kind === distillationOffer.kind) {
      const { sequence, offset } = distillationOffer.decode(body);
      places.set(sequence, offset);
    }
    if (kind !== distillationTag.kind) continue;
    const { sequence, tag } = distillationTag.decode(body);
    const place = places.get(sequence)!;
    texts.set(place, (texts.get(place) ?? new Set()).add(Buffer.from(tag).toString("hex")));
  }
  return texts;
}

describe("a connection that is cut while a block closes", () => {
  for (const { name, from, kind } of LAST_WORDS)
    it(`with ${name} on its way costs neither key nor pad, however often it is cut`, () => {
      const cuts = 6;
      const between = box(from, kind, cuts);
      const rig = new DistillationRig({ kernels, bunch: 1, tamper: between.tamper }).connect();
      const next = frameSource({ seed: 21 });
      let cut = 0;
      for (let i = 0; i < 60; i++) {
        rig.frame(next()).settle();
        if (!between.cutting) continue;
        cut += 1;
        rig.disconnect().settle();
        between.reopen();
        rig.nowMs += 5000;
        rig.connect();
      }
      expect(cut).toBe(cuts);
      expect(rig.keys("alice").size).toBeGreaterThanOrEqual(3);
      expect(rig.keys("alice")).toEqual(rig.keys("bob"));
      for (const side of ["alice", "bob"] as const) {
        expect(rig.log[side].dropped).toEqual([]);
        const texts = [...spent(rig, side).values()];
        expect(texts.length).toBe(rig.keys(side).size);
        expect(texts.every((tags) => tags.size === 1)).toBe(true);
      }
    });

  it("at every single message never leaves a tag under two texts, and loses at most the blocks that were not closing", () => {
    for (let moment = 0; moment < 160; moment += 3) {
      const rig = new DistillationRig({ kernels, bunch: 1 }).connect();
      const next = frameSource({ seed: 77 });
      for (let i = 0; i < 17; i++) rig.frame(next());
      rig.settle(moment).disconnect().settle();
      rig.nowMs += 1000;
      rig.connect();
      for (let i = 0; i < 24; i++) rig.frame(next()).settle();
      expect(rig.keys("alice")).toEqual(rig.keys("bob"));
      for (const side of ["alice", "bob"] as const)
        for (const tags of spent(rig, side).values()) expect(tags.size).toBe(1);
    }
  });

  it("is made good only while both sites remember the block", () => {
    const between = box("alice", distillationTag.kind, 1);
    const rig = new DistillationRig({ kernels, bunch: 1, tamper: between.tamper }).connect();
    const next = frameSource({ seed: 4 });
    while (!between.cutting) rig.frame(next()).settle();
    rig.disconnect().settle();
    rig.nowMs += 301_000;
    rig.settle();
    between.reopen();
    rig.connect();
    for (let i = 0; i < 20; i++) rig.frame(next()).settle();
    for (const side of ["alice", "bob"] as const) expect(rig.log[side].dropped).toHaveLength(1);
    expect(rig.keys("alice").size).toBeGreaterThan(0);
    expect(rig.keys("alice")).toEqual(rig.keys("bob"));
  });
});
