import { happening } from "../declaration.ts";
import { attacks, EVES_THING, fraction, leaves } from "./eavesdropper.ts";

/** Eve keeps a photon of those pulses that have several. */
export const photonSplitting = happening({
  event: "photonSplitting",
  says: "Eve splits photon numbers over a loss-free line",
  fields: { fraction },
  lasts: "maybe",
  attack: true,
  holds: () => EVES_THING,
  course: (event) => ({ begins: attacks({ kind: "photonSplitting", fraction: event.fraction }) }),
  ends: () => leaves("photonSplitting"),
});
