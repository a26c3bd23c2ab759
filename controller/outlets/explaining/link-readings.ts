import type { LinkReadings } from "../../../diagnosis/index.ts";
import type { RegisterValues } from "../../../protocol/index.ts";

/** Telemetry of both ends and what the receiver's bias is set to, as far as they are there. */
export interface ReadRegisters {
  readonly alice: RegisterValues | undefined;
  readonly bob: RegisterValues | undefined;
  readonly biasSetV: number | null;
}

/** The readings that a diagnosis looks at, out of the registers of both ends. */
export function linkReadings(read: ReadRegisters): LinkReadings {
  const { alice = {}, bob = {}, biasSetV } = read;
  const metered = read.alice !== undefined || read.bob !== undefined;
  // Both ends read what arrives at them; the receiver's end is where the quantum channel arrives, too.
  const classical = [bob, alice]
    .map((values) => [
      values.classical1PowerDbm,
      values.classical2PowerDbm,
      values.classical3PowerDbm,
      values.classical4PowerDbm,
    ])
    .map((powers) => powers.filter((power) => power !== null && power !== undefined));
  return {
    classicalDbm: metered ? (classical.find((powers) => powers.length > 0) ?? []) : null,
    laserDbm: alice.laserPowerDbm ?? null,
    attenuatorDb: alice.attenuatorDb ?? null,
    monitorDbm: alice.monitorPowerDbm ?? null,
    modulatorV: alice.modulatorBiasV ?? null,
    detectorC: mean(bob.detector0TemperatureC, bob.detector1TemperatureC),
    biasV: mean(bob.detector0BiasV, bob.detector1BiasV),
    biasSetV,
    arrivalPs: registerOf(bob, "arrivalOffsetPs"),
    afterpulseProbability: perMillion(registerOf(bob, "afterpulsePpm")),
  };
}

/** A register that not every version of the map has. */
export function registerOf(values: RegisterValues, name: string): number | null {
  return (values as Readonly<Record<string, number | null | undefined>>)[name] ?? null;
}

const perMillion = (ppm: number | null): number | null => (ppm === null ? null : ppm / 1e6);

function mean(one: number | null | undefined, other: number | null | undefined): number | null {
  const values = [one, other].filter((value) => value !== null && value !== undefined);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
