import { describe, expect, it } from "vitest";
import { type DeviceState, type ModeInput, nextMode } from "./device-mode.ts";

const outcome = (state: DeviceState, input: ModeInput): string => {
  try {
    return nextMode(state, input);
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe("device states", () => {
  it.each<[DeviceState, ModeInput, string]>([
    ["idle", "startKeyExchange", "online"],
    ["online", "startKeyExchange", "online"],
    ["calibrating", "startKeyExchange", "busy"],
    ["error", "startKeyExchange", "wrongState"],
    ["idle", "startCalibration", "calibrating"],
    ["online", "startCalibration", "wrongState"],
    ["calibrating", "startCalibration", "wrongState"],
    ["error", "startCalibration", "wrongState"],
    ["idle", "selfTest", "idle"],
    ["online", "selfTest", "wrongState"],
    ["calibrating", "selfTest", "wrongState"],
    ["calibrating", "calibrationPassed", "idle"],
    ["calibrating", "calibrationFailed", "error"],
    ["idle", "startMeasurement", "calibrating"],
    ["online", "startMeasurement", "wrongState"],
    ["calibrating", "startMeasurement", "wrongState"],
    ["error", "startMeasurement", "wrongState"],
    ["calibrating", "measurementEnded", "idle"],
    ["error", "measurementEnded", "error"],
    ["online", "keyExchangeEnded", "idle"],
    ["online", "fault", "error"],
    ["error", "keyExchangeEnded", "error"],
    ["error", "reset", "idle"],
    ["calibrating", "reset", "idle"],
  ])("%s, %s: %s", (state, input, expected) => {
    expect(outcome(state, input)).toBe(expected);
  });
});
