import { withLink, withReadings } from "../model/condition.ts";
import { grid, octaves } from "../model/severity-grid.ts";
import { cause } from "./cause.ts";

/**
 * Detectors that are not cold enough. What doubles their dark counts is not the same for all (second number), nor how much of
 * the background as built was dark counts at all (third).
 */
export const warmDetector = cause({
  title: "warm detectors",
  kind: "honest",
  prior: 3,
  severities: grid(octaves(3, 35, 16), [8.5, 10, 12], [1, 0.4, 0.1]),
  says: (kelvin) => `detectors ${kelvin.toFixed(0)} K warmer`,
  brings(condition, kelvin, doublingK, dark) {
    const factor = 1 + dark * (2 ** (kelvin / doublingK) - 1);
    const [zero, one] = condition.link.darkCountsPerGate;
    const darkCountsPerGate = [Math.min(0.4, zero * factor), Math.min(0.4, one * factor)] as const;
    return withReadings(withLink(condition, { darkCountsPerGate }), { detectorC: kelvin });
  },
  next: "check the air around the receiver, its fans and filters; if the housing is cool, the detectors' cooler is failing",
});
