import { withLink, withReadings } from "../model/condition.ts";
import { grid, octaves } from "../model/severity-grid.ts";
import { cause, inDb } from "./cause.ts";

/** A laser that gives less light. */
export const weakLaser = cause({
  title: "weak signal laser",
  kind: "honest",
  prior: 2,
  severities: grid(octaves(0.5, 8, 26)),
  says: (db) => `${inDb(db)} less laser power`,
  brings(condition, db) {
    const [u, v, w] = condition.link.intensities;
    const share = 10 ** (-db / 10);
    const dim = withLink(condition, { intensities: [u * share, v * share, w * share] });
    return withReadings(dim, { laserDb: -db });
  },
  next: "compare the laser's bias current and temperature with the commissioning report; calibrate the transmitter, or have the laser replaced",
});
