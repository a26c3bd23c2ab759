import type { TransceiverAlarm } from "../../drivers/index.ts";
import type { ParameterName } from "../../protocol/index.ts";
import type { Judgement } from "../limits/judgement.ts";
import { readPair } from "../measuring/read-pair.ts";
import { waitUntil } from "../measuring/wait-until.ts";
import type { Site, Unit } from "../units/unit.ts";
import type { Step, StepContext, StepOutcome } from "./step.ts";

/** Step 21: whether alarms are raised by what should raise them, told on both planes alike, and cleared. */
export const alarms: Step = { id: "alarms", number: 21, name: "step_alarms", needs: [7], run };

const RAISED_S = 2;
const PATIENCE_MS = 60_000;

/** One thing that is set, and the alarms that it has to raise. */
interface Trial {
  readonly at: Site;
  readonly set: ParameterName;
  readonly to: number;
  readonly raises: readonly { readonly at: Site; readonly code: number }[];
  /** True once what is set has crossed the alarm's limit; by default at once. */
  readonly crossed?: (unit: Unit) => Promise<boolean>;
}

/** Detectors warmer than this are outside of their operating range (SPEC 9.2). */
const WARM_C = -20;

const TRIALS: readonly Trial[] = [
  {
    at: "alice",
    set: "laserEnabled",
    to: 0,
    raises: [
      { at: "alice", code: 49 },
      { at: "bob", code: 48 },
    ],
  },
  { at: "alice", set: "attenuationDb", to: 30, raises: [{ at: "alice", code: 4 }] },
  {
    at: "bob",
    set: "detectorTemperatureC",
    to: -15,
    raises: [
      { at: "bob", code: 16 },
      { at: "bob", code: 20 },
    ],
    crossed: async (unit) => ((await unit.device.status()).detectorTemperatureC ?? -100) > WARM_C,
  },
];

interface Found {
  readonly code: number;
  readonly raisedS: number | undefined;
  readonly cleared: boolean;
  /** Whether telemetry told the same; undefined without telemetry. */
  readonly samePlane: boolean | undefined;
}

async function run(context: StepContext): Promise<StepOutcome> {
  const { alice, bob, signal, known, table } = context;
  const done = new AbortController();
  const counting = readPair(alice, bob, {}, AbortSignal.any([signal, done.signal])).catch(() => {});
  const found: Found[] = [];
  try {
    for (const trial of TRIALS) found.push(...(await tryOne(context, trial)));
  } finally {
    done.abort();
    await counting;
  }
  known.raisedAlarms = found
    .filter(({ raisedS, cleared }) => raisedS !== undefined && cleared)
    .map(({ code }) => code);
  table(
    "21-alarms",
    ["code", "raisedS", "cleared", "samePlane"],
    found.map((one) => [
      one.code,
      one.raisedS ?? null,
      one.cleared ? 1 : 0,
      one.samePlane === undefined ? null : Number(one.samePlane),
    ]),
  );
  return { judgements: found.flatMap((one) => judge(context, one)) };
}

async function tryOne(context: StepContext, trial: Trial): Promise<readonly Found[]> {
  const { signal } = context;
  const unit = context[trial.at];
  const before = await unit.number(trial.set);
  const watch = watchAlarms(context);
  try {
    let crossedMs = performance.now();
    await context.set(unit, trial.set, trial.to);
    const { crossed } = trial;
    if (crossed !== undefined) {
      await waitUntil(async () => ((await crossed(unit)) ? true : undefined), PATIENCE_MS, signal);
      crossedMs = performance.now();
    }
    const raised = [];
    for (const { at, code } of trial.raises) {
      const atMs = await waitUntil(() => watch.raised(at, code), PATIENCE_MS / 4, signal);
      raised.push({
        at,
        code,
        raisedS: atMs === undefined ? undefined : Math.max(0, (atMs - crossedMs) / 1000),
      });
    }
    const planes = await Promise.all(raised.map(({ at, code }) => isToldByTelemetry(context, at, code)));
    await context.set(unit, trial.set, before);
    const found: Found[] = [];
    for (const [index, { at, code, raisedS }] of raised.entries()) {
      const cleared = await waitUntil(() => watch.cleared(at, code), PATIENCE_MS, signal);
      found.push({ code, raisedS, cleared: cleared !== undefined, samePlane: planes[index] });
    }
    return found;
  } finally {
    watch.stop();
  }
}

/** Alarm events of both units as they come. */
function watchAlarms({ units }: StepContext) {
  const seen: { readonly site: Site; readonly alarm: TransceiverAlarm; readonly atMs: number }[] = [];
  const subscriptions = units.map((unit) =>
    unit.device.alarms$.subscribe((alarm) => seen.push({ site: unit.site, alarm, atMs: performance.now() })),
  );
  const last = (site: Site, code: number) =>
    seen.findLast((one) => one.site === site && one.alarm.code === code);
  return {
    raised: (site: Site, code: number) =>
      seen.find((one) => one.site === site && one.alarm.code === code && one.alarm.raised)?.atMs,
    cleared: (site: Site, code: number) => (last(site, code)?.alarm.raised === false ? true : undefined),
    stop: () => {
      for (const subscription of subscriptions) subscription.unsubscribe();
    },
  };
}

async function isToldByTelemetry(context: StepContext, at: Site, code: number): Promise<boolean | undefined> {
  const { telemetry } = context[at];
  if (telemetry === undefined) return undefined;
  const { operatingAlarms, absoluteAlarms } = await context[at].command("readTelemetry", {}, () =>
    telemetry.read(),
  );
  return operatingAlarms.has(code) || absoluteAlarms.has(code);
}

function judge({ judging, say }: StepContext, { code, raisedS, cleared, samePlane }: Found): Judgement[] {
  const source = { origin: "D", text: "from_alarm" } as const;
  const shown = (holds: boolean) => ({
    measured: say(holds ? "shown_passed" : "shown_failed"),
    limit: say("shown_passed"),
  });
  const values = { code };
  return [
    judging.measured(
      { id: `alarm${code}Raised`, text: "check_alarmRaised", values },
      { value: raisedS ?? PATIENCE_MS / 4000, unit: "s", u: 0.05, n: 1 },
      { high: RAISED_S, reference: 0 },
      source,
      { find: "find_alarmMissing", fix: "fix_alarm", values },
    ),
    judging.stated(
      {
        id: `alarm${code}Told`,
        text: samePlane === undefined ? "check_alarmCleared" : "check_alarmTold",
        values,
      },
      cleared && samePlane !== false,
      shown(cleared && samePlane !== false),
      source,
      { find: cleared ? "find_alarmPlanes" : "find_alarmStays", fix: "fix_alarm", values },
    ),
  ];
}
