import { withReadings } from "../model/condition.ts";
import { grid, octaves } from "../model/severity-grid.ts";
import { cause, inDb } from "./cause.ts";

/** Somebody sends light into Alice's output, which her monitor sees beside the laser's. */
export const trojan = cause({
  title: "light sent into the transmitter",
  kind: "attack",
  prior: 0.05,
  severities: grid(octaves(0.4, 35, 24)),
  says: (db) => `output monitor ${inDb(db)} above the laser's own light`,
  brings: (condition, db) => withReadings(condition, { monitorDb: db }),
  next: "quarantine the key of this time; measure the light that comes back out of the transmitter's fibre, and find where it is fed in",
});
