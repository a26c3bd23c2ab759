import { CONTROL_RANGES } from "../../optics/control-ranges.ts";
import { field } from "../field.ts";
import type { Change, PulseAttack } from "../link-state/link-state.ts";

/** Eve does one thing with the pulses at a time. */
export const EVES_THING = "the pulses, as an eavesdropper does,";

/** Of how many pulses she takes hold. */
export const fraction = field.number({ ...CONTROL_RANGES.share, openMin: true }, "of the pulses");

/** She begins this attack, and leaves any other. */
export const attacks =
  (attack: PulseAttack): Change =>
  (state) => ({ ...state, attack });

/** She leaves off, if this is what she does. */
export const leaves =
  (kind: PulseAttack["kind"]): Change =>
  (state) =>
    state.attack?.kind === kind ? { ...state, attack: undefined } : state;
