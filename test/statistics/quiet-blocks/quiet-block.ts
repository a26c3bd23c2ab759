import type { BlockReport } from "../../../controller/index.ts";
import { LoadProfile } from "../../../controller/sources/distillation/block/load-profile.ts";
import {
  expectedCounts,
  gatesForBlock,
  type LinkCounts,
  type LinkParameters,
  type LinkPrediction,
  predictLink,
} from "../../../physics/index.ts";
import type { PoissonSampler } from "./poisson-sampler.ts";

/** Photocurrent of 35 fC a click at 1 GHz, nA per click and gate. */
export const CHARGE_NA = 35_000;
const DETECTIONS_A_FRAME = 1 << 20;
const LONGEST_FRAME_S = 0.25;

/** A link without anybody on it, ready for blocks of one size. */
export interface QuietLink {
  readonly link: LinkParameters;
  readonly gates: number;
  readonly all: LinkPrediction;
  /** Means of a block, and of the same without afterpulses. */
  readonly mean: LinkCounts;
  readonly first: LinkCounts;
  readonly firstClicks: number;
}

export function quietLink(link: LinkParameters, blockBits: number): QuietLink {
  const all = predictLink(link);
  const gates = Math.round(gatesForBlock(all, blockBits));
  const bare = { ...link, afterpulseProbability: 0 };
  const none = predictLink(bare);
  return {
    link,
    gates,
    all,
    mean: expectedCounts(link, gates, all),
    first: expectedCounts(bare, gates, none),
    firstClicks: gates * none.clicksPerGate,
  };
}

/**
 * A block of a quiet link by its closed form: every count a Poisson number of its mean, afterpulses as many as the
 * clicks of the block bring, whatever they meet. The detectors of all presets are alike, so half of the bits are 1.
 */
export function quietBlock(quiet: QuietLink, random: PoissonSampler): BlockReport {
  const { link, gates, all, mean, first, firstClicks } = quiet;
  const sent = mean.sent.map((pulses) => random.draw(pulses));
  const moreSent = (index: number) => (sent[index] ?? 0) / (mean.sent[index] ?? 1);
  // The bits of a basis and intensity: right and wrong, 0 and 1.
  const cells = first.sifted.map((sifted, index) => {
    const wrong = first.errors[index] ?? 0;
    const halves = [sifted - wrong, sifted - wrong, wrong, wrong].map((count) => count / 2);
    return halves.map((half) => random.draw(half * moreSent(index)));
  });
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const matched = sum(first.sifted);
  const unmatched = random.draw(firstClicks - matched);
  const firsts = sum(cells.map(sum)) + unmatched;
  const busier = firsts / firstClicks;
  for (const [index, cell] of cells.entries()) {
    const extra = Math.max(0, (mean.sifted[index] ?? 0) - (first.sifted[index] ?? 0)) * busier;
    const wrong = Math.min(
      extra,
      Math.max(0, (mean.errors[index] ?? 0) - (first.errors[index] ?? 0)) * busier,
    );
    const halves = [extra - wrong, extra - wrong, wrong, wrong].map((count) => (count / 2) * moreSent(index));
    for (const [at, half] of halves.entries()) cell[at] = (cell[at] ?? 0) + random.draw(half);
  }
  const unmatchedMean = Math.max(0, gates * all.clicksPerGate - sum(mean.sifted) - (firstClicks - matched));
  const detections = sum(cells.map(sum)) + unmatched + random.draw(unmatchedMean * busier);
  const ones = (from: number) =>
    sum(cells.slice(from, from + 3).map((cell) => (cell[1] ?? 0) + (cell[3] ?? 0)));
  const photocurrentNa = (CHARGE_NA * detections) / gates;
  const zeros = { z: 0, x: 0 };
  return {
    sequence: 1,
    blockId: "",
    frames: 1,
    gates: BigInt(gates),
    detections,
    siftedZ: sum(cells.slice(0, 3).map(sum)),
    siftedX: sum(cells.slice(3).map(sum)),
    qber: zeros,
    counts: {
      sent,
      sifted: cells.map(sum),
      errors: cells.map((cell) => (cell[2] ?? 0) + (cell[3] ?? 0)),
    },
    leakBits: 0,
    reconciliationEfficiency: 1,
    reconciliationEfficiencyBothWays: 1,
    singlePhotonBits: 0,
    phaseErrorRate: 0,
    secretBits: 0,
    epsilon: { secrecy: 0, correctness: 0, authentication: 0 },
    aborted: null,
    doubleClicks: random.draw(gates * all.doubleClicksPerGate),
    photocurrentNa,
    photocurrentPeakNa: photocurrentNa,
    load: loadOf(link, gates, detections, random),
    ones: { z: ones(0), x: ones(3) },
    openedAtMs: 0,
    collectedAtMs: 0,
  };
}

/** The detections over frames of a million, or of a quarter of a second, as chance spreads them. */
function loadOf(link: LinkParameters, gates: number, detections: number, random: PoissonSampler) {
  const longest = Math.min((DETECTIONS_A_FRAME * gates) / detections, link.clockHz * LONGEST_FRAME_S);
  const frames = Math.ceil(gates / longest);
  const profile = new LoadProfile();
  let [gatesLeft, left] = [gates, detections];
  for (let frame = 0; frame < frames; frame++) {
    const here = frame === frames - 1 ? gatesLeft : Math.min(gatesLeft, Math.round(longest));
    const seen = frame === frames - 1 ? left : Math.min(left, random.draw((left * here) / gatesLeft));
    profile.add(here, seen);
    gatesLeft -= here;
    left -= seen;
  }
  return profile.shares;
}
