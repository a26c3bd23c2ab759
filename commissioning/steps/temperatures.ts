import { setTimeout as sleep } from "node:timers/promises";
import { INPUT_REGISTERS, type RegisterName, registerLevel } from "../../protocol/index.ts";
import { figure } from "../../report/index.ts";
import type { Judgement } from "../limits/judgement.ts";
import { readPair } from "../measuring/read-pair.ts";
import { straightLine } from "../measuring/statistics.ts";
import type { Unit } from "../units/unit.ts";
import { atSite, type Step, type StepContext, type StepOutcome } from "./step.ts";

/**
 * Step 5: whether the units have settled. Time goes by the units' own clocks, while they count photons as in operation:
 * an idle unit is cooler.
 */
export const temperatures: Step = {
  id: "temperatures",
  number: 5,
  name: "step_temperatures",
  needs: [1],
  run,
};

const WATCHED_S = 60;
const EVERY_MS = 500;
/** Regulated parts hold their temperature; a housing follows the room within its own bounds. */
const REGULATED_K_PER_MIN = 0.1;
const HOUSING_K_PER_MIN = 0.3;
/** The least that a reading is off: converters of housings show hundredths, with some noise. */
const READING_U_K = 0.02;

interface Watched {
  readonly unit: Unit;
  readonly uptimeS: number[];
  readonly housingC: number[];
  readonly regulatedC: number[];
}

async function run(context: StepContext): Promise<StepOutcome> {
  const { units, known, judging, say } = context;
  const watched = units.map((unit): Watched => ({ unit, uptimeS: [], housingC: [], regulatedC: [] }));
  await watchWhileCounting(context, watched);
  context.table(
    "05-temperatures",
    ["unit", "uptimeS", "housingC", "regulatedC"],
    watched.flatMap(({ unit, uptimeS, housingC, regulatedC }) =>
      uptimeS.map((time, index) => [unit.site, time, housingC[index] ?? null, regulatedC[index] ?? null]),
    ),
  );
  const span = (values: readonly number[]) => [Math.min(...values), Math.max(...values)] as const;
  const [alice, bob] = watched;
  known.housing = { alice: span(alice?.housingC ?? []), bob: span(bob?.housingC ?? []) };
  const outside = await Promise.all(units.map(readingsOutside));
  return {
    judgements: watched.flatMap((one, index): Judgement[] => {
      const at = atSite(one.unit.site);
      const readings = outside[index];
      const range = { id: `range${at}`, text: `check_range${at}` } as const;
      return [
        slope(context, one, "housing"),
        slope(context, one, "regulated"),
        readings === undefined
          ? judging.notApplicable(range, "why_needsTelemetry")
          : judging.stated(
              range,
              readings.length === 0,
              {
                measured: readings.length === 0 ? say("shown_none") : readings.join(", "),
                limit: say("shown_none"),
              },
              { origin: "D", text: "from_device" },
              { find: "find_range", fix: "fix_range", values: { unit: at, readings: readings.join(", ") } },
            ),
      ];
    }),
  };
}

/** Looks at both units again and again until their own clocks have gone a minute on. */
async function watchWhileCounting(context: StepContext, watched: readonly Watched[]): Promise<void> {
  const { alice, bob, signal } = context;
  const enough = new AbortController();
  const either = AbortSignal.any([signal, enough.signal]);
  const counting = readPair(alice, bob, {}, either).catch((error: unknown) => {
    if (!enough.signal.aborted) throw error;
  });
  const watching = (async () => {
    try {
      while (!either.aborted && !watched.every(isLongEnough)) {
        await Promise.all(watched.map(look));
        await sleep(EVERY_MS, undefined, { signal: either }).catch(() => {});
      }
    } finally {
      enough.abort();
    }
  })();
  await Promise.all([counting, watching]);
}

const isLongEnough = ({ uptimeS }: Watched): boolean =>
  (uptimeS.at(-1) ?? 0) - (uptimeS[0] ?? 0) >= WATCHED_S;

async function look({ unit, uptimeS, housingC, regulatedC }: Watched): Promise<void> {
  const status = await unit.device.status();
  const time = Number(status.uptimeMs) / 1000;
  // A unit that tells the same moment twice has nothing new to tell.
  if (uptimeS.at(-1) === time) return;
  uptimeS.push(time);
  housingC.push(status.internalTemperatureC);
  regulatedC.push(
    (unit.site === "alice" ? status.laserTemperatureC : status.detectorTemperatureC) ?? Number.NaN,
  );
}

function slope(
  { judging }: StepContext,
  { unit, uptimeS, housingC, regulatedC }: Watched,
  part: "housing" | "regulated",
): Judgement {
  const at = atSite(unit.site);
  const values = part === "housing" ? housingC : regulatedC;
  const limit = part === "housing" ? HOUSING_K_PER_MIN : REGULATED_K_PER_MIN;
  const line = straightLine(uptimeS, values);
  const spread = Math.sqrt(
    uptimeS.reduce((sum, time) => sum + (time - WATCHED_S / 2 - (uptimeS[0] ?? 0)) ** 2, 0),
  );
  const perMin = 60 * line.slope;
  const u = 60 * Math.max(line.slopeU, READING_U_K / spread);
  return judging.measured(
    {
      id: part === "housing" ? `slope${at}` : `regulated${at}`,
      text: part === "housing" ? `check_slope${at}` : `check_regulated${at}`,
    },
    { value: perMin, unit: "K/min", u, n: values.length },
    { low: -limit, high: limit, reference: 0 },
    { origin: part === "housing" ? "T" : "D", text: "from_settled" },
    { find: "find_slope", fix: "fix_slope", values: { unit: at, slope: figure(perMin, 2) } },
  );
}

/** Names of readings outside of their operating range; undefined without telemetry. Those of the light are other steps'. */
async function readingsOutside(unit: Unit): Promise<readonly string[] | undefined> {
  const { telemetry } = unit;
  if (telemetry === undefined) return undefined;
  const { values } = await unit.command("readTelemetry", {}, () => telemetry.read());
  return Object.entries(values).flatMap(([name, value]) => {
    const declared = INPUT_REGISTERS[name as RegisterName];
    const isSteady = ["degC", "V", "mA", "A"].includes(declared.unit);
    if (value === null || !isSteady || registerLevel(declared, value) === "ok") return [];
    return [`${name} ${value} ${declared.unit}`];
  });
}
