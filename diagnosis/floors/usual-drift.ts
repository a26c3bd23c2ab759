import { type Condition, withLink, withLoss, withReadings } from "../model/condition.ts";
import { overlapAt } from "../model/gate-overlap.ts";
import { intensitiesAtOffset } from "../model/modulator.ts";

/** A part of a link that is never quite where it was: what one standard deviation of it does. */
export interface DriftPart {
  readonly title: string;
  readonly moves: (condition: Condition) => Condition;
}

/**
 * Pulses of a link as built are off the middle of the gates by so much already, and the gates of both detectors apart: what
 * moves the pulses then moves gain and shares at once.
 */
const OFF_CENTRE_PS = 8;
const SKEW_PS = 15;

const moved = (condition: Condition, ps: number): Condition => {
  const share = (half: number) => overlapAt(OFF_CENTRE_PS + ps + half) / overlapAt(OFF_CENTRE_PS + half);
  const [zero, one] = condition.link.detectorEfficiency;
  const detectorEfficiency = [zero * share(SKEW_PS / 2), one * share(-SKEW_PS / 2)] as const;
  return withReadings(withLink(condition, { detectorEfficiency }), { arrivalPs: ps });
};

const brighter = (condition: Condition, db: number): Condition => {
  const [u, v, w] = condition.link.intensities;
  const factor = 10 ** (db / 10);
  const intensities = [u * factor, v * factor, w * factor] as const;
  return withReadings(withLink(condition, { intensities }), { laserDb: db });
};

const efficient =
  (detector: number, share: number): DriftPart["moves"] =>
  (condition) => {
    const [zero, one] = condition.link.detectorEfficiency;
    return withLink(condition, {
      detectorEfficiency: [zero * (detector === 0 ? 1 + share : 1), one * (detector === 1 ? 1 + share : 1)],
    });
  };

/**
 * What moves on every installed link within a day, each part by one standard deviation. Magnitudes are those of units in
 * a rack: assumed, until the link's own soak tells better.
 */
export const USUAL_DRIFT: readonly DriftPart[] = [
  { title: "loss", moves: (link) => withReadings(withLoss(link, 0.05), { classicalDb: -0.05 }) },
  { title: "laser power", moves: (link) => brighter(link, 0.03) },
  { title: "arrival", moves: (link) => moved(link, 10) },
  {
    title: "visibility",
    moves: (link) => {
      const { z, x } = link.link.misalignment;
      return withLink(link, { misalignment: { z: Math.min(0.5, z + 0.001), x: Math.min(0.5, x + 0.001) } });
    },
  },
  {
    title: "modulator bias",
    moves: (link) => {
      const intensities = intensitiesAtOffset(link.link.intensities, 0.05);
      return withReadings(withLink(link, { intensities }), { modulatorV: 0.05 });
    },
  },
  { title: "efficiency of detector 0", moves: efficient(0, 0.005) },
  { title: "efficiency of detector 1", moves: efficient(1, 0.005) },
  { title: "phase", moves: (link) => ({ ...link, phaseSine: 0.01, errorScatter: 0.0005 }) },
];
