import { beforeAll, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import { distillationDone, distillationOffer, distillationTag } from "../../protocol/index.ts";
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

/** Of each site: pads drawn, and keys that both made, where each time this message is swallowed and the line cut. */
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
  return { cuts, keys: rig.keys("alice").size, alice: drawn("alice"), bob: drawn("bob") };
}

it.each([
  ["before Bob's tag arrives", distillationTag.kind, "bob"],
  ["before Alice's tag arrives", distillationTag.kind, "alice"],
  ["before Bob's confirmation arrives", distillationDone.kind, "bob"],
] as const)(
  "a box that cuts each time %s costs no pad but those of blocks that end well",
  (_, kind, from) => {
    const { cuts, keys, alice, bob } = cutAt(kind, from);
    expect(cuts).toBe(CUTS);
    expect(keys).toBeGreaterThan(0);
    for (const drawn of [alice, bob]) expect(drawn).toBeLessThanOrEqual(keys + READY);
  },
);
