import { predictLink } from "../../physics/index.ts";
import { figure } from "../../report/index.ts";
import type { Judgement } from "../limits/judgement.ts";
import type { PairCounts } from "../measuring/pair-counts.ts";
import { expectedLink } from "../plan/expected-link.ts";
import { measuredLink } from "./link-at-hand.ts";
import { longReading } from "./long-reading.ts";
import type { Step, StepContext, StepOutcome } from "./step.ts";

/** Step 15: double clicks and the charge of a click: what blinded or starved detectors show. */
export const doubles: Step = { id: "doubles", number: 15, name: "step_doubles", needs: [7], run };

const DOUBLES_SHARE = 0.1;
/** Charge of an avalanche of a self-differencing photodiode: Yuan et al. 2010. */
const CHARGE_FC = 35;
const CHARGE_SHARE = 0.2;
/** Meters of small currents. */
const CURRENT_U = 0.01;

async function run(context: StepContext): Promise<StepOutcome> {
  const reading = await longReading(context);
  return { judgements: [await judgeDoubles(context, reading), judgeCharge(context, reading)] };
}

async function judgeDoubles(context: StepContext, reading: PairCounts): Promise<Judgement> {
  const expected = predictLink(expectedLink(context.plan, await measuredLink(context))).doubleClicksPerGate;
  const value = reading.doubleClicks / reading.gates / expected;
  // The closed form's own: double clicks go with the square of the light.
  const u = value * Math.hypot(1 / Math.sqrt(Math.max(1, reading.doubleClicks)), 0.005);
  return context.judging.measured(
    { id: "doubleClicks", text: "check_doubleClicks" },
    { value, unit: "", u, n: reading.doubleClicks },
    { low: 1 - DOUBLES_SHARE, high: 1 + DOUBLES_SHARE, reference: 1 },
    { origin: "C", text: "from_doubles" },
    { find: "find_doubles", fix: "fix_doubles", values: { ratio: figure(value, 2) } },
  );
}

/** Current above that of the dark, divided by the clicks above those of the dark. */
function judgeCharge({ judging, known, alice }: StepContext, reading: PairCounts): Judgement {
  const { clockHz } = alice.device.identity;
  const darkPerS = ((known.darks?.[0].value ?? 0) + (known.darks?.[1].value ?? 0)) * clockHz;
  const perS = ((reading.clicks[0] + reading.clicks[1]) / reading.gates) * clockHz - darkPerS;
  const value = ((reading.photocurrentNa - (known.darkCurrentNa ?? 0)) * 1e-9 * 1e15) / perS;
  return judging.measured(
    { id: "charge", text: "check_charge" },
    { value, unit: "fC", u: value * CURRENT_U, n: reading.frames },
    { low: CHARGE_FC * (1 - CHARGE_SHARE), high: CHARGE_FC * (1 + CHARGE_SHARE), reference: CHARGE_FC },
    { origin: "D", text: "from_charge" },
    {
      find: "find_charge",
      fix: "fix_charge",
      values: { charge: value > 1000 ? value.toExponential(1) : figure(value, 1) },
    },
  );
}
