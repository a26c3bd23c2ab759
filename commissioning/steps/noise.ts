import { finiteRate } from "../../physics/index.ts";
import { figure, type Plot, type Quantity } from "../../report/index.ts";
import type { Judgement } from "../limits/judgement.ts";
import type { PairCounts } from "../measuring/pair-counts.ts";
import { readPair } from "../measuring/read-pair.ts";
import { READING_HEAD, readingRow } from "../measuring/reading-table.ts";
import { channelNoise, expectedLink, type LinkAtHand } from "../plan/expected-link.ts";
import type { PlannedChannel } from "../plan/link-plan.ts";
import { measuredLink } from "./link-at-hand.ts";
import type { HandsAct, Step, StepContext, StepOutcome } from "./step.ts";

/** Step 17: what noise each classical channel brings by itself, and all together, with the laser off. */
export const noise: Step = { id: "noise", number: 17, name: "step_noise", needs: [7], run };

const SECONDS = 5;
const TIMES = 3;
const MOST_COST_PERCENT = 10;
/** Noise below this share of the dark counts cannot be measured beside them. */
const OF_DARKS = 0.2;

interface Lit {
  readonly name: string;
  readonly channels: readonly PlannedChannel[];
  readonly act: HandsAct;
}

async function run(context: StepContext): Promise<StepOutcome> {
  const { alice, plan, hands, judging, say, table } = context;
  const channels = plan.channels ?? [];
  const cost = { id: "noiseCost", text: "check_noiseCost" } as const;
  if (channels.length === 0) return { judgements: [], apart: say("why_noChannels") };
  // The link as it is, before anything about its light is changed.
  const at = await measuredLink(context);
  await context.set(alice, "laserEnabled", 0);
  if (!(await hands.do({ act: "channelsOff" }, 17)))
    return { judgements: [judging.unknown(cost, "why_noHands")] };
  const dark = perGate(await readDark(context));
  const trials: readonly Lit[] = [
    ...channels.map(
      (channel): Lit => ({
        name: channel.name,
        channels: [channel],
        act: { act: "channelAlone", channel: channel.name },
      }),
    ),
    { name: say("place_all"), channels, act: { act: "channelsOn" } },
  ];
  const found: {
    readonly lit: Lit;
    readonly noise: Quantity;
    readonly counts: PairCounts;
    readonly expected: number;
  }[] = [];
  for (const lit of trials) {
    await hands.do(lit.act, 17);
    const counts = await readDark(context);
    const { value, u, n } = perGate(counts);
    const measured = { value: value - dark.value, u: Math.hypot(u, dark.u), unit: "", n };
    found.push({ lit, noise: measured, counts, expected: channelNoise(plan, lit.channels) });
  }
  table(
    "17-channels",
    ["lit", "expectedPerGate", "noisePerGate", ...READING_HEAD],
    found.map((one) => [one.lit.name, one.expected, one.noise.value, ...readingRow(one.counts)]),
  );
  const costShare = keyCost(context, at, found.at(-1)?.noise ?? dark);
  return {
    judgements: [
      ...found.map((one, index) =>
        judgeNoise(context, index, one.lit.name, one.noise, Math.max(one.expected, OF_DARKS * dark.value)),
      ),
      judging.measured(
        cost,
        costShare,
        { high: MOST_COST_PERCENT, reference: 0 },
        { origin: "O", text: "from_noiseCost" },
        { find: "find_noiseCost", fix: "fix_noiseCost", values: { percent: figure(costShare.value, 1) } },
      ),
    ],
    plots: [plotOf(context, dark, found, costShare.value)],
  };
}

function readDark({ alice, bob, signal }: StepContext): Promise<PairCounts> {
  return readPair(
    alice,
    bob,
    { gates: SECONDS * alice.device.identity.clockHz, detectionsPerFrame: 1 << 13 },
    signal,
  );
}

function perGate({ clicks, gates }: PairCounts): Quantity {
  const n = clicks[0] + clicks[1];
  return { value: n / gates, u: Math.sqrt(Math.max(1, n)) / gates, unit: "", n };
}

function judgeNoise(
  { judging }: StepContext,
  index: number,
  channel: string,
  measured: Quantity,
  expected: number,
): Judgement {
  const ratio = { value: measured.value / expected, u: measured.u / expected, unit: "", n: measured.n };
  return judging.measured(
    { id: `noiseRatio${index + 1}`, text: "check_noiseRatio", values: { channel } },
    ratio,
    { high: TIMES, reference: 1 },
    { origin: "C", text: "from_noise" },
    { find: "find_noise", fix: "fix_noise", values: { channel, ratio: figure(ratio.value, 1) } },
  );
}

/** Share of the key that the noise takes, in closed form, from the noise measured. */
function keyCost({ plan, known }: StepContext, at: LinkAtHand, measured: Quantity): Quantity {
  const [zero, one] = known.darks ?? [];
  const darkCountsPerGate =
    zero === undefined || one === undefined ? {} : { darkCountsPerGate: [zero.value, one.value] as const };
  const rateWith = (noisePerGate: number) =>
    finiteRate(expectedLink(plan, { ...at, ...darkCountsPerGate, noisePerGate: Math.max(0, noisePerGate) }), {
      bound: "composable",
      blockBits: 1e7,
      reconciliationEfficiency: 1.1,
      epsilonSecrecy: 1e-10,
      epsilonCorrectness: 1e-15,
    }).rateBps;
  const clean = rateWith(0);
  const cost = (noisePerGate: number) => (clean === 0 ? 100 : 100 * (1 - rateWith(noisePerGate) / clean));
  const value = cost(measured.value);
  return { value, u: Math.abs(cost(measured.value + measured.u) - value), unit: "%", n: measured.n };
}

function plotOf(
  { say }: StepContext,
  dark: Quantity,
  found: readonly { readonly lit: Lit; readonly noise: Quantity; readonly expected: number }[],
  percent: number,
): Plot {
  const values = [dark.value, ...found.map((one) => one.noise.value + dark.value)].map((one) => 1000 * one);
  return {
    title: `17 ${say("plot_noise")}`,
    note: say("plot_noiseNote", { percent: figure(percent, 1) }),
    wide: false,
    x: {
      label: say("axis_lit"),
      from: -0.5,
      to: values.length - 0.5,
      log: false,
      places: [say("place_off"), ...found.map(({ lit }) => lit.name)],
    },
    y: { label: say("axis_vacuum"), from: 0, to: 1.2 * Math.max(...values), log: false, places: [] },
    series: [
      { name: "", drawn: "bars", x: values.map((_, index) => index), y: values, u: values.map(() => 0) },
    ],
    lines: found.map(({ expected }, index) => ({
      across: "y",
      at: 1000 * (expected + dark.value),
      from: index + 0.6,
      to: index + 1.4,
      label: index === found.length - 1 ? say("line_expected") : "",
      meaning: "expected",
    })),
  };
}
