import type { ALARM_SEVERITIES } from "../messages/alarms.ts";
import { ANALOGUE_QUANTITIES } from "./quantities.ts";

/** One alarm: its code is its bit in both alarm bitmaps. */
export interface AlarmDeclaration {
  readonly code: number;
  /** Severity outside the operating range; outside the absolute range every alarm is critical. */
  readonly severity: keyof typeof ALARM_SEVERITIES;
  readonly meaning: string;
}

/** Alarms that belong to no analogue quantity. Level `absolute` for the critical ones, `operating` for the others. */
const CONDITIONS = {
  lossOfSignal: { code: 48, severity: "critical", meaning: "no light arrives from the transmitter" },
  laserOff: { code: 49, severity: "major", meaning: "the signal laser is switched off" },
  framesDropped: { code: 50, severity: "minor", meaning: "raw-key frames were dropped for want of credits" },
  calibrationFailed: { code: 51, severity: "major", meaning: "the last calibration failed" },
  selfTestFailed: { code: 52, severity: "major", meaning: "the last self-test failed" },
  protectiveShutdown: {
    code: 53,
    severity: "critical",
    meaning: "the device switched its optics off to protect them",
  },
  tunedTooFar: {
    code: 55,
    severity: "major",
    meaning: "tuning has led a setting too far from where the device was built",
  },
  internalFault: { code: 54, severity: "critical", meaning: "a part of the device does not work" },
} as const satisfies Readonly<Record<string, AlarmDeclaration>>;

/** Name of an alarm: of the quantity that left its range, or of a condition. */
export type AlarmName = keyof typeof CONDITIONS | keyof typeof ANALOGUE_QUANTITIES;

/** Every alarm, by name. */
export const ALARMS: Readonly<Record<AlarmName, AlarmDeclaration>> = {
  ...(Object.fromEntries(
    Object.entries(ANALOGUE_QUANTITIES).map(([name, { alarmBit, meaning }]) => [
      name,
      { code: alarmBit, severity: "major", meaning: `out of range: ${meaning}` },
    ]),
  ) as Record<keyof typeof ANALOGUE_QUANTITIES, AlarmDeclaration>),
  ...CONDITIONS,
};

const names = new Map((Object.keys(ALARMS) as AlarmName[]).map((name) => [ALARMS[name].code, name]));

/** Name of the alarm with this code, or undefined. */
export const alarmNameOf = (code: number): AlarmName | undefined => names.get(code);

/** Alarm codes are below this. */
export const ALARM_BITS = 64;

/**
 * Discrete inputs (Modbus function 2): bit `operatingAlarms + code` is set while the quantity is outside its
 * operating range, bit `absoluteAlarms + code` while it is outside its absolute range.
 */
export const DISCRETE_INPUTS = { operatingAlarms: 0, absoluteAlarms: ALARM_BITS } as const;

/** Discrete inputs of a device. */
export const DISCRETE_INPUT_COUNT = 2 * ALARM_BITS;
