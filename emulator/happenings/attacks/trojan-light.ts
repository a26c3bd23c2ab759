import { CONTROL_RANGES } from "../../optics/control-ranges.ts";
import { happening } from "../declaration.ts";
import { field } from "../field.ts";

/** Somebody looks into Alice's device with light. */
export const trojanLight = happening({
  event: "trojanLight",
  says: "somebody sends light into Alice's output",
  fields: { dbm: field.number(CONTROL_RANGES.trojanLightDbm, "at her monitor, dBm") },
  lasts: "maybe",
  attack: true,
  holds: () => "Alice's output",
  course: ({ dbm }) => ({ begins: (state) => ({ ...state, trojanLightDbm: dbm }) }),
  ends: () => (state) => ({ ...state, trojanLightDbm: undefined }),
});
