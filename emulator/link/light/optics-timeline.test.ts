import { describe, expect, it } from "vitest";
import { linkPreset } from "../../../physics/index.ts";
import type { ScanControl } from "../../device/scans/scan.ts";
import { createOptics } from "../../optics/create-optics.ts";
import { OpticsTimeline } from "./optics-timeline.ts";

const link = { ...linkPreset("yuan2018").link, channelLossDb: 3 };
const LIMITS = { maxDetections: 1 << 20, maxGates: 1n << 23n };

const SCANS: readonly ScanControl[] = [
  { type: "gateSetting", delayPs: 150, skewPs: 40 },
  { type: "phaseSetting", radian: 1.5 },
  { type: "biasTrim", volt: [-1, -1] },
  { type: "modulatorSetting", volt: 2 },
];

async function timeline() {
  const [key, probe] = await Promise.all([1n, 2n].map((seed) => createOptics({ link, seed })));
  return { key: key!, probe: probe!, light: new OpticsTimeline(key!, probe!, [], undefined) };
}

describe("light between key exchanges", () => {
  it.each(SCANS)("is under another $type for a sample alone, and the key's never", async (scan) => {
    const { key, probe, light } = await timeline();
    const before = { key: key.conditions, probe: probe.conditions };
    const clicks = () => light.probe(LIMITS).detections;
    const usual = clicks();
    light.sample([scan], LIMITS);
    expect([key.conditions, probe.conditions]).toEqual([before.key, before.probe]);
    // Counts scatter by 0.4 % here; ten times that would be a setting that stayed.
    expect(Math.abs(clicks() / usual - 1)).toBeLessThan(0.04);
  });

  it("is the present one again also where a sample is refused", async () => {
    const { probe, light } = await timeline();
    const before = probe.conditions;
    const beyond: ScanControl = { type: "gateSetting", delayPs: Number.NaN, skewPs: 0 };
    expect(() => light.sample([SCANS[1]!, beyond], LIMITS)).toThrow();
    expect(probe.conditions).toEqual(before);
  });
});
