import { NOMINAL_EXCESS_V, withReadings } from "../model/condition.ts";
import { withExcessBias } from "../model/detector-bias.ts";
import { bothWays, grid, octaves } from "../model/severity-grid.ts";
import { cause } from "./cause.ts";

/** Detectors that are set to another bias (second number 1), or whose supply gives more than it is set to (0). */
export const detectorBias = cause({
  title: "detector bias set off its working point",
  kind: "honest",
  prior: 2,
  severities: [grid(bothWays(octaves(0.2, 2, 14)), [1]), grid(octaves(0.2, 2, 14), [0])].flat(),
  says: (volt) => `detector bias off by ${volt.toFixed(2)} V`,
  brings(condition, volt, set) {
    const excessV = NOMINAL_EXCESS_V + volt;
    return withReadings(withExcessBias(condition, excessV), {
      biasV: volt,
      biasSetV: volt * set,
      afterpulsing: Math.log(excessV / NOMINAL_EXCESS_V),
    });
  },
  next: "set detectorBiasV back to the value of the commissioning report, then calibrate the receiver",
});
