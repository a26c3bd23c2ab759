import { withLink } from "../model/condition.ts";
import { bothWays, grid, octaves } from "../model/severity-grid.ts";
import { cause } from "./cause.ts";

/** A pulse's intensity depends on the one before it, nearly always a signal: decoy and vacuum move as after a signal. */
export const patternEffect = cause({
  title: "intensities that depend on the pulse before",
  kind: "honest",
  prior: 0.1,
  severities: grid(bothWays(octaves(0.05, 0.4, 8))),
  says: (share) => `decoy and vacuum pulses off by ${(100 * share).toFixed(0)} % after others`,
  brings(condition, share) {
    const { intensities, intensityProbabilities } = condition.link;
    const [u, v, w] = intensities;
    const rare = 1 + share * (1 - intensityProbabilities[0]);
    const decoy = v * (1 + share);
    const intensities2 = [u * rare, Math.min(decoy, 0.95 * u * rare), w * (1 + share)] as const;
    return withLink(condition, { intensities: intensities2 });
  },
  next: "check the drive of the intensity modulator (amplifier supply and current); until then the decoy bounds do not hold",
});
