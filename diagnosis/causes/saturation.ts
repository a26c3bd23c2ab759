import { NOMINAL_EXCESS_V, withReadings } from "../model/condition.ts";
import { withExcessBias } from "../model/detector-bias.ts";
import { grid, octaves } from "../model/severity-grid.ts";
import { cause } from "./cause.ts";

/** The current of the clicks pulls the bias down; a supply that measures itself may not see it (second number 0). */
export const saturation = cause({
  title: "detector bias that sags under the clicks",
  kind: "honest",
  prior: 1,
  severities: grid(octaves(0.06, 1.6, 26), [0, 1]),
  says: (volt) => `bias ${volt.toFixed(2)} V below its set point`,
  brings(condition, volt, metered) {
    const excessV = NOMINAL_EXCESS_V - volt;
    return withReadings(withExcessBias(condition, excessV), {
      biasV: -volt * metered,
      afterpulsing: Math.log(excessV / NOMINAL_EXCESS_V),
    });
  },
  next: "compare the bias at full light and with the laser off: if it recovers, the supply's resistance has grown, else the supply is weak",
});
