import { join } from "node:path";
import { limitShown, type Report } from "../../report/index.ts";

/** The last JSON line of `commission`. */
export function summaryOf(report: Report, folder: string): object {
  return {
    verdict: report.verdict,
    steps: report.steps.map(({ number, id, name, verdict, checks, reason, finding, remedy }) => ({
      id: number,
      key: id,
      name,
      verdict,
      checks: checks.map((check) => ({
        id: check.id,
        name: check.name,
        measured: check.measured,
        limit: check.limit === null ? null : { ...check.limit, text: limitShown(check) },
        margin: check.margin,
        U: check.U,
        verdict: check.verdict,
        reason: check.reason,
      })),
      reason,
      finding,
      remedy,
    })),
    report: join(folder, "report.html"),
  };
}
