import { describe, expect, it } from "vitest";
import { linkPreset, linkThroughGates, predictLink } from "../../../physics/index.ts";
import type { OpticsControl } from "../control.ts";
import { createOptics } from "../create-optics.ts";

const link = { ...linkPreset("yuan2018").link, clockHz: 1e8, channelLossDb: 5 };
const GATES = 40_000_000n;

/** Clicks of a link under controls, each detector's. */
async function clicks(...controls: readonly OpticsControl[]): Promise<readonly [number, number]> {
  const optics = await createOptics({ link, seed: 23n, controls });
  return optics.nextFrame({ maxDetections: 2 ** 24, maxGates: GATES }).qrx.clicksPerDetector;
}

/** Centre of a scan of the gates' delay, of each detector: where a parabola through the logarithms has its top. */
async function centres(...controls: readonly OpticsControl[]): Promise<readonly [number, number]> {
  const delays = Array.from({ length: 21 }, (_, index) => -200 + 20 * index);
  const counts: (readonly [number, number])[] = [];
  for (const delayPs of delays)
    counts.push(await clicks(...controls, { type: "gateSetting", delayPs, skewPs: 0 }));
  const centre = (detector: 0 | 1) => {
    const rows = delays.map((ps, index) => [ps, counts[index]![detector]] as const);
    const top = rows.reduce((best, row) => (row[1] > best[1] ? row : best));
    const near = rows.filter(([ps]) => Math.abs(ps - top[0]) <= 40);
    // Least squares over five even steps.
    const slope = near.reduce((sum, [ps, count]) => sum + (ps - top[0]) * Math.log(count), 0);
    const bend = near.reduce((sum, [ps, count]) => sum + ((ps - top[0]) ** 2 - 800) * Math.log(count), 0);
    return top[0] - ((slope / 4000) * 1) / (2 * (bend / 2_240_000));
  };
  return [centre(0), centre(1)];
}

describe("one time of arrival", () => {
  const late: OpticsControl = { type: "gateAlignment", delayPs: 80, skewPs: 0 };

  it("pulses that come late are met by gates that open as much later, and by no others", async () => {
    const straight = await clicks();
    expect(await clicks(late, { type: "gateSetting", delayPs: 80, skewPs: 0 })).toEqual(straight);
    expect(await clicks(late, { type: "timeShift", ps: -80 })).toEqual(straight);
    const missed = await clicks(late);
    expect(missed[0]).toBeLessThan(0.6 * straight[0]);
    const twice = await clicks(late, { type: "gateSetting", delayPs: -80, skewPs: 0 });
    expect(twice[0]).toBeLessThan(0.4 * missed[0]);
  });

  it("is the single centre of a scan, of each detector its own", async () => {
    const [zero, one] = await centres(late);
    expect(Math.abs(zero - 80)).toBeLessThan(2);
    expect(Math.abs(one - 80)).toBeLessThan(2);
    const [early, later] = await centres({ type: "gateAlignment", delayPs: 0, skewPs: 50 });
    expect(Math.abs(early - 25)).toBeLessThan(2);
    expect(Math.abs(later + 25)).toBeLessThan(2);
    const cured = await clicks(
      { type: "gateAlignment", delayPs: 0, skewPs: 50 },
      { type: "gateSetting", delayPs: 0, skewPs: -50 },
    );
    expect(cured).toEqual(await clicks());
  });

  it.each([
    [80, 0],
    [-40, 60],
    [110, -30],
  ])("costs what the closed form says: %d ps and %d ps of skew", async (arrivalPs, skewPs) => {
    const said = predictLink(linkThroughGates(link, { arrivalPs, skewPs })).clicksPerGate;
    const optics = await createOptics({
      link,
      seed: 29n,
      controls: [{ type: "gateAlignment", delayPs: arrivalPs, skewPs }],
    });
    const { detections, gateCount } = optics.nextFrame({ maxDetections: 2 ** 24, maxGates: GATES });
    // One per cent, or five standard deviations of the count: a false alarm in two million runs.
    const allowed = Math.max(0.01, 5 / Math.sqrt(detections));
    expect(Math.abs(detections / Number(gateCount) / said - 1)).toBeLessThan(allowed);
  });
});

describe("what a receiver sets against errors", () => {
  const ONE_BASIS = { ...link, aliceZProbability: 0.5, bobZProbability: 0.5 };

  it("the phase of its interferometer cancels an error of the same size", async () => {
    const qber = async (...controls: readonly OpticsControl[]) => {
      const optics = await createOptics({ link: ONE_BASIS, seed: 3n, controls });
      const { wrong, matched } = optics.nextFrame({ maxDetections: 2 ** 20, maxGates: GATES }).counts;
      return (wrong[0] + wrong[1]) / (matched[0] + matched[1]);
    };
    const straight = await qber();
    const off: OpticsControl = { type: "phaseError", radian: 0.4 };
    expect(await qber(off)).toBeGreaterThan(straight + 0.02);
    expect(await qber(off, { type: "phaseSetting", radian: 0.4 })).toBe(straight);
    expect(await qber(off, { type: "phaseSetting", radian: -0.4 })).toBeGreaterThan(straight + 0.1);
  });

  it("a trim moves the bias of one detector alone", async () => {
    const straight = await clicks();
    const trimmed = await clicks({ type: "biasTrim", volt: [0, -0.5] });
    // Trigger probability at 2.0 V of excess against 2.5 V: (1 - exp(-0.8)) / (1 - exp(-1)).
    const share = Math.expm1(-0.8) / Math.expm1(-1);
    expect(Math.abs(trimmed[1] / straight[1] / share - 1)).toBeLessThan(0.01);
    expect(Math.abs(trimmed[0] / straight[0] - 1)).toBeLessThan(0.01);
  });

  it("the modulator's setting cancels an offset of its bias", async () => {
    const straight = await clicks();
    const off: OpticsControl = { type: "modulatorOffset", volt: 1.5 };
    expect(await clicks(off)).not.toEqual(straight);
    expect(await clicks(off, { type: "modulatorSetting", volt: -1.5 })).toEqual(straight);
  });

  it.each<OpticsControl>([
    { type: "gateSetting", delayPs: 1001, skewPs: 0 },
    { type: "gateSetting", delayPs: 0, skewPs: -1001 },
    { type: "phaseSetting", radian: 4 },
    { type: "biasTrim", volt: [0, 4] },
    { type: "biasTrim", volt: [-4, 0] },
    { type: "modulatorSetting", volt: 6 },
  ])("refuse %j", async (control) => {
    await expect(createOptics({ link, seed: 1n, controls: [control] })).rejects.toMatchObject({
      code: "QKD_PHYSICS_RANGE",
    });
  });
});
