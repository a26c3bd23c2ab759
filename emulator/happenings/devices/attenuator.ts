import { CONTROL_RANGES } from "../../optics/control-ranges.ts";
import { happening } from "../declaration.ts";
import { field } from "../field.ts";

/** The attenuator does not do what its setting says, and its reading follows the setting: a sweep shows another slope. */
export const attenuator = happening({
  event: "attenuator",
  says: "the transmitter's attenuator takes more or less than it is set to",
  fields: { dbPerDb: field.number(CONTROL_RANGES.dbPerDb, "what each decibel of `attenuationDb` takes, dB") },
  lasts: "maybe",
  holds: () => "the attenuator",
  course: ({ dbPerDb }) => ({ begins: (state) => ({ ...state, attenuatorDbPerDb: dbPerDb }) }),
  ends: () => (state) => ({ ...state, attenuatorDbPerDb: 1 }),
});
