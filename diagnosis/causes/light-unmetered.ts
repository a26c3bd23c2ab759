import { backgroundOf } from "../model/background.ts";
import { withLink } from "../model/condition.ts";
import { grid, octaves } from "../model/severity-grid.ts";
import { cause } from "./cause.ts";

/** Light on both detectors that no meter of the link sees; in units of the background as built. */
export const lightUnmetered = cause({
  title: "stray light that no meter sees",
  kind: "honest",
  prior: 2,
  severities: grid(octaves(0.15, 70, 80)),
  says: (times) => `stray light of ${times.toFixed(1)} times the background as built`,
  brings: (condition, times) =>
    withLink(condition, {
      noisePerGate: Math.min(0.4, condition.link.noisePerGate + times * backgroundOf(condition.link)),
    }),
  next: "look for a foreign channel on the fibre and for an open port or bright room at the receiver: cap the input and see whether it goes",
});
