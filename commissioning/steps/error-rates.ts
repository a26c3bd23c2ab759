import { predictLink } from "../../physics/index.ts";
import { figure, type Plot, type Quantity } from "../../report/index.ts";
import type { Judgement } from "../limits/judgement.ts";
import { type Basis, errorRate, type Intensity, mismatchedCorrelation } from "../measuring/gains.ts";
import { expectedLink } from "../plan/expected-link.ts";
import { measuredLink } from "./link-at-hand.ts";
import { longReading } from "./long-reading.ts";
import type { Step, StepContext, StepOutcome } from "./step.ts";

/** Step 19: error rates by basis and intensity against the closed form, and whether the bases are at right angles. */
export const errorRates: Step = { id: "errorRates", number: 19, name: "step_errorRates", needs: [7], run };

const BEYOND_SHARE = 0.25;
const BEYOND = 0.005;
const MOST_CORRELATION = 0.05;

interface RateFound {
  readonly basis: Basis;
  readonly intensity: Intensity;
  readonly measured: Quantity;
  readonly expected: number;
}

async function run(context: StepContext): Promise<StepOutcome> {
  const reading = await longReading(context);
  const { qberPerIntensity } = predictLink(expectedLink(context.plan, await measuredLink(context)));
  const wanted: readonly (readonly [Basis, Intensity])[] = [
    [0, 0],
    [1, 0],
    [0, 1],
  ];
  const found = wanted.map(
    ([basis, intensity]): RateFound => ({
      basis,
      intensity,
      measured: errorRate(reading, basis, [intensity]),
      expected: qberPerIntensity[basis === 0 ? "z" : "x"][intensity],
    }),
  );
  const correlations = ([0, 1] as const).map((basis) => mismatchedCorrelation(reading, basis));
  const largest = correlations.reduce((most, one) =>
    Math.abs(one.value) > Math.abs(most.value) ? one : most,
  );
  return {
    judgements: [...found.map((one) => judge(context, one)), judgeCorrelation(context, largest)],
    plots: [plotOf(context, found)],
  };
}

const limitOf = (expected: number): number => expected * (1 + BEYOND_SHARE) + BEYOND;

function judge({ judging }: StepContext, { basis, intensity, measured, expected }: RateFound): Judgement {
  const id = `qber${"ZX"[basis]}${"uvw"[intensity]}` as "qberZu" | "qberXu" | "qberZv";
  return judging.measured(
    { id, text: `check_${id}` },
    { value: 100 * measured.value, unit: "%", u: 100 * measured.u, n: measured.n },
    { high: 100 * limitOf(expected), reference: 100 * expected },
    { origin: "C", text: "from_qber" },
    {
      find: "find_qberHigh",
      fix: "fix_qberHigh",
      values: {
        basis: "ZX"[basis] ?? "",
        qber: figure(100 * measured.value, 2),
        expected: figure(100 * expected, 2),
      },
    },
  );
}

function judgeCorrelation({ judging }: StepContext, measured: Quantity): Judgement {
  return judging.measured(
    { id: "mismatched", text: "check_mismatched" },
    measured,
    { low: -MOST_CORRELATION, high: MOST_CORRELATION, reference: 0 },
    { origin: "C", text: "from_mismatched" },
    { find: "find_mismatched", fix: "fix_mismatched", values: { value: figure(measured.value, 3) } },
  );
}

function plotOf({ say }: StepContext, found: readonly RateFound[]): Plot {
  const bars = (basis: Basis) => found.filter((one) => one.basis === basis);
  const most = Math.max(
    ...found.map(({ measured, expected }) => Math.max(100 * measured.value, 100 * limitOf(expected))),
  );
  return {
    title: `19 ${say("plot_errors")}`,
    note: "",
    wide: false,
    x: {
      label: say("axis_intensity"),
      from: -0.5,
      to: 1.5,
      log: false,
      places: [say("place_signal"), say("place_decoy")],
    },
    y: { label: say("axis_errorRate"), from: 0, to: 1.15 * most, log: false, places: [] },
    series: ([0, 1] as const).map((basis) => ({
      name: "ZX"[basis] ?? "",
      drawn: "bars" as const,
      x: bars(basis).map(({ intensity }) => intensity),
      y: bars(basis).map(({ measured }) => 100 * measured.value),
      u: bars(basis).map(({ measured }) => 100 * measured.u),
    })),
    lines: bars(0).map(({ intensity, expected }) => ({
      across: "y",
      at: 100 * limitOf(expected),
      from: intensity - 0.4,
      to: intensity + 0.4,
      label: say("line_limit", { value: `${figure(100 * limitOf(expected), 2)} %` }),
      meaning: "limit",
    })),
  };
}
