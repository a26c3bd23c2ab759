import { describe, expect, it } from "vitest";
import { createOptics, type OpticsControl } from "../../emulator/index.ts";
import { type LinkParameters, linkPreset, predictLink } from "../../physics/index.ts";
import { OpticsTally } from "./optics-tally.ts";

// About 90 two-sample scores of 5 sigma: an honest emulator fails with probability below 6e-5 over seeds; seeds are fixed.
const LIMIT = 5;
const GATES = 2_500_000;

/** Counts per class of Alice's basis * 3 + intensity. */
interface NaiveCounts {
  readonly sent: number[];
  readonly matched: number[];
  readonly errors: number[];
  detections: number;
  doubleClicks: number;
}

/**
 * The link one gate after the other with nothing clever: settings, two Poisson fields, hazards that decay by themselves,
 * dead gates counted down. Shares no code with the emulator.
 */
function naiveLink(link: LinkParameters, perDetector: boolean): NaiveCounts {
  let state = 0x2545f491;
  const uniform = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  const counts: NaiveCounts = {
    sent: new Array<number>(6).fill(0),
    matched: new Array<number>(6).fill(0),
    errors: new Array<number>(6).fill(0),
    detections: 0,
    doubleClicks: 0,
  };
  const arriving = 10 ** (-(link.channelLossDb + link.receiverLossDb) / 10);
  const hazards = link.afterpulseDecay.map(() => [0, 0]);
  const keep = link.afterpulseDecay.map((part) => Math.exp(-1 / part.gates));
  const blind = [0, 0];
  const clicked = [false, false];
  for (let gate = 0; gate < GATES; gate++) {
    const aliceX = uniform() >= link.aliceZProbability ? 1 : 0;
    const bobX = uniform() >= link.bobZProbability ? 1 : 0;
    const bit = uniform() < 0.5 ? 0 : 1;
    const draw = uniform();
    const [pu, pv] = link.intensityProbabilities;
    const k = draw < pu ? 0 : draw < pu + pv ? 1 : 2;
    const index = aliceX * 3 + k;
    counts.sent[index]!++;
    const wrong = aliceX === bobX ? (aliceX === 0 ? link.misalignment.z : link.misalignment.x) : 0.5;
    for (const detector of [0, 1] as const) {
      const share = detector === bit ? 1 - wrong : wrong;
      let silent = Math.exp(-link.intensities[k] * arriving * share * link.detectorEfficiency[detector]);
      silent *= (1 - link.darkCountsPerGate[detector]) * (1 - link.noisePerGate / 2);
      for (const hazard of hazards) silent *= Math.exp(-hazard[detector]!);
      clicked[detector] = blind[detector] === 0 && uniform() >= silent;
    }
    for (const detector of [0, 1] as const) {
      if (blind[detector]! > 0) blind[detector]!--;
      for (const [part, hazard] of hazards.entries()) {
        hazard[detector]! *= keep[part]!;
        // First release one gate later; all releases together have the mean p_ap times the part's weight.
        if (clicked[detector])
          hazard[detector]! +=
            link.afterpulseProbability * link.afterpulseDecay[part]!.weight * (1 - keep[part]!);
      }
    }
    if (!clicked[0] && !clicked[1]) continue;
    for (const detector of [0, 1]) if (!perDetector || clicked[detector]) blind[detector] = link.deadGates;
    counts.detections++;
    const both = clicked[0]! && clicked[1]!;
    if (both) counts.doubleClicks++;
    if (aliceX !== bobX) continue;
    counts.matched[index]!++;
    const read = both ? (uniform() < 0.5 ? 0 : 1) : clicked[1] ? 1 : 0;
    if (read !== bit) counts.errors[index]!++;
  }
  return counts;
}

const audit: LinkParameters = {
  ...linkPreset("yuan2018").link,
  channelLossDb: 0,
  intensityProbabilities: [0.3, 0.3, 0.4],
  aliceZProbability: 0.5,
  bobZProbability: 0.5,
  misalignment: { z: 0.02, x: 0.05 },
  afterpulseProbability: 0.25,
  afterpulseDecay: [
    { weight: 0.6, gates: 8 },
    { weight: 0.4, gates: 60 },
  ],
};

describe("event sampling against a simulation gate by gate", () => {
  it.each([
    ["strong afterpulses", audit, false],
    ["afterpulses and dead time of the receiver", { ...audit, deadGates: 15 }, false],
    ["afterpulses and dead time per detector", { ...audit, deadGates: 15 }, true],
    [
      "unequal detectors, noise, bright pulses",
      { ...audit, detectorEfficiency: [0.8, 0.5], intensities: [2, 0.6, 0.01], noisePerGate: 0.01 },
      false,
    ],
  ] as const)("agrees with %s", async (_, link, perDetector) => {
    const naive = naiveLink(link as LinkParameters, perDetector);
    const control: OpticsControl = { type: "deadTime", gates: link.deadGates, perDetector };
    const optics = await createOptics({ link: link as LinkParameters, seed: 1905n, controls: [control] });
    const sum = new OpticsTally();
    const gates = 4 * GATES;
    while (sum.gates < gates)
      sum.add(optics.nextFrame({ maxDetections: 2 ** 18, maxGates: BigInt(gates - sum.gates) }));
    // Clusters widen the spread of counts by up to 1 / (1 - p_ap).
    const compare = (what: string, count: number, trials: number, other: number, otherTrials: number) => {
      const rate = (count + other) / (trials + otherTrials);
      const sigma =
        Math.sqrt(rate * (1 - rate) * (1 / trials + 1 / otherTrials)) / (1 - link.afterpulseProbability);
      expect(Math.abs(count / trials - other / otherTrials) / sigma, what).toBeLessThan(LIMIT);
    };
    compare("detections", sum.detections, gates, naive.detections, GATES);
    compare("double clicks", sum.doubleClicks, gates, naive.doubleClicks, GATES);
    for (let i = 0; i < 6; i++) {
      compare(`sent ${i}`, sum.sent[i]!, gates, naive.sent[i]!, GATES);
      compare(`gain ${i}`, sum.matched[i]!, sum.sent[i]!, naive.matched[i]!, naive.sent[i]!);
      compare(`QBER ${i}`, sum.errors[i]!, sum.matched[i]!, naive.errors[i]!, naive.matched[i]!);
    }
  });

  it("shows where the closed form is only an average: afterpulses right behind a dead time", () => {
    // A gate just after the dead time is live for certain, and it is then that released carriers come: the closed form,
    // which multiplies averages, expects fewer clicks of the vacuum intensity than the gate-by-gate simulation sees.
    const link = { ...audit, deadGates: 15 };
    const naive = naiveLink(link, false);
    const vacuum = (naive.matched[2]! / naive.sent[2]!) * 2;
    expect(vacuum).toBeGreaterThan(predictLink(link).gains[2]);
  });
});
