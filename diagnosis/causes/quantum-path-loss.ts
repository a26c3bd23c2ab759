import { withLoss } from "../model/condition.ts";
import { grid, octaves } from "../model/severity-grid.ts";
import { cause, inDb } from "./cause.ts";

/** Loss that the quantum channel has for itself: between multiplexer and detectors. */
export const quantumPathLoss = cause({
  title: "more loss of the quantum path alone",
  kind: "honest",
  prior: 3,
  severities: grid(octaves(0.5, 12, 26)),
  says: (db) => `${inDb(db)} more loss, none of it in the classical channels`,
  brings: (condition, db) => withLoss(condition, db),
  next: "clean and inspect the patch cords between multiplexer and quantum port at both ends, then check filter and multiplexer",
});
