import { withLoss, withReadings } from "../model/condition.ts";
import { grid, octaves } from "../model/severity-grid.ts";
import { cause, inDb } from "./cause.ts";

const PHASES = 16;

/** A loss that comes and goes, as wind on an aerial fibre makes it. */
export const sway = cause({
  title: "loss that swings",
  kind: "honest",
  prior: 2,
  severities: grid(octaves(0.5, 6, 26)),
  says: (db) => `loss swings by ${inDb(db)}`,
  brings(condition, db) {
    let mean = 0;
    let square = 0;
    for (let phase = 0; phase < PHASES; phase++) {
      const swung = (db * (1 + Math.sin((2 * Math.PI * (phase + 0.5)) / PHASES))) / 2;
      const light = 10 ** (-swung / 10);
      mean += light / PHASES;
      square += light ** 2 / PHASES;
    }
    const scatter = Math.sqrt(square - mean ** 2) / mean;
    const dim = withLoss(condition, -10 * Math.log10(mean));
    return { ...withReadings(dim, { classicalDb: -db / 2 }), clickScatter: scatter };
  },
  next: "follow the classical power over a minute: fix the span or connector that moves with wind or vibration",
});
