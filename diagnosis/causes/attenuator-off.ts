import { withLoss, withReadings } from "../model/condition.ts";
import { grid, octaves } from "../model/severity-grid.ts";
import { cause, inDb } from "./cause.ts";

/** Alice's attenuator stands too high. */
export const attenuatorOff = cause({
  title: "attenuator set too high",
  kind: "honest",
  prior: 1,
  severities: grid(octaves(0.5, 10, 26)),
  says: (db) => `${inDb(db)} more attenuation in the transmitter`,
  brings: (condition, db) => withReadings(withLoss(condition, db), { attenuatorDb: db }),
  next: "read attenuationDb at the transmitter; set it back to 0, or calibrate the transmitter's power",
});
