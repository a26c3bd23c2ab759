import type { Quantity } from "../../report/index.ts";
import type { Judgement } from "../limits/judgement.ts";
import { fibreElements, plannedLoss } from "../plan/fibre-elements.ts";
import { fibreLoss } from "./link-at-hand.ts";
import type { Step, StepContext, StepOutcome } from "./step.ts";

/** Step 16: what the fibre loses, end to end, both ways, by hand and by element. */
export const loss: Step = { id: "loss", number: 16, name: "step_loss", needs: [7], run };

const WAYS_AGREE_DB = 0.5;
const METHODS_AGREE_DB = 0.7;
/** Light sources and power meters of the field, each way. */
const BY_HAND_U_DB = 0.1;

async function run(context: StepContext): Promise<StepOutcome> {
  const { plan, known, table } = context;
  const measured = await fibreLoss(context);
  known.lossDb = measured;
  const { oltsAToBDb, oltsBToADb, otdrDb } = plan.measured ?? {};
  table(
    "16-loss",
    ["method", "lossDb", "uDb"],
    [
      ["photons, Alice to Bob", measured.value, measured.u],
      ["OLTS, Alice to Bob", oltsAToBDb ?? null, BY_HAND_U_DB],
      ["OLTS, Bob to Alice", oltsBToADb ?? null, BY_HAND_U_DB],
      ["OTDR", otdrDb ?? null, BY_HAND_U_DB],
    ],
  );
  return {
    judgements: [
      ...elements(context),
      endToEnd(context, measured),
      ways(context),
      methods(context, measured),
    ],
  };
}

/** Elements that were measured when they were built: each has its own limit. */
function elements({ judging, plan }: StepContext): Judgement[] {
  return fibreElements(plan).flatMap(({ name, lossDb, limitDb }, index) =>
    lossDb === null
      ? []
      : [
          judging.measured(
            { id: `elementLoss${index + 1}`, text: "check_elementLoss", values: { element: name } },
            { value: lossDb, unit: "dB", u: 0.01, n: 1 },
            { high: limitDb },
            { origin: "F", text: "from_fibre" },
            {
              find: "find_elementLoss",
              fix: "fix_elementLoss",
              values: { element: name, loss: lossDb.toFixed(2), limit: limitDb.toFixed(2) },
            },
          ),
        ],
  );
}

function endToEnd({ judging, plan }: StepContext, measured: Quantity): Judgement {
  const name = { id: "lossEndToEnd", text: "check_lossEndToEnd" } as const;
  const planned = plannedLoss(plan);
  if (planned === null) return { check: { ...judging.unknown(name, "why_noPlan").check, measured } };
  return judging.measured(
    name,
    measured,
    { high: planned.limitDb, reference: Math.min(planned.expectedDb, planned.limitDb) },
    { origin: "F", text: "from_fibre" },
    {
      find: "find_loss",
      fix: "fix_loss",
      values: { loss: measured.value.toFixed(2), limit: planned.limitDb.toFixed(2) },
    },
  );
}

function ways({ judging, plan }: StepContext): Judgement {
  const name = { id: "lossWaysAgree", text: "check_lossWaysAgree" } as const;
  const { oltsAToBDb, oltsBToADb } = plan.measured ?? {};
  if (oltsAToBDb === undefined || oltsBToADb === undefined)
    return judging.notApplicable(name, "why_notMeasured");
  const difference = Math.abs(oltsAToBDb - oltsBToADb);
  return agreement({ judging, name, difference, u: BY_HAND_U_DB, limit: WAYS_AGREE_DB, isWays: true });
}

/** What the photons say against the mean of what was measured by hand. */
function methods({ judging, plan }: StepContext, measured: Quantity): Judgement {
  const name = { id: "lossMethodsAgree", text: "check_lossMethodsAgree" } as const;
  const byHand = Object.values(plan.measured ?? {}).filter((one) => typeof one === "number");
  if (byHand.length === 0) return judging.notApplicable(name, "why_notMeasured");
  const mean = byHand.reduce((sum, one) => sum + one, 0) / byHand.length;
  const difference = Math.abs(measured.value - mean);
  return agreement({
    judging,
    name,
    difference,
    u: Math.hypot(measured.u, BY_HAND_U_DB),
    limit: METHODS_AGREE_DB,
    isWays: false,
  });
}

interface Agreement {
  readonly judging: StepContext["judging"];
  readonly name: Parameters<StepContext["judging"]["measured"]>[0];
  readonly difference: number;
  readonly u: number;
  readonly limit: number;
  readonly isWays: boolean;
}

function agreement({ judging, name, difference, u, limit, isWays }: Agreement): Judgement {
  const values = { difference: difference.toFixed(2) };
  return judging.measured(
    name,
    { value: difference, unit: "dB", u, n: 2 },
    { high: limit, reference: 0 },
    { origin: "T", text: "from_trade" },
    isWays
      ? { find: "find_lossWays", fix: "fix_loss", values }
      : { find: "find_lossMethods", fix: "fix_lossMethods", values },
  );
}
