import { describe, expect, it } from "vitest";
import { checkLinkParameters } from "./check-link.ts";
import type { LinkParameters } from "./link-parameters.ts";
import { LINK_PRESETS } from "./presets/index.ts";

const { link } = LINK_PRESETS.yuan2018;

describe("link parameters", () => {
  it.each(Object.entries(LINK_PRESETS))("of the preset %s are possible", (_name, preset) => {
    expect(() => checkLinkParameters(preset.link)).not.toThrow();
  });

  it.each<[string, Partial<LinkParameters>]>([
    ["intensities[1]", { intensities: [0.1, 0.1, 0] }],
    ["intensities[2]", { intensities: [0.4, 0.1, 0.1] }],
    ["intensities[0]", { intensities: [11, 0.1, 0] }],
    ["intensityProbabilities", { intensityProbabilities: [0.5, 0.2, 0.2] }],
    ["intensityProbabilities[1]", { intensityProbabilities: [0.6, -0.1, 0.5] }],
    ["aliceZProbability", { aliceZProbability: 1 }],
    ["bobZProbability", { bobZProbability: 0 }],
    ["misalignment.z", { misalignment: { z: 0.51, x: 0 } }],
    ["misalignment.x", { misalignment: { z: 0, x: -0.1 } }],
    ["channelLossDb", { channelLossDb: Number.POSITIVE_INFINITY }],
    ["clockHz", { clockHz: Number.NaN }],
    ["deadGates", { deadGates: 1.5 }],
    ["darkCountsPerGate[1]", { darkCountsPerGate: [0, 1] }],
    ["afterpulseDecay", { afterpulseDecay: [] }],
  ])("are refused by %s", (field, change) => {
    expect(() => checkLinkParameters({ ...link, ...change })).toThrow(
      expect.objectContaining({ code: "QKD_PHYSICS_RANGE", context: expect.objectContaining({ field }) }),
    );
  });
});
