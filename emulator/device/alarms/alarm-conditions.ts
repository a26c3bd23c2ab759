import type { AlarmName } from "../../../protocol/index.ts";
import type { Role } from "../device-profile.ts";
import type { LinkReadings } from "../keys/link-readings.ts";
import type { AlarmConditions } from "./alarm-board.ts";

/** Housing temperature beyond which a device protects itself, degrees Celsius. */
export const SHUTDOWN_C = 48;
/** The alarm for dropped frames clears after so many seconds without a drop. */
const DROP_ALARM_S = 5;
/** Below this multiple of the detectors' own clicks there is no signal. */
const LEAST_SIGNAL_TO_DARK = 3;

/** What the alarms that belong to no quantity are judged by. */
export interface AlarmEvidence {
  readonly role: Role;
  /** Calibration and self-test alarms whose test failed last. */
  readonly failed: Iterable<AlarmName>;
  readonly housingC: number;
  readonly fault: string | undefined;
  readonly laserOn: boolean;
  readonly droppedFrames: number;
  readonly secondsSinceDrop: number;
  readonly readings: LinkReadings | null;
  readonly backgroundPerGate: number;
  /** How far tuning has led a setting beyond the allowed, in shares of it; undefined where it has not. */
  readonly tunedTooFar: number | undefined;
}

/** The conditions now present, with the value that each reports. */
export function alarmConditions(seen: AlarmEvidence): AlarmConditions {
  const present = new Map<AlarmName, number>();
  for (const name of seen.failed) present.set(name, 1);
  if (seen.housingC > SHUTDOWN_C) present.set("protectiveShutdown", seen.housingC);
  if (seen.fault !== undefined) present.set("internalFault", 1);
  if (seen.secondsSinceDrop < DROP_ALARM_S) present.set("framesDropped", seen.droppedFrames);
  if (seen.role === "qtx" && !seen.laserOn) present.set("laserOff", 0);
  if (seen.tunedTooFar !== undefined) present.set("tunedTooFar", seen.tunedTooFar);
  const dark = LEAST_SIGNAL_TO_DARK * seen.backgroundPerGate;
  if (seen.role === "qrx" && seen.readings !== null && seen.readings.gain < dark)
    present.set("lossOfSignal", seen.readings.gain);
  return present;
}
