import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import { DistillationRig } from "./distillation-rig.ts";
import { type FramePair, frameSource, SMALL_LINK, SMALL_SETTINGS } from "./distillation-source.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

/** A link so dim that a site holds three blocks and no more. */
const DIM = { ...SMALL_SETTINGS, link: { ...SMALL_LINK, channelLossDb: 60 } };

/** Frames that ended by time, with hardly a detection. */
function dimSource(detections: number) {
  let frameId = 0;
  return (): FramePair => {
    const id = frameId++;
    const both = {
      sessionNumber: 1,
      frameId: id,
      firstGate: BigInt(id) * 1000n,
      gateCount: 1000n,
      detections,
      gateDigest: new Uint8Array(createHash("sha256").update(`dim/${id}`).digest()),
      planeBytes: (detections + 7) >> 3,
    };
    const planes = (count: number) => new Uint8Array(count * both.planeBytes);
    const sent = [300, 180, 120, 200, 120, 80];
    return {
      qtx: { ...both, role: "qtx", planes: planes(4), sent },
      qrx: { ...both, role: "qrx", planes: planes(2), doubleClicks: 0, photocurrentNa: 1 },
    };
  };
}

describe("a link that stays dark for long", () => {
  it.each([
    ["with one detection a frame, whose planes are mostly empty", 1, 60_000],
    ["without any detection", 0, 140_000],
  ])(
    "%s makes keys once the light is back",
    (_, detections, frames) => {
      const rig = new DistillationRig({ kernels, bunch: 512, settings: { alice: DIM, bob: DIM } }).connect();
      const dim = dimSource(detections);
      for (let i = 0; i < frames; i += 128) {
        for (let k = 0; k < 128; k++) rig.frame(dim());
        rig.settle();
      }
      const bright = frameSource({ sessionNumber: 2 });
      for (let k = 0; k < 60; k++) rig.frame(bright()).settle();
      expect(rig.log.alice.failures).toEqual([]);
      expect(rig.log.bob.failures).toEqual([]);
      expect(rig.keys("bob").size).toBeGreaterThan(0);
      expect(rig.keys("alice")).toEqual(rig.keys("bob"));
    },
    120_000,
  );
});
