import { describe, expect, it } from "vitest";
import { LINK_PRESETS, predictLink } from "../../physics/index.ts";
import {
  baselineText,
  cellOf,
  type LearningLook,
  type LinkTally,
  learnBaseline,
  readBaseline,
} from "../index.ts";

const PRESET = { ...LINK_PRESETS.yuan2018.link, channelLossDb: 7, misalignment: { z: 0.02, x: 0.03 } };
const SETTINGS = { clockHz: 1e9, intensities: PRESET.intensities, deadGates: 0 };

/** Counts as the closed form has them, of so many gates, times `factor`. */
function tallyOf(gates: number, factor = 1): LinkTally {
  const { gains, qberPerIntensity, clicksPerGate, doubleClicksPerGate } = predictLink(PRESET);
  const cells = Array(48).fill(0);
  const sent = Array(6).fill(0);
  const inZ = [PRESET.aliceZProbability, 1 - PRESET.aliceZProbability];
  const bobs = [PRESET.bobZProbability, 1 - PRESET.bobZProbability];
  let detections = 0;
  for (const s of [0, 1])
    for (const k of [0, 1, 2]) {
      sent[s * 3 + k] = gates * inZ[s]! * PRESET.intensityProbabilities[k]!;
      for (const x of [0, 1])
        for (const t of [0, 1])
          for (const y of [0, 1]) {
            const q = qberPerIntensity[s === 0 ? "z" : "x"][k]!;
            const share = s !== t ? 0.5 : x === y ? 1 - q : q;
            const count = (factor * sent[s * 3 + k] * bobs[t]! * gains[k]! * share) / 2;
            cells[cellOf(s, k, x, t, y)] += count;
            detections += count;
          }
    }
  return {
    gates,
    detections,
    deadGates: 0,
    clicks: [(clicksPerGate * gates) / 2, (clicksPerGate * gates) / 2],
    doubleClicks: doubleClicksPerGate * gates,
    photocurrentNa: 400,
    sent,
    cells,
  };
}

const look = (atS: number, factor = 1): LearningLook => ({
  atS,
  slices: Array.from({ length: 10 }, () => tallyOf(1e7, factor)),
  readings: [],
  frames: { paired: 100, unlike: 0 },
});

describe("learning a baseline", () => {
  it("finds parameters that show the counts it was given", () => {
    const { link, independentLooks } = learnBaseline([look(0)], SETTINGS);
    const [was, is] = [predictLink(PRESET), predictLink(link)];
    for (const k of [0, 1, 2] as const) expect(is.gains[k] / was.gains[k]).toBeCloseTo(1, 2);
    expect(is.qber.z).toBeCloseTo(was.qber.z, 4);
    expect(is.qber.x).toBeCloseTo(was.qber.x, 4);
    expect(link.bobZProbability).toBeCloseTo(PRESET.bobZProbability, 6);
    expect(independentLooks).toBe(1);
  });

  it("takes looks within an hour for one, and what they scatter beyond chance for the link's own", () => {
    const near = learnBaseline([look(0), look(600), look(1200)], SETTINGS);
    expect(near.independentLooks).toBe(1);
    const far = learnBaseline([look(0), look(4000, 1.1), look(8000), look(12_000, 0.9)], SETTINGS);
    expect(far.independentLooks).toBe(4);
    expect(Math.sqrt(far.scatter.signalGain!)).toBeCloseTo(0.082, 2);
    expect(far.scatter.qberZ).toBeLessThan(1e-8);
  });

  it("refuses no look at all, and looks without light", () => {
    const refused = expect.objectContaining({ code: "QKD_CONFIG_INVALID" });
    expect(() => learnBaseline([], SETTINGS)).toThrow(refused);
    const dark = { ...look(0), slices: [{ ...tallyOf(1e7), cells: Array(48).fill(1) }] };
    expect(() => learnBaseline([dark], SETTINGS)).toThrow(refused);
    expect(() => learnBaseline([{ ...look(0), slices: [] }], SETTINGS)).toThrow(refused);
  });
});

describe("the file of a baseline", () => {
  const file = {
    linkId: "ab12",
    serials: { alice: "A1", bob: "B1" },
    learntUtc: "2026-11-30T00:00:00.000Z",
    clockHz: 1e9,
    baseline: learnBaseline([look(0), look(4000)], SETTINGS),
  };

  it("is read as it was written", () => {
    expect(readBaseline(baselineText(file), "b.json")).toEqual({ schema: "qkdlink-baseline/1", ...file });
  });

  it.each<[string, (text: string) => string]>([
    ["no JSON", (text) => text.slice(0, -20)],
    ["another kind", (text) => text.replace("qkdlink-baseline/1", "qkdlink-report/1")],
    ["a list", () => "[]"],
    ["null", () => "null"],
    ["a number that is none", (text) => text.replace(/"value": [^,]+/, '"value": "NaN"')],
    ["a number beyond all", (text) => text.replace(/"value": [^,]+/, '"value": 1e999')],
    ["an uncertainty below zero", (text) => text.replace(/"u": [^\n]+/, '"u": -1')],
    ["no look at all", (text) => text.replace(/"independentLooks": 2/, '"independentLooks": 0')],
    ["an unknown observable", (text) => text.replace('"signalGain"', '"signalGains"')],
    ["an impossible link", (text) => text.replace(/"channelLossDb": [^,]+/, '"channelLossDb": -3')],
  ])("that is none is refused: %s", (_, harm) => {
    const text = baselineText(file);
    expect(harm(text)).not.toBe(text);
    expect(() => readBaseline(harm(text), "b.json")).toThrow(
      expect.objectContaining({
        code: "QKD_CONFIG_INVALID",
        message: expect.stringMatching(/^b\.json is no baseline/),
      }),
    );
  });
});
