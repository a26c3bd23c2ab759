import type { BlockReport } from "../../controller/index.ts";
import { predictLink } from "../../physics/index.ts";
import { figure, type Plot, type SoakFigures } from "../../report/index.ts";
import { nextBlock } from "./next-block.ts";
import type { Step, StepContext, StepOutcome } from "./step.ts";

/** Step 24: whether the link goes on making key. Time is the link's own, counted in gates. */
export const soak: Step = { id: "soak", number: 24, name: "step_soak", needs: [20], withSites: true, run };

const PATIENCE_MS = 300_000;
const BLOCKS_OF_GAP = 3;
const IN_LIMIT_PERCENT = 99;

async function run(context: StepContext): Promise<StepOutcome> {
  const { known, signal, options, table } = context;
  const sites = await context.sites();
  const { clockHz } = context.alice.device.identity;
  const from = sites.blocks.length;
  const seconds = (block: BlockReport) => Number(block.gates) / clockHz;
  const soaked = () => sites.blocks.slice(from).reduce((sum, block) => sum + seconds(block), 0);
  let seen = from;
  while (soaked() < options.soakS) {
    const next = await nextBlock(sites, seen, PATIENCE_MS, signal);
    if (next === undefined) break;
    seen = next;
  }
  const blocks = sites.blocks.slice(from);
  const { qber } = predictLink(sites.settings.link);
  const limits = { z: limitOf(qber.z), x: limitOf(qber.x) };
  table(
    "24-soak",
    ["endS", "seconds", "qberZ", "qberX", "secretBits", "aborted"],
    timeline(blocks, seconds).map(({ block, endS }) => [
      endS,
      seconds(block),
      block.qber.z,
      block.qber.x,
      block.secretBits,
      block.aborted,
    ]),
  );
  const figures = figuresOf(blocks, seconds, limits);
  known.soak = figures;
  return judge(context, figures, blocks, seconds, limits);
}

/** The same band as in step 19. */
const limitOf = (expected: number): number => 1.25 * expected + 0.005;

const timeline = (blocks: readonly BlockReport[], seconds: (block: BlockReport) => number) => {
  let endS = 0;
  return blocks.map((block) => {
    endS += seconds(block);
    return { block, endS };
  });
};

function figuresOf(
  blocks: readonly BlockReport[],
  seconds: (block: BlockReport) => number,
  limits: { readonly z: number; readonly x: number },
): SoakFigures {
  const sum = (of: (block: BlockReport) => number) => blocks.reduce((total, block) => total + of(block), 0);
  const durationS = sum(seconds);
  const keyless = sum((block) => (block.secretBits > 0 ? 0 : seconds(block)));
  const outside = sum((block) => (isInLimit(block, limits) ? 0 : seconds(block)));
  return {
    durationS,
    meanRateBps: durationS === 0 ? 0 : sum(({ secretBits }) => secretBits) / durationS,
    uptimeShare: durationS === 0 ? 0 : 1 - keyless / durationS,
    qberInLimitShare: durationS === 0 ? 0 : 1 - outside / durationS,
    erroredSeconds: Math.round(outside),
    severelyErroredSeconds: Math.round(keyless),
    downtimeS: keyless,
  };
}

const isInLimit = ({ qber }: BlockReport, limits: { readonly z: number; readonly x: number }): boolean =>
  qber.z <= limits.z && qber.x <= limits.x;

/** Longest link time without a block that gave key. */
function longestGap(blocks: readonly BlockReport[], seconds: (block: BlockReport) => number): number {
  let [gap, longest] = [0, 0];
  for (const block of blocks) {
    gap += seconds(block);
    longest = Math.max(longest, gap);
    if (block.secretBits > 0) gap = 0;
  }
  return longest;
}

function judge(
  { judging, known, options, say }: StepContext,
  figures: SoakFigures,
  blocks: readonly BlockReport[],
  seconds: (block: BlockReport) => number,
  limits: { readonly z: number; readonly x: number },
): StepOutcome {
  const blockS = known.blockS ?? figures.durationS / Math.max(1, blocks.length);
  const allowed = BLOCKS_OF_GAP * blockS;
  // A soak that ended before its time because no block came has its gap at the end.
  const missing = Math.max(0, options.soakS - figures.durationS);
  const gap = Math.max(longestGap(blocks, seconds), missing > 0 ? missing + blockS : 0);
  const percent = 100 * figures.qberInLimitShare;
  const source = { origin: "O", text: "from_soak" } as const;
  const judgements = [
    judging.measured(
      { id: "soakGap", text: "check_soakGap" },
      { value: gap, unit: "s", u: 0, n: blocks.length },
      { high: allowed, reference: blockS },
      source,
      {
        find: "find_soakGap",
        fix: "fix_soakGap",
        values: { seconds: figure(gap, 1), allowed: figure(allowed, 1) },
      },
    ),
    judging.measured(
      { id: "soakQber", text: "check_soakQber" },
      { value: percent, unit: "%", u: 0, n: blocks.length },
      { low: IN_LIMIT_PERCENT, reference: 100 },
      source,
      { find: "find_soakQber", fix: "fix_soakQber", values: { percent: figure(100 - percent, 1) } },
    ),
  ];
  return { judgements, plots: [qberPlot(say, blocks, seconds, limits), ratePlot(say, blocks, seconds)] };
}

type Say = StepContext["say"];

function minutes(blocks: readonly BlockReport[], seconds: (block: BlockReport) => number): number[] {
  return timeline(blocks, seconds).map(({ block, endS }) => (endS - seconds(block) / 2) / 60);
}

function wideAxes(
  say: Say,
  x: readonly number[],
  most: number,
  label: string,
): Pick<Plot, "x" | "y" | "wide"> {
  return {
    wide: true,
    x: { label: say("axis_minutes"), from: 0, to: Math.max(0.1, ...x) * 1.02, log: false, places: [] },
    y: { label, from: 0, to: 1.2 * Math.max(most, 1e-6), log: false, places: [] },
  };
}

function qberPlot(
  say: Say,
  blocks: readonly BlockReport[],
  seconds: (block: BlockReport) => number,
  limits: { readonly z: number; readonly x: number },
): Plot {
  const x = minutes(blocks, seconds);
  const limit = 100 * Math.max(limits.z, limits.x);
  const of = (basis: "z" | "x") => blocks.map(({ qber }) => 100 * qber[basis]);
  return {
    title: `24 ${say("plot_soakQber")}`,
    note: "",
    ...wideAxes(say, x, Math.max(limit, ...of("z"), ...of("x")), say("axis_errorRate")),
    series: (["z", "x"] as const).map((basis) => ({
      name: basis.toUpperCase(),
      drawn: "line" as const,
      x,
      y: of(basis),
      u: [],
    })),
    lines: [
      {
        across: "y",
        at: limit,
        from: null,
        to: null,
        label: say("line_limit", { value: `${figure(limit, 2)} %` }),
        meaning: "limit",
      },
    ],
  };
}

function ratePlot(say: Say, blocks: readonly BlockReport[], seconds: (block: BlockReport) => number): Plot {
  const x = minutes(blocks, seconds);
  const rates = blocks.map((block) => block.secretBits / seconds(block) / 1000);
  return {
    title: `24 ${say("plot_soakRate")}`,
    note: "",
    ...wideAxes(say, x, Math.max(0, ...rates), say("axis_rate")),
    series: [{ name: "", drawn: "line", x, y: rates, u: [] }],
    lines: [],
  };
}
