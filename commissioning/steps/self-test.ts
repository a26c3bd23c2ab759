import { QkdError } from "../../errors/index.ts";
import type { Judgement } from "../limits/judgement.ts";
import type { Unit } from "../units/unit.ts";
import { atSite, type Step, type StepContext, type StepOutcome } from "./step.ts";

/** Step 3: what the units say of themselves: self-test and alarms. */
export const selfTest: Step = { id: "selfTest", number: 3, name: "step_selfTest", needs: [1], run };

async function run(context: StepContext): Promise<StepOutcome> {
  const rows: (string | number | null)[][] = [];
  const judgements = await Promise.all(context.units.map((unit) => judge(context, unit, rows)));
  context.table("03-self-test", ["unit", "what", "name", "outcome", "value", "unitOfValue", "text"], rows);
  return { judgements: judgements.flat() };
}

async function judge(
  { judging, say }: StepContext,
  unit: Unit,
  rows: (string | number | null)[][],
): Promise<Judgement[]> {
  const at = atSite(unit.site);
  const source = { origin: "D", text: "from_device" } as const;
  const failed = await failedParts(unit, rows);
  const alarms = await unit.command("listAlarms", {}, () => unit.device.activeAlarms());
  const raised = alarms.filter((alarm) => alarm.raised);
  for (const { name, value, text } of raised)
    rows.push([unit.site, "alarm", name, "raised", value, "", text]);
  return [
    judging.stated(
      { id: `selfTest${at}`, text: `check_selfTest${at}` },
      failed.length === 0,
      { measured: say(failed.length === 0 ? "shown_passed" : "shown_failed"), limit: say("shown_passed") },
      source,
      { find: "find_selfTest", fix: "fix_selfTest", values: { unit: at, parts: failed.join(", ") } },
    ),
    judging.stated(
      { id: `alarms${at}`, text: `check_alarms${at}` },
      raised.length === 0,
      {
        measured: raised.length === 0 ? say("shown_none") : raised.map(({ name }) => name).join(", "),
        limit: say("shown_none"),
      },
      source,
      {
        find: "find_alarms",
        fix: "fix_alarms",
        values: {
          unit: at,
          alarms: raised.map(({ name, text }) => (text === "" ? name : `${name} (${text})`)).join(", "),
        },
      },
    ),
  ];
}

/** Parts that failed. A unit in its error state refuses the test: that is an answer, too. */
async function failedParts(unit: Unit, rows: (string | number | null)[][]): Promise<readonly string[]> {
  try {
    const results = await unit.command("selfTest", {}, () => unit.device.selfTest());
    for (const one of results)
      rows.push([unit.site, "selfTest", one.name, one.outcome, one.value, one.unit, one.text]);
    return results.filter(({ outcome }) => outcome === "failed").map(({ name }) => name);
  } catch (error) {
    if (!(error instanceof QkdError) || error.code !== "QKD_DEVICE_STATE") throw error;
    rows.push([unit.site, "selfTest", "refused", "failed", null, "", error.message]);
    return [error.message];
  }
}
