import type { RegisterName } from "../../protocol/index.ts";
import { figure } from "../../report/index.ts";
import type { Judgement } from "../limits/judgement.ts";
import { mean, standardError } from "../measuring/statistics.ts";
import { unitTime } from "../measuring/unit-time.ts";
import { plannedLoss } from "../plan/fibre-elements.ts";
import type { PlannedChannel } from "../plan/link-plan.ts";
import type { Step, StepContext, StepOutcome } from "./step.ts";

/** Step 18: whether classical channels arrive as planned, and do not care for the quantum channel's light. */
export const classical: Step = { id: "classical", number: 18, name: "step_classical", needs: [1], run };

const READS = 10;
const SETTLED_S = 2;
const MOST_CHANGE_DB = 0.2;
/** A channel may arrive so far from launch power less planned loss. */
const POWER_DB = 3;

async function run(context: StepContext): Promise<StepOutcome> {
  const { alice, bob, plan, say, signal, table } = context;
  const channels = (plan.channels ?? []).filter(({ receiver }) => receiver !== undefined);
  if (channels.length === 0) return { judgements: [], apart: say("why_noChannels") };
  if (bob.telemetry === undefined) return { judgements: [], apart: say("why_needsTelemetry") };
  const lit = await powers(context, channels);
  await context.set(alice, "laserEnabled", 0);
  await unitTime(bob, SETTLED_S, signal);
  const dark = await powers(context, channels);
  table(
    "18-classical",
    ["channel", "laserOnDbm", "laserOffDbm"],
    channels.map((channel, index) => [channel.name, lit[index]?.value ?? null, dark[index]?.value ?? null]),
  );
  return {
    judgements: channels.flatMap((channel, index) => judge(context, channel, index, lit[index], dark[index])),
  };
}

interface Power {
  readonly value: number;
  readonly u: number;
}

async function powers(
  { alice, bob }: StepContext,
  channels: readonly PlannedChannel[],
): Promise<readonly Power[]> {
  const readings: number[][] = channels.map(() => []);
  for (let read = 0; read < READS; read++)
    for (const unit of [bob, alice]) {
      const { telemetry } = unit;
      if (telemetry === undefined) continue;
      const { values } = await unit.command("readTelemetry", {}, () => telemetry.read());
      for (const [index, { receiver, direction }] of channels.entries()) {
        // A channel is received at the end that it travels to.
        if ((direction === "forward") !== (unit === bob)) continue;
        const value = values[`classical${receiver}PowerDbm` as RegisterName];
        if (typeof value === "number") readings[index]?.push(value);
      }
    }
  return readings.map((values) => ({
    value: values.length === 0 ? Number.NaN : mean(values),
    u: Math.max(standardError(values), 0.005),
  }));
}

function judge(
  { judging, plan }: StepContext,
  channel: PlannedChannel,
  index: number,
  lit: Power | undefined,
  dark: Power | undefined,
): Judgement[] {
  const values = { channel: channel.name };
  const powerName = { id: `classicalPower${index + 1}`, text: "check_classicalPower", values } as const;
  const changeName = { id: `classicalChange${index + 1}`, text: "check_classicalChange", values } as const;
  if (lit === undefined || dark === undefined || !Number.isFinite(lit.value) || !Number.isFinite(dark.value))
    return [judging.unknown(powerName, "why_noReading"), judging.unknown(changeName, "why_noReading")];
  const expected = channel.launchDbm - (plannedLoss(plan)?.expectedDb ?? Number.NaN);
  const change = dark.value - lit.value;
  return [
    Number.isFinite(expected)
      ? judging.measured(
          powerName,
          { value: lit.value, unit: "dBm", u: lit.u, n: READS },
          { low: expected - POWER_DB, high: expected + POWER_DB, reference: expected },
          { origin: "F", text: "from_fibre" },
          {
            find: "find_classicalPower",
            fix: "fix_loss",
            values: { channel: channel.name, power: figure(lit.value, 1) },
          },
        )
      : judging.unknown(powerName, "why_noPlan"),
    judging.measured(
      changeName,
      { value: change, unit: "dB", u: Math.hypot(lit.u, dark.u), n: READS },
      { low: -MOST_CHANGE_DB, high: MOST_CHANGE_DB, reference: 0 },
      { origin: "O", text: "from_classical" },
      {
        find: "find_classicalChange",
        fix: "fix_classicalChange",
        values: { channel: channel.name, change: figure(change, 2) },
      },
    ),
  ];
}
