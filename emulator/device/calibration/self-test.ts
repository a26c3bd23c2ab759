import {
  INPUT_REGISTERS,
  type RegisterName,
  type RegisterValues,
  registerLevel,
  type TEST_OUTCOMES,
} from "../../../protocol/index.ts";
import type { Role } from "../device-profile.ts";

/** One line of a self-test. */
export interface TestResult {
  readonly name: string;
  readonly outcome: keyof typeof TEST_OUTCOMES;
  readonly value: number;
  readonly unit: string;
  readonly text: string;
}

/** Quantities that each test judges: inside the operating range passes. */
const TESTS: Readonly<Record<Role, Readonly<Record<string, RegisterName>>>> = {
  qtx: {
    supply: "modulatorAmplifierV",
    laser: "laserPowerDbm",
    "laser cooler": "laserTemperatureC",
    attenuator: "attenuatorDb",
    modulator: "modulatorBiasV",
    interferometer: "interferometerTemperatureC",
    housing: "internalTemperatureC",
  },
  qrx: {
    "detector 0 cooler": "detector0TemperatureC",
    "detector 0 bias": "detector0BiasV",
    "detector 0 clicks": "detector0CountRateHz",
    "detector 1 cooler": "detector1TemperatureC",
    "detector 1 bias": "detector1BiasV",
    "detector 1 clicks": "detector1CountRateHz",
    monitor: "monitorPhotocurrentNa",
    interferometer: "interferometerTemperatureC",
    housing: "internalTemperatureC",
  },
};

/** Judges the device's parts by its own readings; a part without a reading was not run. */
export function runSelfTest(role: Role, values: RegisterValues): TestResult[] {
  return Object.entries(TESTS[role]).map(([name, quantity]) => {
    const declaration = INPUT_REGISTERS[quantity];
    const value = values[quantity] ?? null;
    if (value === null)
      return { name, outcome: "notRun", value: 0, unit: declaration.unit, text: "no reading yet" };
    const level = registerLevel(declaration, value);
    const text = level === "ok" ? "in order" : `${declaration.meaning} is out of range`;
    return { name, outcome: level === "ok" ? "passed" : "failed", value, unit: declaration.unit, text };
  });
}
