import { figure } from "../../report/index.ts";
import type { Judgement } from "../limits/judgement.ts";
import { compareClocks } from "./clocks.ts";
import { atSite, type StepContext } from "./step.ts";

const LARGEST_PPM = 50;

/** The second half of step 4, at the end of the run: how far both clocks have moved since its first half. */
export async function clockDrift(context: StepContext): Promise<readonly Judgement[]> {
  const { known, units, judging } = context;
  const { clocks } = known;
  if (clocks === undefined) return [];
  const elapsedMs = Date.now() - clocks.atMs;
  const judgements: Judgement[] = [];
  for (const unit of units) {
    const at = atSite(unit.site);
    const now = await compareClocks(unit);
    const before = (unit.site === "alice" ? clocks.aliceNs : clocks.bobNs) / 1e6;
    const ppm = ((now.offsetMs - before) / elapsedMs) * 1e6;
    judgements.push(
      judging.measured(
        { id: `clockDrift${at}`, text: `check_clockDrift${at}` },
        { value: ppm, unit: "ppm", u: (Math.SQRT2 * now.u * 1e6) / elapsedMs, n: 2 },
        { low: -LARGEST_PPM, high: LARGEST_PPM, reference: 0 },
        { origin: "O", text: "from_clock" },
        { find: "find_clockDrift", fix: "fix_clockDrift", values: { unit: at, ppm: figure(ppm, 0) } },
      ),
    );
  }
  return judgements;
}
