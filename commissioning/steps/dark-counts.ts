import { figure } from "../../report/index.ts";
import type { Judgement } from "../limits/judgement.ts";
import type { PairCounts } from "../measuring/pair-counts.ts";
import { readPair } from "../measuring/read-pair.ts";
import { READING_HEAD, readingRow } from "../measuring/reading-table.ts";
import { darksAt, presetNameOf } from "../plan/expected-link.ts";
import type { Step, StepContext, StepOutcome } from "./step.ts";

/** Step 6: what the detectors count without any light, first as the link is found, then with all channels dark. */
export const darkCounts: Step = { id: "darkCounts", number: 6, name: "step_darkCounts", needs: [1], run };

const SECONDS = 10;
/** A detector may have twice the preset's dark counts at its temperature. */
const TIMES = 2;

async function run(context: StepContext): Promise<StepOutcome> {
  const { alice, bob, plan, known, hands, table } = context;
  await context.set(alice, "laserEnabled", 0);
  const hasChannels = (plan.channels ?? []).length > 0;
  const asFound = hasChannels ? await readDark(context) : undefined;
  const darkened = hasChannels ? await hands.do({ act: "channelsOff" }, 6) : true;
  const dark = asFound !== undefined && !darkened ? asFound : await readDark(context);
  if (hasChannels && darkened) await hands.do({ act: "channelsOn" }, 6);
  const status = await bob.command("getStatus", {}, () => bob.device.status());
  const detectorC = status.detectorTemperatureC ?? -30;
  known.detectorC = detectorC;
  known.darks = [perGate(dark, 0), perGate(dark, 1)];
  known.background = asFound === undefined ? known.darks : [perGate(asFound, 0), perGate(asFound, 1)];
  known.darkCurrentNa = dark.photocurrentNa;
  table(
    "06-dark-counts",
    ["channels", ...READING_HEAD],
    [...(asFound === undefined ? [] : [["as found", ...readingRow(asFound)]]), ["dark", ...readingRow(dark)]],
  );
  return { judgements: judge(context, dark, detectorC) };
}

function readDark({ alice, bob, signal }: StepContext): Promise<PairCounts> {
  const gates = SECONDS * alice.device.identity.clockHz;
  return readPair(alice, bob, { gates, detectionsPerFrame: 1 << 12 }, signal);
}

const perGate = (counts: PairCounts, detector: 0 | 1) => ({
  value: counts.clicks[detector] / counts.gates,
  u: Math.sqrt(Math.max(1, counts.clicks[detector])) / counts.gates,
  unit: "",
  n: counts.clicks[detector],
});

function judge({ plan, judging, alice }: StepContext, dark: PairCounts, detectorC: number): Judgement[] {
  const { clockHz } = alice.device.identity;
  const expected = darksAt(plan, detectorC);
  const rates = ([0, 1] as const).map((detector) => {
    const { value, u, n } = perGate(dark, detector);
    return { value: value * clockHz, u: u * clockHz, unit: "Hz", n };
  });
  const limits = expected.map((one) => TIMES * one * clockHz);
  const both = rates.every(({ value }, index) => value > (limits[index] ?? 0));
  return rates.map((rate, detector) => {
    const reference = (expected[detector] ?? 0) * clockHz;
    return judging.measured(
      { id: `darks${detector}`, text: detector === 0 ? "check_darks0" : "check_darks1" },
      rate,
      { high: limits[detector] ?? 0, reference },
      { origin: "P", text: "from_darks", values: { preset: presetNameOf(plan) } },
      both
        ? { find: "find_darksBoth", fix: "fix_darksBoth" }
        : {
            find: "find_darks",
            fix: "fix_darksOne",
            values: { detector, rate: figure(rate.value, 0), times: figure(rate.value / reference, 1) },
          },
    );
  });
}
