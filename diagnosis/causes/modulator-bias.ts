import { withLink, withReadings } from "../model/condition.ts";
import { intensitiesAtOffset } from "../model/modulator.ts";
import { bothWays, grid, octaves } from "../model/severity-grid.ts";
import { cause } from "./cause.ts";

/** The intensity modulator is off its working point. */
export const modulatorBias = cause({
  title: "bias of the intensity modulator off its working point",
  kind: "honest",
  prior: 2,
  severities: grid(bothWays(octaves(0.25, 5, 18))),
  says: (volt) => `modulator bias off by ${volt.toFixed(1)} V`,
  brings(condition, volt) {
    const intensities = intensitiesAtOffset(condition.link.intensities, volt);
    return withReadings(withLink(condition, { intensities }), { modulatorV: volt });
  },
  next: "calibrate the transmitter's intensities; if the bias wanders off again, look at the modulator's temperature",
});
