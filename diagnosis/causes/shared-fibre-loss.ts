import { withLoss, withReadings } from "../model/condition.ts";
import { grid, octaves } from "../model/severity-grid.ts";
import { cause, inDb } from "./cause.ts";

/** Loss that quantum and classical channels share. */
export const sharedFibreLoss = cause({
  title: "more loss of the fibre",
  kind: "honest",
  prior: 6,
  severities: grid(octaves(0.5, 12, 26)),
  says: (db) => `${inDb(db)} more loss, of the classical channels too`,
  brings: (condition, db) => withReadings(withLoss(condition, db), { classicalDb: -db }),
  next: "look for a bend, a dirty or loose connector or a bad splice on the fibre: clean, inspect, then an OTDR trace",
});
