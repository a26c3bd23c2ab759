import {
  type LinkParameters,
  type LinkPrediction,
  lossOfTransmittance,
  type PerBasis,
  type PerIntensity,
  predictLink,
  transmittanceOfLoss,
} from "../../../physics/index.ts";
import type { LoadShare } from "../../sources/distillation/block-report.ts";

/** What the closed form says of a block whose light varied as its load profile shows. Sums over all gates. */
export interface LoadedLink {
  readonly gates: number;
  /** Clicks per gate of a pulse of intensity u, v, w where Bob measures its basis. */
  readonly gains: PerIntensity;
  readonly qber: PerBasis;
  /** Double clicks, if the light was even within each frame; uneven light makes more. */
  readonly doubleClicks: number;
  /** Transmittance of fibre and receiver optics, mean over the gates, nothing where the receiver is blind. */
  readonly transmittance: number;
  /** Background clicks per gate, dark counts and afterpulses. */
  readonly background: number;
}

/** Least background that is left of a link when less light than expected came in the dark. */
const LEAST_BACKGROUND = 1e-9;
/** Secant steps for a transmittance; clicks are nearly proportional to it. */
const MAX_STEPS = 12;
const PRECISION = 1e-6;

/**
 * The link under the light that really arrived: for each share of the gates the fibre's loss is the one that explains
 * its detections, with `extraPerGate` background clicks per gate (both detectors) more, or fewer, than the link's own.
 */
export function loadedLink(
  link: LinkParameters,
  load: readonly LoadShare[],
  extraPerGate: number,
): LoadedLink {
  const total = { gates: 0, doubleClicks: 0, transmittance: 0, background: 0 };
  const efficiency = (link.detectorEfficiency[0] + link.detectorEfficiency[1]) / 2;
  const gains = [0, 0, 0] as [number, number, number];
  const sifted = { z: 0, x: 0 };
  const errors = { z: 0, x: 0 };
  for (const share of load) {
    const { gates } = share;
    const prediction = atRate(link, share.detections / gates, extraPerGate);
    total.gates += gates;
    total.doubleClicks += gates * prediction.doubleClicksPerGate;
    total.transmittance += (gates * prediction.liveFraction * prediction.systemTransmittance) / efficiency;
    total.background +=
      gates * prediction.liveFraction * (prediction.background[0] + prediction.background[1]);
    for (const k of [0, 1, 2] as const) gains[k] += gates * prediction.gains[k];
    for (const basis of ["z", "x"] as const) {
      const clicks = gates * prediction.siftedPerGate[basis];
      sifted[basis] += clicks;
      errors[basis] += clicks * prediction.qber[basis];
    }
  }
  const gates = Math.max(1, total.gates);
  const rate = (basis: "z" | "x") => (sifted[basis] > 0 ? errors[basis] / sifted[basis] : 0.5);
  return {
    gates: total.gates,
    gains: [gains[0] / gates, gains[1] / gates, gains[2] / gates],
    qber: { z: rate("z"), x: rate("x") },
    doubleClicks: total.doubleClicks,
    transmittance: total.transmittance / gates,
    background: total.background / gates,
  };
}

/** The link with another background: noise light where there is more, weaker dark counts where there is less. */
export function withExtra(link: LinkParameters, extraPerGate: number): LinkParameters {
  if (extraPerGate >= 0) return { ...link, noisePerGate: Math.min(0.5, link.noisePerGate + extraPerGate) };
  const [dark0, dark1] = link.darkCountsPerGate;
  const floor = dark0 + dark1 + link.noisePerGate;
  const left = Math.max(LEAST_BACKGROUND, floor + extraPerGate) / Math.max(LEAST_BACKGROUND, floor);
  return {
    ...link,
    darkCountsPerGate: [dark0 * left, dark1 * left],
    noisePerGate: link.noisePerGate * left,
  };
}

/** The prediction whose clicks per gate are `rate`; no light where even the background explains more. */
function atRate(link: LinkParameters, rate: number, extraPerGate: number): LinkPrediction {
  const floor = link.darkCountsPerGate[0] + link.darkCountsPerGate[1] + link.noisePerGate;
  // What a live gate sees: clicks per gate are fewer by the gates in which the receiver is blind.
  const seen = rate / Math.max(1e-9, 1 - link.deadGates * rate);
  const background = withExtra(link, Math.min(extraPerGate, Math.max(0, seen - floor)));
  const at = (transmittance: number) =>
    predictLink({ ...background, channelLossDb: Math.min(200, lossOfTransmittance(transmittance)) });
  let low = 0;
  let lowest = at(1e-20);
  let high = transmittanceOfLoss(link.channelLossDb);
  let highest = at(high);
  if (!(rate > lowest.clicksPerGate)) return lowest;
  for (let step = 0; step < MAX_STEPS; step++) {
    const error = highest.clicksPerGate - rate;
    if (Math.abs(error) <= PRECISION * rate) break;
    const slope = (highest.clicksPerGate - lowest.clicksPerGate) / (high - low);
    const next = Math.min(1, Math.max(1e-20, high - error / slope));
    if (next === high || !Number.isFinite(next)) break;
    [low, lowest] = [high, highest];
    high = next;
    highest = at(next);
  }
  return highest;
}
