import { photonEnergyJ, wattsOfDbm } from "../../physics/index.ts";
import { figure, type Quantity } from "../../report/index.ts";
import type { Judgement } from "../limits/judgement.ts";
import { causesOf, gainOf } from "../measuring/gains.ts";
import { mean, standardError } from "../measuring/statistics.ts";
import { unitTime } from "../measuring/unit-time.ts";
import { presetOf } from "../plan/expected-link.ts";
import { longReading, setPhotons } from "./long-reading.ts";
import type { Step, StepContext, StepOutcome } from "./step.ts";

/** Step 11: whether the source sends the mean photon numbers that the proof of security takes for granted. */
export const source: Step = { id: "source", number: 11, name: "step_source", needs: [7], run };

const READS = 10;
const SETTLED_S = 2;
const MU_SHARE = 0.05;
const RATIO_SHARE = 0.03;
/** Lasers of such systems pulse at this rate; a unit with a slower clock picks pulses. */
const LASER_HZ = 1e9;
/** Of a unit that states none: power meters of the trade. */
const USUAL_MU_U = 0.01;

async function run(context: StepContext): Promise<StepOutcome> {
  const photons = await setPhotons(context);
  const reading = await longReading(context);
  const power = await powerReadings(context);
  context.table(
    "11-source",
    ["laserPowerDbm", "attenuatorDb"],
    [[power?.laserDbm ?? null, power?.attenuatorDb ?? null]],
  );
  const ratio = decoyRatio(reading, photons);
  return { judgements: [photonNumber(context, photons, power), judgeRatio(context, photons, ratio)] };
}

interface PowerReadings {
  readonly laserDbm: number;
  readonly attenuatorDb: number;
  readonly uDb: number;
}

async function powerReadings({ alice, signal }: StepContext): Promise<PowerReadings | undefined> {
  const { telemetry } = alice;
  if (telemetry === undefined) return undefined;
  // Instruments tell means over a second: what an earlier step had set has to be out of them.
  await unitTime(alice, SETTLED_S, signal);
  const [laser, attenuator]: [number[], number[]] = [[], []];
  for (let read = 0; read < READS; read++) {
    const { values } = await alice.command("readTelemetry", {}, () => telemetry.read());
    if (values.laserPowerDbm === null || values.attenuatorDb === null) return undefined;
    laser.push(values.laserPowerDbm ?? Number.NaN);
    attenuator.push(values.attenuatorDb ?? Number.NaN);
  }
  return {
    laserDbm: mean(laser),
    attenuatorDb: mean(attenuator),
    uDb: Math.hypot(standardError(laser), standardError(attenuator), 0.005),
  };
}

/** Photons of a signal pulse from the mean power behind the attenuator, which all intensities share. */
function photonNumber(
  { judging, alice, plan }: StepContext,
  photons: readonly [number, number, number],
  power: PowerReadings | undefined,
): Judgement {
  const name = { id: "meanPhotons", text: "check_meanPhotons" } as const;
  if (power === undefined) return judging.notApplicable(name, "why_needsTelemetry");
  const { intensityProbabilities } = presetOf(plan).link;
  const average = photons.reduce((sum, one, index) => sum + one * (intensityProbabilities[index] ?? 0), 0);
  const watts = wattsOfDbm(power.laserDbm - power.attenuatorDb);
  const laserHz = plan.laserHz ?? Math.max(LASER_HZ, alice.device.identity.clockHz);
  const perPulse = watts / laserHz / photonEnergyJ(presetOf(plan).quantumWavelengthNm);
  const value = (perPulse * photons[0]) / average;
  const u =
    value * Math.hypot(alice.description.meanPhotonsUncertainty ?? USUAL_MU_U, (power.uDb * Math.LN10) / 10);
  return judging.measured(
    name,
    { value, unit: "", u, n: READS },
    { low: photons[0] * (1 - MU_SHARE), high: photons[0] * (1 + MU_SHARE), reference: photons[0] },
    { origin: "P", text: "from_source" },
    {
      find: "find_meanPhotons",
      fix: "fix_meanPhotons",
      values: { percent: percentOf(value / photons[0] - 1) },
    },
  );
}

/** v/u from the clicks: what vacuum pulses click, too, is taken off both. */
function decoyRatio(
  reading: Parameters<typeof gainOf>[0],
  [u, , w]: readonly [number, number, number],
): Quantity {
  const [signal, decoy, vacuum] = ([0, 1, 2] as const).map((intensity) =>
    causesOf(gainOf(reading, intensity)),
  );
  if (signal === undefined || decoy === undefined || vacuum === undefined)
    return { value: Number.NaN, u: Number.NaN, unit: "", n: 0 };
  const [top, bottom] = [decoy.value - vacuum.value, signal.value - vacuum.value];
  const share = top / bottom;
  return {
    value: (w + share * (u - w)) / u,
    u: share * Math.hypot(Math.hypot(decoy.u, vacuum.u) / top, Math.hypot(signal.u, vacuum.u) / bottom),
    unit: "",
    n: decoy.n,
  };
}

function judgeRatio(
  { judging }: StepContext,
  [u, v]: readonly [number, number, number],
  measured: Quantity,
): Judgement {
  const reference = v / u;
  return judging.measured(
    { id: "decoyRatio", text: "check_decoyRatio" },
    measured,
    { low: reference * (1 - RATIO_SHARE), high: reference * (1 + RATIO_SHARE), reference },
    { origin: "P", text: "from_source" },
    {
      find: "find_decoyRatio",
      fix: "fix_decoyRatio",
      values: { percent: percentOf(measured.value / reference - 1) },
    },
  );
}

const percentOf = (share: number): string => `${share < 0 ? "−" : "+"}${figure(Math.abs(100 * share), 1)}`;
