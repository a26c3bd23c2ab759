import { withLink } from "../model/condition.ts";
import { grid, octaves } from "../model/severity-grid.ts";
import { cause } from "./cause.ts";

/** One detector with more dark counts. */
export const noisyDetector = cause({
  title: "one noisy detector",
  kind: "honest",
  prior: 1.5,
  severities: grid(octaves(2, 60, 60), [0, 1]),
  says: (factor, detector) => `dark counts of detector ${detector} times ${factor.toFixed(1)}`,
  brings(condition, factor, detector) {
    const [zero, one] = condition.link.darkCountsPerGate;
    const noisy = (dark: number, is: boolean) => (is ? Math.min(0.4, dark * factor) : dark);
    return withLink(condition, {
      darkCountsPerGate: [noisy(zero, detector === 0), noisy(one, detector === 1)],
    });
  },
  next: "switch the laser off and compare the dark counts of both detectors with the commissioning report; have the noisy one replaced",
});
