import { compareReports, figure, type Report, type ReportComparison, withUnit } from "../../report/index.ts";

/** A comparison as lines for people and as members of a JSON line. */
export function comparisonLines(
  earlier: readonly [Report, ...Report[]],
  now: Report,
): { readonly lines: readonly string[]; readonly json: { readonly comparison: ReportComparison } } {
  const comparison = compareReports(earlier, now);
  const lines = [
    `compared with ${comparison.baseline}${comparison.replaced.length > 0 ? `; replaced: ${comparison.replaced.join(", ")}` : ""}`,
    ...comparison.checks.map((one) => {
      const values = `${figure(one.before)} to ${withUnit(figure(one.now), one.unit)}`;
      const left =
        one.timeToLimit === null
          ? ""
          : one.timeToLimit.days === null
            ? ", limit not in sight"
            : `, limit in ${days(one.timeToLimit.days)} (${days(one.timeToLimit.earliestDays)} to ${days(one.timeToLimit.latestDays)})`;
      return `${one.movement.padEnd(9)}${one.name.padEnd(28)}${values}, change ${figure(one.difference)} U ${figure(one.U)}${left}`;
    }),
  ];
  return { lines, json: { comparison } };
}

const days = (count: number | null): string =>
  count === null ? "never" : withUnit(figure(Math.round(count)), "d");
