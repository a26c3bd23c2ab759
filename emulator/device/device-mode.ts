import type { DEVICE_STATES } from "../../protocol/index.ts";
import { Refusal } from "./refusal.ts";

/** What a device is doing. */
export type DeviceState = keyof typeof DEVICE_STATES;

/** What can change it. */
export type ModeInput =
  | "startKeyExchange"
  | "keyExchangeEnded"
  | "startCalibration"
  | "calibrationPassed"
  | "calibrationFailed"
  | "selfTest"
  | "startMeasurement"
  | "measurementEnded"
  | "fault"
  | "reset";

type Row = Readonly<Record<ModeInput, DeviceState | "refuse" | "busy">>;

/** Next state by state and input (SPEC 6.34); inputs that a state ignores lead back to it. */
const TABLE: Readonly<Record<DeviceState, Row>> = {
  idle: {
    startKeyExchange: "online",
    keyExchangeEnded: "idle",
    startCalibration: "calibrating",
    calibrationPassed: "idle",
    calibrationFailed: "idle",
    selfTest: "idle",
    startMeasurement: "calibrating",
    measurementEnded: "idle",
    fault: "error",
    reset: "idle",
  },
  online: {
    startKeyExchange: "online",
    keyExchangeEnded: "idle",
    startCalibration: "refuse",
    calibrationPassed: "online",
    calibrationFailed: "online",
    selfTest: "refuse",
    startMeasurement: "refuse",
    measurementEnded: "online",
    fault: "error",
    reset: "idle",
  },
  calibrating: {
    startKeyExchange: "busy",
    keyExchangeEnded: "calibrating",
    startCalibration: "refuse",
    calibrationPassed: "idle",
    calibrationFailed: "error",
    selfTest: "refuse",
    startMeasurement: "refuse",
    measurementEnded: "idle",
    fault: "error",
    reset: "idle",
  },
  error: {
    startKeyExchange: "refuse",
    keyExchangeEnded: "error",
    startCalibration: "refuse",
    calibrationPassed: "error",
    calibrationFailed: "error",
    selfTest: "refuse",
    startMeasurement: "refuse",
    measurementEnded: "error",
    fault: "error",
    reset: "idle",
  },
};

/** The state after `input`. Throws Refusal busy or wrongState where the state does not allow it. */
export function nextMode(state: DeviceState, input: ModeInput): DeviceState {
  const next = TABLE[state][input];
  if (next === "busy") throw new Refusal("busy", `the device is ${state}`);
  if (next === "refuse") throw new Refusal("wrongState", `not while the device is ${state}`);
  return next;
}
