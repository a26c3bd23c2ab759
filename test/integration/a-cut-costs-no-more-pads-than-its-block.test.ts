import { beforeAll, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import {
  distillationAgree,
  distillationDone,
  distillationOffer,
  distillationTag,
} from "../../protocol/index.ts";
import { DistillationRig } from "./distillation-rig.ts";
import { frameSource } from "./distillation-source.ts";

const PAD_BYTES = 32;
const CUTS = 6;
/** One lies ready for the next block, and one more may be taken where the other site has passed that. */
const READY = 2;

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

/** Of each site: pads drawn, and blocks that were agreed on, where each time this message is swallowed and the line cut. */
function cutAt(kind: number, from: "alice" | "bob") {
  let cuts = 0;
  let due = false;
  const rig = new DistillationRig({
    kernels,
    tamper: (message) => {
      if (due || message.kind !== kind || message.from !== from || cuts >= CUTS)
        return due ? [] : [message.body];
      due = true;
      cuts += 1;
      return [];
    },
  }).connect();
  const next = frameSource();
  for (let frames = 0; frames < 400 && (cuts < CUTS || due); frames++) {
    rig.frame(next()).settle();
    if (!due) continue;
    rig.disconnect().settle();
    due = false;
    rig.connect();
  }
  const drawn = (side: "alice" | "bob") =>
    1 +
    Math.max(
      ...rig.wire
        .filter((message) => message.from === side && message.kind === distillationOffer.kind)
        .map(({ body }) => distillationOffer.decode(body).offset / PAD_BYTES),
    );
  const agreed = rig.wire.filter((message) => message.kind === distillationAgree.kind).length;
  return { cuts, agreed, alice: drawn("alice"), bob: drawn("bob") };
}

it.each([
  ["before Bob's tag arrives", distillationTag.kind, "bob", "alice"],
  ["before Alice's tag arrives", distillationTag.kind, "alice", null],
  ["before Bob's confirmation arrives", distillationDone.kind, "bob", null],
] as const)(
  "a box that cuts each time %s costs each site the pad of that block, and no other",
  (_, kind, from, spared) => {
    const { cuts, agreed, ...drawn } = cutAt(kind, from);
    expect(cuts).toBe(CUTS);
    for (const site of ["alice", "bob"] as const) {
      expect(drawn[site]).toBeLessThanOrEqual(agreed + READY);
      // Whose tag was not made keeps its pad.
      if (site === spared) expect(drawn[site]).toBeLessThanOrEqual(READY);
    }
  },
);
