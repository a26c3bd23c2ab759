import { backgroundOf } from "../model/background.ts";
import { withLink } from "../model/condition.ts";
import { grid, octaves } from "../model/severity-grid.ts";
import { cause } from "./cause.ts";

/** One detector with more dark counts; in units of the background as built. */
export const noisyDetector = cause({
  title: "one noisy detector",
  kind: "honest",
  prior: 1.5,
  severities: grid(octaves(0.1, 60, 60), [0, 1]),
  says: (times, detector) =>
    `detector ${detector} has ${times.toFixed(1)} times the background as built on top`,
  brings(condition, times, detector) {
    const [zero, one] = condition.link.darkCountsPerGate;
    const more = times * backgroundOf(condition.link);
    const noisy = (dark: number, is: boolean) => (is ? Math.min(0.4, dark + more) : dark);
    return withLink(condition, {
      darkCountsPerGate: [noisy(zero, detector === 0), noisy(one, detector === 1)],
    });
  },
  next: "switch the laser off and compare the dark counts of both detectors with the commissioning report; have the noisy one replaced",
});
