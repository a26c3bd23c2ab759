import type { BlockReport } from "../../controller/index.ts";
import { linkPreset } from "../../physics/index.ts";
import { rate } from "../../report/index.ts";
import { expectedRate, RATE_DRAWS } from "../limits/expected-rate.ts";
import type { Judgement } from "../limits/judgement.ts";
import { backgroundShare, lightShare } from "../measuring/gains.ts";
import { mean } from "../measuring/statistics.ts";
import { presetNameOf } from "../plan/expected-link.ts";
import { fibreLoss } from "./link-at-hand.ts";
import { longReading } from "./long-reading.ts";
import { nextBlock } from "./next-block.ts";
import type { Step, StepContext, StepOutcome } from "./step.ts";

/** Step 20: whether the link gives as much key as the closed form says, with all that was measured. */
export const keyRate: Step = {
  id: "keyRate",
  number: 20,
  name: "step_keyRate",
  needs: [7],
  withSites: true,
  run,
};

const BLOCKS = 3;
/** Without a block for so long none is to be expected. */
const PATIENCE_MS = 120_000;

async function run(context: StepContext): Promise<StepOutcome> {
  const { judging, known, table, signal } = context;
  const sites = await context.sites();
  const { clockHz } = context.alice.device.identity;
  const good = () => sites.blocks.filter(({ aborted }) => aborted === null);
  let seen = 0;
  while (good().length < BLOCKS) {
    const next = await nextBlock(sites, seen, PATIENCE_MS, signal);
    if (next === undefined) break;
    seen = next;
    if (seen - good().length >= 2 * BLOCKS) break;
  }
  const blocks = good().slice(0, BLOCKS);
  table(
    "20-blocks",
    ["sequence", "gates", "detections", "siftedZ", "qberZ", "qberX", "efficiency", "secretBits", "aborted"],
    sites.blocks.map((one) => [
      one.sequence,
      Number(one.gates),
      one.detections,
      one.siftedZ,
      one.qber.z,
      one.qber.x,
      one.reconciliationEfficiency,
      one.secretBits,
      one.aborted,
    ]),
  );
  const name = { id: "keyRate", text: "check_keyRate", values: { blocks: BLOCKS } } as const;
  if (blocks.length < BLOCKS) {
    table(
      "20-failures",
      ["site", "code", "message"],
      sites.failures.map(({ site, code, message }) => [site, code, message]),
    );
    const unknown = judging.unknown(name, "why_noReading");
    const last = sites.failures.at(-1);
    const reason =
      last === undefined
        ? unknown.check.reason
        : context.say("why_error", { code: last.code, message: last.message });
    const problem = {
      find: "find_noKey",
      fix: "fix_keyRate",
      values: { seconds: PATIENCE_MS / 1000 },
    } as const;
    return { judgements: [{ check: { ...unknown.check, verdict: "fail", reason }, problem }] };
  }
  known.blockS = mean(blocks.map(({ gates }) => Number(gates))) / clockHz;
  return judge(context, name, blocks);
}

async function judge(
  context: StepContext,
  name: Parameters<StepContext["judging"]["measured"]>[0],
  blocks: readonly BlockReport[],
): Promise<StepOutcome> {
  const { judging, plan, known, say } = context;
  const { clockHz } = context.alice.device.identity;
  const { settings } = await context.sites();
  const rates = blocks.map(({ secretBits, gates }) => (secretBits * clockHz) / Number(gates));
  const value = mean(rates);
  known.keyRateBps = value;
  const loss = await fibreLoss(context);
  const reading = await longReading(context);
  const dark = backgroundShare(reading, settings.link.intensities);
  const [z, x] = [blockError(blocks, 0, dark), blockError(blocks, 3, dark)];
  const expected = expectedRate(
    { ...settings.link, misalignment: { z: z.value, x: x.value } },
    {
      blockBits: settings.blockBits,
      reconciliationEfficiency: linkPreset(presetNameOf(plan)).reconciliationEfficiency,
      epsilonSecrecy: settings.epsilonSecrecy,
      epsilonCorrectness: settings.epsilonCorrectness,
    },
    { lossDb: loss.u, photonsShare: 0.01, misalignment: x.u, darksShare: 0.05 },
  );
  // What these blocks gave is counted; chance is in what they are compared with.
  const measured = { value: value / 1000, unit: "kb/s", u: 0, n: blocks.length };
  const demand = plan.demandBps;
  const judgements: Judgement[] = [
    judging.measured(
      name,
      measured,
      { low: expected.lowBps / 1000, reference: expected.middleBps / 1000 },
      { origin: "C", text: "from_keyRate", values: { draws: RATE_DRAWS } },
      {
        find: "find_keyRate",
        fix: "fix_keyRate",
        values: { blocks: blocks.length, rate: rate(value), expected: rate(expected.lowBps) },
      },
    ),
    demand === undefined
      ? judging.notApplicable({ id: "keyDemand", text: "check_keyDemand" }, "why_noDemand")
      : judging.measured(
          { id: "keyDemand", text: "check_keyDemand" },
          measured,
          { low: demand / 1000 },
          { origin: "O", text: "from_demand" },
          {
            find: "find_keyDemand",
            fix: "fix_keyDemand",
            values: { rate: rate(value), demand: rate(demand) },
          },
        ),
  ];
  return {
    judgements,
    plots: [
      {
        title: `20 ${say("plot_keyRate")}`,
        note: say("line_limit", { value: rate(expected.lowBps) }),
        wide: false,
        x: {
          label: say("axis_block"),
          from: -0.5,
          to: rates.length - 0.5,
          log: false,
          places: rates.map((_, index) => String(index + 1)),
        },
        y: {
          label: say("axis_rate"),
          from: 0,
          to: (1.2 * Math.max(...rates, expected.middleBps)) / 1000,
          log: false,
          places: [],
        },
        series: [
          {
            name: "",
            drawn: "bars",
            x: rates.map((_, index) => index),
            y: rates.map((one) => one / 1000),
            u: rates.map(() => 0),
          },
        ],
        lines: [
          {
            across: "y",
            at: expected.lowBps / 1000,
            from: null,
            to: null,
            label: "",
            meaning: "limit",
          },
        ],
      },
    ],
  };
}

/** Share of the signal's light that went astray in these blocks, and its standard uncertainty; `index` 0 for Z, 3 for X. */
function blockError(
  blocks: readonly BlockReport[],
  index: 0 | 3,
  dark: number,
): { readonly value: number; readonly u: number } {
  const sum = (of: "errors" | "sifted") =>
    blocks.reduce((total, { counts }) => total + (counts[of][index] ?? 0), 0);
  const [errors, sifted] = [sum("errors"), sum("sifted")];
  const share = errors / sifted;
  const { value, u } = lightShare(
    { value: share, u: Math.sqrt(Math.max(1, errors)) / sifted, unit: "", n: sifted },
    dark,
  );
  return { value: Math.min(0.5, Math.max(0, value)), u };
}
