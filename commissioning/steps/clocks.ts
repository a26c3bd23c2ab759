import type { ClockComparison } from "../../drivers/index.ts";
import type { Judgement } from "../limits/judgement.ts";
import { mean, standardError } from "../measuring/statistics.ts";
import type { Unit } from "../units/unit.ts";
import { atSite, type Step, type StepContext, type StepOutcome } from "./step.ts";

/** Step 4: whether both units know the time of day. How fast their clocks run is asked again at the end of the run. */
export const clocks: Step = { id: "clocks", number: 4, name: "step_clocks", needs: [1], run };

const COMPARISONS = 20;
const LARGEST_OFFSET_MS = 100;

async function run(context: StepContext): Promise<StepOutcome> {
  const { known, units } = context;
  const atMs = Date.now();
  const found = await Promise.all(units.map(compareClocks));
  const [alice, bob] = found;
  if (alice !== undefined && bob !== undefined)
    known.clocks = { aliceNs: alice.offsetMs * 1e6, bobNs: bob.offsetMs * 1e6, atMs };
  context.table(
    "04-clocks",
    ["unit", "offsetNs", "roundTripNs"],
    found.flatMap(({ unit, comparisons }) =>
      comparisons.map(({ offsetNs, roundTripNs }) => [unit.site, offsetNs, roundTripNs]),
    ),
  );
  return { judgements: found.map((one) => judge(context, one)) };
}

/** A unit's clock against ours, ms, positive where it is ahead. */
export interface ClockFound {
  readonly unit: Unit;
  readonly offsetMs: number;
  readonly u: number;
  readonly comparisons: readonly ClockComparison[];
}

export async function compareClocks(unit: Unit): Promise<ClockFound> {
  const comparisons: ClockComparison[] = [];
  await unit.command("timeSync", { times: COMPARISONS }, async () => {
    for (let times = 0; times < COMPARISONS; times++) comparisons.push(await unit.device.compareClocks());
  });
  // The quickest answers were delayed least, and so are least wrong.
  const quick = comparisons.toSorted((a, b) => a.roundTripNs - b.roundTripNs).slice(0, COMPARISONS / 2);
  const offsets = quick.map(({ offsetNs }) => offsetNs / 1e6);
  const worst = (quick[0]?.roundTripNs ?? 0) / 2e6 / Math.sqrt(3);
  return { unit, offsetMs: mean(offsets), u: Math.hypot(worst, standardError(offsets)), comparisons };
}

function judge({ judging }: StepContext, { unit, offsetMs, u }: ClockFound): Judgement {
  const at = atSite(unit.site);
  return judging.measured(
    { id: `clockOffset${at}`, text: `check_clockOffset${at}` },
    { value: offsetMs, unit: "ms", u, n: COMPARISONS },
    { low: -LARGEST_OFFSET_MS, high: LARGEST_OFFSET_MS, reference: 0 },
    { origin: "O", text: "from_clock" },
    { find: "find_clockOffset", fix: "fix_clockOffset", values: { unit: at, offset: spanOf(offsetMs) } },
  );
}

/** An offset for readers: hours off are not told in milliseconds. */
function spanOf(ms: number): string {
  const sign = ms < 0 ? "−" : "+";
  const size = Math.abs(ms);
  if (size < 1000) return `${sign}${size.toFixed(0)} ms`;
  return size < 120_000 ? `${sign}${(size / 1000).toFixed(1)} s` : `${sign}${(size / 60_000).toFixed(1)} min`;
}
