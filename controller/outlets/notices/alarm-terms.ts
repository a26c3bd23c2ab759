import type { AlarmGroup, AlarmLevel, AlarmView } from "../api/index.ts";
import type { AlarmState } from "./notice.ts";

/** Perceived severity by ITU-T X.733: beyond the operating range `minor`, beyond the absolute one `major`. */
export type PerceivedSeverity = "cleared" | "minor" | "major";

const SEVERITY: Readonly<Record<AlarmLevel, PerceivedSeverity>> = { warn: "minor", bad: "major" };

/** Probable causes and types of events by the names of IANA-ITU-ALARM-TC-MIB (ITU-T X.733, X.736). */
const OF_GROUP: Readonly<Record<AlarmGroup, readonly [cause: string, event: string]>> = {
  qber: ["excessiveBER", "communicationsAlarm"],
  light: ["degradedSignal", "communicationsAlarm"],
  unit: ["equipmentMalfunction", "equipmentAlarm"],
  delivery: ["performanceDegraded", "qualityOfServiceAlarm"],
};
const OF_ALARM: Readonly<Record<string, readonly [cause: string, event: string] | undefined>> = {
  linkDown: ["lossOfSignal", "communicationsAlarm"],
  lossOfSignal: ["lossOfSignal", "communicationsAlarm"],
  peerUnreachable: ["communicationsSubsystemFailure", "communicationsAlarm"],
  eavesdropperSuspected: ["intrusionDetection", "physicalViolation"],
};

/** An alarm in the terms of network management. */
export interface AlarmTerms {
  readonly severity: PerceivedSeverity;
  readonly probableCause: string;
  readonly eventType: string;
}

/** The terms that an alarm has in a state. */
export function alarmTerms({ name, level, group }: AlarmView, state: AlarmState): AlarmTerms {
  const own = Object.hasOwn(OF_ALARM, name) ? OF_ALARM[name] : undefined;
  const [probableCause, eventType] = own ?? OF_GROUP[group];
  return { severity: state === "cleared" ? "cleared" : SEVERITY[level], probableCause, eventType };
}
