import { withLink } from "../model/condition.ts";
import { grid, octaves } from "../model/severity-grid.ts";
import { cause } from "./cause.ts";

/** Interferometers that lose contrast: both bases suffer alike. */
export const visibilityLoss = cause({
  title: "loss of interference visibility",
  kind: "honest",
  prior: 3,
  severities: grid(octaves(0.015, 0.25, 26)),
  says: (lost) => `visibility down by ${(100 * lost).toFixed(1)} %`,
  brings(condition, lost) {
    const worn = (wrong: number) => Math.min(0.5, wrong + lost / 2);
    const { z, x } = condition.link.misalignment;
    return withLink(condition, { misalignment: { z: worn(z), x: worn(x) } });
  },
  next: "calibrate phase and polarisation; check the interferometers' temperatures against the commissioning report, then have them realigned",
});
