import { withLink } from "../model/condition.ts";
import { grid, octaves } from "../model/severity-grid.ts";
import { cause } from "./cause.ts";

/** Light on both detectors that no meter of the link sees; in units of the dark counts as built. */
export const lightUnmetered = cause({
  title: "stray light that no meter sees",
  kind: "honest",
  prior: 2,
  severities: grid(octaves(1, 70, 80)),
  says: (times) => `background light of ${times.toFixed(1)} times the dark counts`,
  brings(condition, times) {
    const { darkCountsPerGate, noisePerGate } = condition.link;
    const dark = darkCountsPerGate[0] + darkCountsPerGate[1];
    return withLink(condition, { noisePerGate: Math.min(0.4, noisePerGate + dark * times) });
  },
  next: "look for a foreign channel on the fibre and for an open port or bright room at the receiver: cap the input and see whether it goes",
});
