import { figure, type Quantity } from "../../report/index.ts";
import type { Judgement } from "../limits/judgement.ts";
import { backgroundShare, errorRate, lightShare } from "../measuring/gains.ts";
import type { PairCounts } from "../measuring/pair-counts.ts";
import { fitPhase, type PhaseFit, type PhasePoint } from "../measuring/phase-fit.ts";
import { readPair } from "../measuring/read-pair.ts";
import { READING_HEAD, readingRow } from "../measuring/reading-table.ts";
import { presetNameOf, presetOf } from "../plan/expected-link.ts";
import { setPhotons } from "./long-reading.ts";
import { scanSetting } from "./scan-setting.ts";
import type { Step, StepContext, StepOutcome } from "./step.ts";

/** Step 9: how well the interferometers interfere, and whether they stand at the best phase. */
export const phaseScan: Step = { id: "phaseScan", number: 9, name: "step_phaseScan", needs: [7], run };

const POINTS = 17;
const REACH_RAD = Math.PI;
const CLICKS = 60_000;
const DWELL_MS = 400;
/** Link time, and clicks, of the reading with the phase as it was found. */
const AT_REST_S = 5;
const AT_REST_CLICKS = 4e6;
const CENTRE_RAD = 0.1;
const LEAST_VISIBILITY = 0.95;
/** Optical error beyond the preset's, as a share. */
const BEYOND_PRESET = 0.005;

async function run(context: StepContext): Promise<StepOutcome> {
  const { bob, table } = context;
  const { alice, signal } = context;
  const gates = AT_REST_S * alice.device.identity.clockHz;
  const reading = await readPair(
    alice,
    bob,
    { gates, clicks: AT_REST_CLICKS, detectionsPerFrame: 1 << 16 },
    signal,
  );
  table("09-at-rest", READING_HEAD, [readingRow(reading)]);
  const error = lightError(reading, await setPhotons(context));
  const found = await bob.get("phaseOffsetRad");
  if (typeof found !== "number") {
    return { judgements: atRest(context, error) };
  }
  const scanned = await scan(context);
  table("09-phase", ["phaseOffsetRad", "errorOfLight", ...READING_HEAD], scanned.rows);
  const fit = fitPhase(scanned.points);
  return {
    judgements: [
      centreOf(context, fit, found),
      ...visibilityOf(context, fit.visibility, fit.visibilityU, error),
    ],
    plots: [plotOf(context, scanned.points, fit)],
  };
}

async function scan(context: StepContext) {
  // The last point is not the first one again, once around.
  const reach = REACH_RAD * (1 - 1 / POINTS);
  const scanned = await scanSetting(context, {
    unit: context.bob,
    name: "phaseOffsetRad",
    kind: "phase",
    from: -reach,
    to: reach,
    points: POINTS,
    clicks: CLICKS,
    dwellMs: DWELL_MS,
  });
  const photons = await setPhotons(context);
  const points = scanned.map(({ setting, counts }): PhasePoint => {
    const { value, u } = lightError(counts, photons);
    return { phaseRad: setting, error: value, u };
  });
  const rows = scanned.map(({ setting, counts }, index) => [
    setting,
    points[index]?.error ?? null,
    ...readingRow(counts),
  ]);
  return { points, rows };
}

/** An angle within a turn around zero. */
function wrapped(phase: number): number {
  return Math.atan2(Math.sin(phase), Math.cos(phase));
}

/** Error rate of the signal's photons alone, over both bases. */
function lightError(counts: PairCounts, photons: readonly [number, number, number]): Quantity {
  const both = ([0, 1] as const).map((basis) => errorRate(counts, basis, [0]));
  const n = both.reduce((sum, one) => sum + one.n, 0);
  const value = both.reduce((sum, one) => sum + one.value * one.n, 0) / n;
  const u = Math.sqrt(Math.max(1e-12, value * (1 - value)) / n);
  return lightShare({ value, u, unit: "", n }, backgroundShare(counts, photons));
}

function centreOf({ judging }: StepContext, fit: PhaseFit, found: number): Judgement {
  const value = wrapped(fit.centreRad - found);
  return judging.measured(
    { id: "phaseCentre", text: "check_phaseCentre" },
    { value, unit: "rad", u: fit.centreU, n: POINTS },
    { low: -CENTRE_RAD, high: CENTRE_RAD, reference: 0 },
    { origin: "D", text: "from_phase" },
    { find: "find_phaseCentre", fix: "fix_phaseCentre", values: { phase: figure(value, 3) } },
  );
}

/** Without a phase to set, the error rate at rest is all there is. */
function atRest(context: StepContext, error: Quantity): Judgement[] {
  return [
    context.judging.notApplicable({ id: "phaseCentre", text: "check_phaseCentre" }, "why_notSupported", {
      what: "phaseOffsetRad",
    }),
    ...visibilityOf(context, 1 - 2 * error.value, 2 * error.u, error),
  ];
}

function visibilityOf(
  { judging, plan }: StepContext,
  visibility: number,
  u: number,
  error: Quantity,
): Judgement[] {
  const { misalignment } = presetOf(plan).link;
  const expected = (misalignment.z + misalignment.x) / 2;
  const problem = {
    find: "find_visibility",
    fix: "fix_visibility",
    values: { visibility: figure(visibility, 3), percent: figure(100 * error.value, 2) },
  } as const;
  return [
    judging.measured(
      { id: "visibility", text: "check_visibility" },
      { value: visibility, unit: "", u, n: error.n },
      { low: LEAST_VISIBILITY, reference: 1 - 2 * expected },
      { origin: "D", text: "from_visibility" },
      problem,
    ),
    judging.measured(
      { id: "opticalError", text: "check_opticalError" },
      { value: 100 * error.value, unit: "%", u: 100 * error.u, n: error.n },
      { high: 100 * (expected + BEYOND_PRESET), reference: 100 * expected },
      { origin: "P", text: "from_error", values: { preset: presetNameOf(plan) } },
      problem,
    ),
  ];
}

function plotOf({ say }: StepContext, points: readonly PhasePoint[], fit: PhaseFit) {
  const across = Array.from({ length: 81 }, (_, index) => -REACH_RAD + (2 * REACH_RAD * index) / 80);
  return {
    title: `9 ${say("plot_phase")}`,
    note: say("plot_phaseNote", { centre: figure(fit.centreRad, 3), visibility: figure(fit.visibility, 3) }),
    wide: false,
    x: { label: say("axis_phase"), from: -3.3, to: 3.3, log: false, places: [] },
    y: { label: say("axis_errorRate"), from: 0, to: 100, log: false, places: [] },
    series: [
      {
        name: "",
        drawn: "points" as const,
        x: points.map(({ phaseRad }) => phaseRad),
        y: points.map(({ error }) => 100 * error),
        u: points.map(({ u }) => 100 * u),
      },
      {
        name: "",
        drawn: "dashed" as const,
        x: across,
        y: across.map((phase) => 50 * (1 - fit.visibility * Math.cos(phase - fit.centreRad))),
        u: [],
      },
    ],
    lines: [
      {
        across: "x" as const,
        at: fit.centreRad,
        from: null,
        to: null,
        label: say("line_centre"),
        meaning: "result" as const,
      },
    ],
  };
}
