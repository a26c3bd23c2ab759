import { figure } from "../../report/index.ts";
import type { CheckName } from "../limits/judgement.ts";
import { causesOf, gainOf, liveShare } from "../measuring/gains.ts";
import { READING_HEAD, readingRow } from "../measuring/reading-table.ts";
import { straightLine } from "../measuring/statistics.ts";
import { scanSetting } from "./scan-setting.ts";
import type { Step, StepContext, StepOutcome } from "./step.ts";

/** Step 10: whether the attenuator's decibels are decibels, and the detectors follow. */
export const attenuationSweep: Step = {
  id: "attenuationSweep",
  number: 10,
  name: "step_attenuationSweep",
  needs: [7],
  run,
};

const POINTS = 9;
const LARGEST_DB = 20;
const CLICKS = 150_000;
/** Link time at the brightest point, and at the dimmest. */
const LEAST_MS = 100;
const MOST_MS = 5000;
const SLOPE_LIMIT = 0.02;
const RESIDUAL_LIMIT_DB = 0.1;
const SLOPE: CheckName = { id: "sweepSlope", text: "check_sweepSlope" };
const RESIDUAL: CheckName = { id: "sweepResidual", text: "check_sweepResidual" };
/** dB of a natural logarithm. */
const DB = 10 / Math.LN10;

interface SweepPoint {
  readonly addedDb: number;
  /** Light that makes clicks, in dB, and its standard uncertainty. */
  readonly lightDb: number;
  readonly u: number;
}

async function run(context: StepContext): Promise<StepOutcome> {
  const { alice, known, judging, table } = context;
  // Taken for nothing it would bend the dim end of the line, which looks like detectors that saturate.
  if (known.background === undefined)
    return { judgements: [SLOPE, RESIDUAL].map((name) => judging.unknown(name, "why_needs", { number: 6 })) };
  const [zero, one] = known.background;
  const background = zero.value + one.value;
  const found = await alice.number("attenuationDb");
  const points: SweepPoint[] = [];
  const rows: (readonly (string | number | null)[])[] = [];
  for (let index = 0; index < POINTS; index++) {
    const asked = found + (LARGEST_DB * index) / (POINTS - 1);
    const [point] = await scanSetting(context, {
      unit: alice,
      name: "attenuationDb",
      kind: "attenuation",
      from: asked,
      to: asked,
      points: 1,
      clicks: CLICKS,
      // Dimmer points take longer for as many clicks.
      dwellMs: Math.min(MOST_MS, LEAST_MS * 10 ** ((asked - found) / 10)),
    });
    if (point === undefined) continue;
    const { counts } = point;
    const addedDb = point.setting - found;
    const causes = causesOf(gainOf(counts, 0));
    // Afterpulses follow the clicks, so that they are a share of the light at every point.
    const light = causes.value - background / Math.max(liveShare(counts), 0.01);
    points.push({ addedDb, lightDb: DB * Math.log(light), u: (DB * causes.u) / light });
    rows.push([addedDb, DB * Math.log(light), ...readingRow(counts)]);
  }
  table("10-sweep", ["addedDb", "lightDb", ...READING_HEAD], rows);
  return judge(context, points);
}

function judge({ judging, say }: StepContext, points: readonly SweepPoint[]): StepOutcome {
  const line = straightLine(
    points.map(({ addedDb }) => addedDb),
    points.map(({ lightDb }) => lightDb),
    points.map(({ u }) => 1 / u ** 2),
  );
  const residuals = points.map(({ addedDb, lightDb, u }) => ({
    size: Math.abs(lightDb - line.offset - line.slope * addedDb),
    u,
  }));
  const largest = residuals.reduce((most, one) => (one.size > most.size ? one : most));
  const slope = -line.slope;
  const n = points.length;
  const words = { slope: figure(slope, 3), residual: figure(largest.size, 3) };
  const of = (db: number) => 10 ** (db / 10);
  return {
    judgements: [
      judging.measured(
        SLOPE,
        { value: slope, unit: "", u: line.slopeU, n },
        { low: 1 - SLOPE_LIMIT, high: 1 + SLOPE_LIMIT, reference: 1 },
        { origin: "D", text: "from_attenuator" },
        { find: "find_sweepSlope", fix: "fix_sweepSlope", values: words },
      ),
      judging.measured(
        RESIDUAL,
        { value: largest.size, unit: "dB", u: largest.u, n },
        { high: RESIDUAL_LIMIT_DB, reference: 0 },
        { origin: "D", text: "from_attenuator" },
        { find: "find_sweepResidual", fix: "fix_sweepResidual", values: words },
      ),
    ],
    plots: [
      {
        title: `10 ${say("plot_sweep")}`,
        note: say("plot_sweepNote", words),
        wide: false,
        x: { label: say("axis_attenuation"), from: -1, to: LARGEST_DB + 1, log: false, places: [] },
        y: {
          label: say("axis_gain"),
          from: 10 ** Math.floor(Math.log10(of(Math.min(...points.map(({ lightDb }) => lightDb))))),
          to: 10 ** Math.ceil(Math.log10(of(Math.max(...points.map(({ lightDb }) => lightDb))))),
          log: true,
          places: [],
        },
        series: [
          {
            name: "",
            drawn: "points",
            x: points.map(({ addedDb }) => addedDb),
            y: points.map(({ lightDb }) => of(lightDb)),
            u: points.map(({ lightDb, u }) => (of(lightDb) * u) / DB),
          },
          {
            name: "",
            drawn: "dashed",
            x: [0, LARGEST_DB],
            y: [of(line.offset), of(line.offset + line.slope * LARGEST_DB)],
            u: [],
          },
        ],
        lines: [],
      },
    ],
  };
}
