import { ALARMS } from "../../protocol/index.ts";

/** Codes of all alarms that the protocol has. */
const ALARM_CODES: readonly number[] = Object.values(ALARMS)
  .map(({ code }) => code)
  .sort((a, b) => a - b);

/** Alarms that a run has not raised, and so has not proved. */
export const untestedAlarms = (raised: readonly number[]): readonly number[] =>
  ALARM_CODES.filter((code) => !raised.includes(code));
