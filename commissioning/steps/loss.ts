import { figure, type Quantity } from "../../report/index.ts";
import type { Judgement } from "../limits/judgement.ts";
import { mean, standardError } from "../measuring/statistics.ts";
import { unitTime } from "../measuring/unit-time.ts";
import { fibreElements, plannedLoss } from "../plan/fibre-elements.ts";
import type { Unit } from "../units/unit.ts";
import { fibreLoss } from "./link-at-hand.ts";
import type { Step, StepContext, StepOutcome } from "./step.ts";

/** Step 16: what the fibre loses, end to end, both ways, by hand and by element. */
export const loss: Step = { id: "loss", number: 16, name: "step_loss", needs: [7], run };

const WAYS_AGREE_DB = 0.5;
const METHODS_AGREE_DB = 0.7;
const READS = 5;
const SETTLED_S = 2;
/** Power meters inside the units. */
const POWER_U_DB = 0.03;
/** Light sources and power meters of the field, each way. */
const BY_HAND_U_DB = 0.1;

async function run(context: StepContext): Promise<StepOutcome> {
  const { plan, known, table } = context;
  const measured = await fibreLoss(context);
  known.lossDb = measured;
  const { oltsAToBDb, oltsBToADb, otdrDb } = plan.measured ?? {};
  const service = await serviceLoss(context);
  table(
    "16-loss",
    ["method", "lossDb", "uDb"],
    [
      ["photons, Alice to Bob", measured.value, measured.u],
      ["service channel, Alice to Bob", service?.aToB.value ?? null, service?.aToB.u ?? null],
      ["service channel, Bob to Alice", service?.bToA.value ?? null, service?.bToA.u ?? null],
      ["OLTS, Alice to Bob", oltsAToBDb ?? null, BY_HAND_U_DB],
      ["OLTS, Bob to Alice", oltsBToADb ?? null, BY_HAND_U_DB],
      ["OTDR", otdrDb ?? null, BY_HAND_U_DB],
    ],
  );
  return {
    judgements: [
      ...elements(context),
      endToEnd(context, measured),
      ways(context, service),
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
              values: { element: name, loss: figure(lossDb, 2), limit: figure(limitDb, 2) },
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
      values: { loss: figure(measured.value, 2), limit: figure(planned.limitDb, 2) },
    },
  );
}

/** Loss that light going one way meets, dB. */
interface OneWay {
  readonly value: number;
  readonly u: number;
}

/** Loss of the units' own service channel both ways, from what each end sends and receives; undefined without readings. */
async function serviceLoss({
  alice,
  bob,
  signal,
}: StepContext): Promise<{ readonly aToB: OneWay; readonly bToA: OneWay } | undefined> {
  await unitTime(bob, SETTLED_S, signal);
  const [a, b] = [await servicePowers(alice), await servicePowers(bob)];
  if (a === undefined || b === undefined) return undefined;
  const between = (sent: OneWay, received: OneWay): OneWay => ({
    value: sent.value - received.value,
    u: Math.hypot(sent.u, received.u),
  });
  return { aToB: between(a.sent, b.received), bToA: between(b.sent, a.received) };
}

async function servicePowers(
  unit: Unit,
): Promise<{ readonly sent: OneWay; readonly received: OneWay } | undefined> {
  const { telemetry } = unit;
  if (telemetry === undefined) return undefined;
  const [sent, received]: [number[], number[]] = [[], []];
  for (let read = 0; read < READS; read++) {
    // Units of the first register map have no service channel to read.
    const values: Readonly<Record<string, number | null | undefined>> = (
      await unit.command("readTelemetry", {}, () => telemetry.read())
    ).values;
    if (typeof values.serviceTxDbm !== "number" || typeof values.serviceRxDbm !== "number") return undefined;
    sent.push(values.serviceTxDbm);
    received.push(values.serviceRxDbm);
  }
  const of = (readings: readonly number[]) => ({
    value: mean(readings),
    u: Math.max(standardError(readings), POWER_U_DB),
  });
  return { sent: of(sent), received: of(received) };
}

/** Both ways against each other: by hand where it was measured, else by the units' service channel. */
function ways({ judging, plan }: StepContext, service: Awaited<ReturnType<typeof serviceLoss>>): Judgement {
  const name = { id: "lossWaysAgree", text: "check_lossWaysAgree" } as const;
  const { oltsAToBDb, oltsBToADb } = plan.measured ?? {};
  const byHand =
    oltsAToBDb === undefined || oltsBToADb === undefined
      ? undefined
      : { difference: Math.abs(oltsAToBDb - oltsBToADb), u: BY_HAND_U_DB };
  const byUnits =
    service === undefined
      ? undefined
      : {
          difference: Math.abs(service.aToB.value - service.bToA.value),
          u: Math.hypot(service.aToB.u, service.bToA.u),
        };
  const found = byHand ?? byUnits;
  if (found === undefined) return judging.notApplicable(name, "why_notMeasured");
  return agreement({ judging, name, ...found, limit: WAYS_AGREE_DB, isWays: true });
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
  const values = { difference: figure(difference, 2) };
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
