import type { Report } from "../report.ts";
import { sayIn } from "../texts/say.ts";
import { isOverdue, isPast } from "./identity-page.ts";

/** Why a report is a draft: nobody signs, a step was left out, or an instrument's calibration was overdue. */
export function draftReasons(report: Report): readonly string[] {
  const say = sayIn(report.language);
  const overdue = report.instruments.filter((one) => isOverdue(one, report));
  const witnessMissing = report.witness !== null && !report.signers.some(({ role }) => role === "witness");
  return [
    ...(report.signers.some(({ role }) => role === "operator") ? [] : [say("draftUnsigned")]),
    ...(witnessMissing ? [say("draftWitness")] : []),
    ...(report.skipped.length > 0
      ? [say("draftSkipped", { numbers: report.skipped.map(({ number }) => number).join(", ") })]
      : []),
    ...report.units
      .filter(({ calibrationDueOn }) => isPast(calibrationDueOn, report))
      .map(({ role, serial }) =>
        say("draftOverdue", { instrument: `${role === "alice" ? "Alice" : "Bob"} ${serial}` }),
      ),
    ...overdue.map(({ kind, serial }) => say("draftOverdue", { instrument: `${kind} ${serial}` })),
  ];
}
