import { withLoss } from "../model/condition.ts";
import { broadeningLossDb } from "../model/gate-overlap.ts";
import { grid, octaves } from "../model/severity-grid.ts";
import { cause } from "./cause.ts";

/** Pulses that the fibre broadens beyond the gates: to the counts, a loss of the quantum path. */
export const dispersion = cause({
  title: "pulses broader than the gates",
  kind: "honest",
  prior: 0.3,
  severities: grid(octaves(25, 200, 12)),
  says: (ps) => `pulses broadened by ${ps.toFixed(0)} ps`,
  brings: (condition, ps) => withLoss(condition, broadeningLossDb(ps)),
  next: "compare the width of the delay scan with the commissioning report; a longer path or a missing compensator broadens pulses",
});
