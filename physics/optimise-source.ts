import { checkLinkParameters } from "./check-link.ts";
import { type DistillationPlan, type FiniteRate, finiteRate } from "./decoy/index.ts";
import type { LinkParameters } from "./link-parameters.ts";
import { maximise } from "./maximise.ts";
import { requireInRange } from "./range.ts";

/** Source settings that give the most key, and that key. */
export interface OptimisedSource {
  /** The link with its intensities u and v, their probabilities and both observers' basis bias replaced; w stays. */
  readonly link: LinkParameters;
  readonly rate: FiniteRate;
}

const SMALLEST_SHARE = 1e-4;
/** More steps find nothing better and last for minutes. */
const MOST_STEPS = 10_000;

/**
 * Chooses signal and decoy intensity, their probabilities and a common basis bias for the greatest finite key rate. The
 * third intensity keeps its mean photon number. Several starts guard against local maxima; a local maximum it remains.
 *
 * @throws ConfigError QKD_PHYSICS_RANGE, QKD_PHYSICS_OVERFLOW for impossible links.
 */
export function optimiseSource(link: LinkParameters, plan: DistillationPlan, steps = 150): OptimisedSource {
  checkLinkParameters(link);
  requireInRange("steps", steps, { min: 1, max: MOST_STEPS, integer: true });
  const w = link.intensities[2];
  const candidate = (point: readonly number[]): LinkParameters => {
    const [u = 0, ratio = 0, decoyShare = 0, vacuumShare = 0, testBias = 0] = point;
    const v = w + ratio * (u - 2 * w) * 0.999;
    const rest = 10 ** decoyShare + 10 ** vacuumShare;
    const scale = rest > 0.98 ? 0.98 / rest : 1;
    const [pv, pw] = [10 ** decoyShare * scale, 10 ** vacuumShare * scale];
    const z = 1 - 10 ** testBias;
    return {
      ...link,
      intensities: [u, v, w],
      intensityProbabilities: [1 - pv - pw, pv, pw],
      aliceZProbability: z,
      bobZProbability: z,
    };
  };
  const floor = Math.log10(SMALLEST_SHARE);
  const box = [
    [Math.max(0.05, 4 * w), 1.2],
    [0.02, 0.98],
    [floor, -0.1],
    [floor, -0.1],
    [-3, Math.log10(0.5)],
  ] as const;
  const value = (point: readonly number[]) => finiteRate(candidate(point), plan).rateBps;
  const starts = [
    [0.45, 0.25, -1.2, -1.3, -1],
    [0.4, 0.5, -0.5, -0.7, -0.8],
    [0.6, 0.15, -2, -2, -1.5],
  ];
  const results = starts.map((start) => maximise(value, start, box, steps));
  const best = results.reduce((a, b) => (value(b) > value(a) ? b : a));
  const optimised = candidate(best);
  return { link: optimised, rate: finiteRate(optimised, plan) };
}
