import type { CheckReport, DoctorReport } from "../examine.ts";

const MARKS = { ok: "ok     ", finding: "FINDING", skipped: "skipped" } as const;

/** Where a rule stands. */
export const clauseOf = ({ clause }: CheckReport): string =>
  clause === "none" ? "no clause" : /^\d/.test(clause) ? `clause ${clause}` : clause;

/** A check for people: one line, and one for each finding. */
export function checkLines(report: CheckReport): string {
  const { check, verdict, rule, findings, reason } = report;
  const head = `${MARKS[verdict]} ${check.padEnd(20)} ${rule} [${clauseOf(report)}]`;
  const tail = reason === null ? findings : [reason];
  return [head, ...tail.map((sentence) => `        ${sentence}`)].join("\n");
}

/** The last line. */
export function summaryLine({ checks, figures, url }: DoctorReport): string {
  const count = (verdict: CheckReport["verdict"]) => checks.filter((one) => one.verdict === verdict).length;
  const { requests, keysTaken, p50Ms, p99Ms } = figures;
  const times = p99Ms === null ? "" : `; answers within ${p50Ms} ms (half), ${p99Ms} ms (99 %)`;
  return `${url}: ${count("ok")} checks in order, ${count("finding")} with findings, ${count("skipped")} skipped; ${requests} requests, ${keysTaken} keys used up${times}`;
}
