import { withContrast, withLink } from "../model/condition.ts";
import { grid, octaves } from "../model/severity-grid.ts";
import { cause } from "./cause.ts";

/**
 * A phase that the tracking loop does not hold: it wanders with this deviation, and where it wanders slowly its mean over a
 * look is off by a share of it (second number).
 */
export const phaseTracking = cause({
  title: "phase that the tracking loop does not hold",
  kind: "honest",
  prior: 2,
  severities: grid(octaves(0.15, 1, 40), [-0.8, -0.4, -0.1, 0.1, 0.4, 0.8]),
  continuous: 2,
  says: (radian) => `phase wanders by ${radian.toFixed(2)} rad`,
  brings(condition, radian, share) {
    const { misalignment } = condition.link;
    const square = radian ** 2;
    // Variance of the cosine of a normal phase.
    const variance = (1 + Math.exp(-2 * square)) / 2 - Math.exp(-square);
    const contrast = 1 - 2 * misalignment.z;
    const worn = withLink(condition, { misalignment: withContrast(misalignment, Math.exp(-square / 2)) });
    return {
      ...worn,
      phaseSine: Math.sin(share * radian) * Math.exp(-square / 2),
      errorScatter: (contrast / 2) * Math.sqrt(Math.max(0, variance)),
    };
  },
  next: "look for vibration and draughts at the interferometers, then check the tracking loop's settings",
});
