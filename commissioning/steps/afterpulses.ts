import { lastValueFrom } from "rxjs";
import { figure, type Plot } from "../../report/index.ts";
import { type AfterpulseFit, fitGaps, type GapHistogram } from "../measuring/gap-fit.ts";
import { presetNameOf, presetOf } from "../plan/expected-link.ts";
import type { Step, StepContext, StepOutcome } from "./step.ts";

/** Step 13: how many afterpulses a click has, from the gaps between clicks of one detector. */
export const afterpulses: Step = { id: "afterpulses", number: 13, name: "step_afterpulses", needs: [7], run };

const DWELL_MS = 5000;
const TIMES = 1.5;

async function run(context: StepContext): Promise<StepOutcome> {
  const { bob, judging, known, plan, table } = context;
  const name = { id: "afterpulses", text: "check_afterpulses" } as const;
  if (!bob.description.histograms.includes("gap"))
    return { judgements: [], apart: context.say("why_notSupported", { what: "readHistogram" }) };
  const histograms = await readGaps(context);
  table(
    "13-gaps",
    ["gapGates", "clicks0", "clicks1"],
    (histograms[0]?.counts ?? []).map((count, index) => [
      (histograms[0]?.firstGap ?? 0) + index * (histograms[0]?.binGates ?? 1),
      count,
      histograms[1]?.counts[index] ?? null,
    ]),
  );
  const decayGates = Math.max(...presetOf(plan).link.afterpulseDecay.map(({ gates }) => gates));
  const fits = histograms.map((histogram) => fitGaps(histogram, decayGates));
  const value = fits.reduce((sum, { probability }) => sum + probability, 0) / fits.length;
  const u = Math.hypot(...fits.map((fit) => fit.u)) / fits.length;
  const n = histograms.reduce((sum, { counts }) => sum + counts.reduce((all, one) => all + one, 0), 0);
  known.afterpulses = { value, u, unit: "", n };
  const reference = presetOf(plan).link.afterpulseProbability;
  return {
    judgements: [
      judging.measured(
        name,
        { value: 100 * value, unit: "%", u: 100 * u, n },
        { high: 100 * TIMES * reference, reference: 100 * reference },
        { origin: "P", text: "from_afterpulses", values: { preset: presetNameOf(plan) } },
        {
          find: "find_afterpulses",
          fix: "fix_afterpulses",
          values: { times: figure(value / reference, 1) },
        },
      ),
    ],
    plots: [plotOf(context, histograms, fits, value)],
  };
}

/** Gaps are told of measurements only, because those of a key exchange would tell its bits. */
async function readGaps({ bob, signal }: StepContext): Promise<readonly GapHistogram[]> {
  const request = { kind: "counts", from: 0, to: 0, points: 1, dwellMs: DWELL_MS } as const;
  await bob.command("measure", request, () => lastValueFrom(bob.device.service.measure(request)));
  signal.throwIfAborted();
  const found: GapHistogram[] = [];
  for (const detector of [0, 1] as const) {
    const { firstBin, binWidth, counts, beyond } = await bob.command("readHistogram", { detector }, () =>
      bob.device.service.histogram("gap", detector),
    );
    found.push({ firstGap: firstBin, binGates: binWidth, counts, beyond });
  }
  return found;
}

const SHOWN_BINS = 200;

function plotOf(
  { say }: StepContext,
  histograms: readonly GapHistogram[],
  fits: readonly AfterpulseFit[],
  probability: number,
): Plot {
  const curves = histograms.map(({ firstGap, binGates, counts, beyond }, detector) => {
    const total = counts.reduce((sum, one) => sum + one, 0) + beyond;
    const shown = counts.slice(0, SHOWN_BINS);
    return {
      name: `D${detector}`,
      drawn: "line" as const,
      x: shown.map((_, index) => firstGap + index * binGates),
      y: shown.map((count) => Math.max(count, 0.5) / total),
      u: [],
    };
  });
  const steady = fits[0]?.steady ?? 0;
  const xs = curves[0]?.x ?? [];
  const ys = curves.flatMap(({ y }) => y);
  return {
    title: `13 ${say("plot_gaps")}`,
    note: say("plot_gapsNote", { percent: figure(100 * probability, 2) }),
    wide: false,
    x: { label: say("axis_gap"), from: 0, to: (xs.at(-1) ?? 1) + 1, log: false, places: [] },
    y: {
      label: say("axis_share"),
      from: 10 ** Math.floor(Math.log10(Math.min(...ys, 1))),
      to: 10 ** Math.ceil(Math.log10(Math.max(...ys, 1e-9))),
      log: true,
      places: [],
    },
    series: [
      ...curves,
      {
        name: "",
        drawn: "dashed",
        x: xs,
        y: xs.map((gap) => steady * (1 - steady) ** gap * (histograms[0]?.binGates ?? 1)),
        u: [],
      },
    ],
    lines: [],
  };
}
