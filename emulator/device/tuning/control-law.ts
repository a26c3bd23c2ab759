import type { TUNE_TARGETS } from "../../../protocol/index.ts";
import type { MeasuredGates } from "../measured-gates.ts";
import { decoyRatio, ratioOf } from "../scans/modulator-scan.ts";
import { matchedErrors } from "../scans/phase-scan.ts";

/** What can be adjusted. */
export type TuneTarget = keyof typeof TUNE_TARGETS;

/** What was counted with the setting a step below and a step above. */
export interface Dithered {
  readonly below: MeasuredGates;
  readonly above: MeasuredGates;
}

/** How each setting is dithered, for how much link time, how far it moves at once, and how far it may be from as built. */
export const TUNING = {
  delay: { dither: 5, seconds: 10, mostStep: 20, mostFromBuilt: 60, unit: "ps", stepsPerUnit: 10 },
  phase: { dither: 0.05, seconds: 10, mostStep: 0.2, mostFromBuilt: 0.5, unit: "rad", stepsPerUnit: 1000 },
  modulator: { dither: 0.05, seconds: 60, mostStep: 0.2, mostFromBuilt: 0.5, unit: "V", stepsPerUnit: 1000 },
  bias: { dither: 0.05, seconds: 10, mostStep: 0.1, mostFromBuilt: 0.5, unit: "V", stepsPerUnit: 1000 },
} as const satisfies Readonly<Record<TuneTarget, object>>;

/** Variance of gate and pulse together, ps^2: how the logarithm of the clicks bends over the gates' delay. */
const RESPONSE_PS2 = 4279;
/** Relative change of a detector's clicks for each volt of bias, about its working point. */
const CLICKS_PER_V = 0.233;
/** Turn of the modulator for each volt at its controller, rad. */
const TURN_PER_V = (Math.PI * 0.1) / 10;
/** Fewer clicks on either side tell nothing. */
const LEAST_CLICKS = 1000;

/** Where the optimum lies from the present setting, with the standard uncertainty that the counts leave. */
export interface Step {
  readonly move: number;
  readonly uncertainty: number;
}

/**
 * The way from the present setting to the top of the parabola that both sides lie on, whose bend the device knows: for
 * delay the logarithm of the clicks, for phase the share of errors. The modulator's decoys and the balance of the
 * detectors are straight lines there, whose root it is. Undefined where too little was counted.
 */
export function wayToOptimum(
  target: TuneTarget,
  { below, above }: Dithered,
  intensities: readonly [u: number, v: number, w: number],
): Step | undefined {
  const { dither } = TUNING[target];
  const [under, over] = [below, above].map((side) => (side.clicks[0] ?? 0) + (side.clicks[1] ?? 0));
  if (under === undefined || over === undefined || Math.min(under, over) < LEAST_CLICKS) return undefined;
  switch (target) {
    case "delay": {
      const scale = RESPONSE_PS2 / (2 * dither);
      const slope = Math.log(over / above.gates / (under / below.gates));
      return { move: scale * slope, uncertainty: scale * Math.sqrt(1 / over + 1 / under) };
    }
    case "phase": {
      const share = (side: MeasuredGates) => {
        const { matched, errors } = matchedErrors(side.cells);
        const of = errors / Math.max(1, matched);
        return { of, variance: (of * (1 - of) + 1 / Math.max(1, matched)) / Math.max(1, matched) };
      };
      const [lower, upper] = [share(below), share(above)];
      const bend = Math.sin(dither);
      return {
        move: Math.asin(Math.max(-1, Math.min(1, (lower.of - upper.of) / bend))),
        uncertainty: Math.sqrt(lower.variance + upper.variance) / bend,
      };
    }
    case "modulator": {
      const [lower, upper] = [decoyRatio(below), decoyRatio(above)];
      const [u, v, w] = intensities;
      const angle = Math.asin(Math.sqrt(v / u)) + Math.asin(Math.sqrt(w / u));
      const slope = (2 * TURN_PER_V * ratioOf(intensities)) / Math.tan(angle);
      return {
        move: (ratioOf(intensities) - (lower.ratio + upper.ratio) / 2) / slope,
        uncertainty: Math.sqrt(lower.variance + upper.variance) / 2 / slope,
      };
    }
    case "bias": {
      const zero = (below.clicks[0] ?? 0) + (above.clicks[0] ?? 0);
      const one = (below.clicks[1] ?? 0) + (above.clicks[1] ?? 0);
      // The first detector's trim moves by half of the way, the other's by as much the other way.
      return {
        move: -Math.log(zero / one) / (2 * CLICKS_PER_V),
        uncertainty: Math.sqrt(1 / zero + 1 / one) / (2 * CLICKS_PER_V),
      };
    }
  }
}

/** The step that is made: none within twice the uncertainty, and none longer than allowed. */
export function limitedStep(target: TuneTarget, { move, uncertainty }: Step): number {
  const { mostStep, stepsPerUnit } = TUNING[target];
  if (!(Math.abs(move) > 2 * uncertainty)) return 0;
  return Math.round(Math.max(-mostStep, Math.min(mostStep, move)) * stepsPerUnit) / stepsPerUnit;
}
