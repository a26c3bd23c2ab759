import {
  INPUT_REGISTERS,
  type RegisterName,
  type RegisterValues,
  registerLevel,
} from "../../../protocol/index.ts";
import type { LinkReadings } from "../keys/link-readings.ts";
import type { CalibrationStep, StepFinding } from "./calibration-run.ts";

/** The quantity that decides each step which the device judges by its own readings. */
const DECIDING: Readonly<Partial<Record<CalibrationStep, RegisterName>>> = {
  init: "internalTemperatureC",
  laser: "laserPowerDbm",
  attenuator: "attenuatorDb",
  photonsPerPulse: "monitorPowerDbm",
};
/** A receiver that sees less than this multiple of its own clicks sees nothing to align to. */
const LEAST_SIGNAL_TO_DARK = 3;

/** What a calibration step finds: the light it needs, the quantity it sets. Steps without light fail and say so. */
export function measureStep(
  step: CalibrationStep,
  values: RegisterValues,
  link: LinkReadings | null,
  backgroundPerGate: number,
): StepFinding | undefined {
  const quantity = DECIDING[step];
  if (quantity !== undefined) {
    const { unit, meaning } = INPUT_REGISTERS[quantity];
    const value = values[quantity] ?? 0;
    const good = values[quantity] == null || registerLevel(INPUT_REGISTERS[quantity], value) === "ok";
    return finding(good, value, unit, `${meaning} ${good ? "is in order" : "is out of range"}`);
  }
  if (link === null) return undefined;
  const { gain } = link;
  if (gain < LEAST_SIGNAL_TO_DARK * backgroundPerGate) return finding(false, gain, "", "no light arrives");
  return finding(true, gain, "", "light arrives");
}

function finding(passed: boolean, value: number, unit: string, text: string): StepFinding {
  return { outcome: passed ? "passed" : "failed", value, unit, text, sets: [] };
}
