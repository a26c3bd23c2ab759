import { ReportError } from "../../errors/index.ts";
import type { Check, Report } from "../report.ts";
import { dayOf } from "./day-of.ts";
import { type TimeToLimit, timeToLimit } from "./time-to-limit.ts";
import { TRACKED, type Tracked } from "./tracked.ts";

/** `replaced`: another unit or firmware, so that a change says nothing about ageing. */
export type Movement = "stable" | "moved" | "drift" | "replaced";

/** One quantity now against then. */
export interface MovementOfCheck {
  readonly check: string;
  readonly name: string;
  readonly unit: string;
  readonly before: number;
  readonly now: number;
  readonly difference: number;
  /** Expanded uncertainty of the difference, 2 sqrt(u1² + u2²). */
  readonly U: number;
  readonly movement: Movement;
  /** From three reports on. */
  readonly timeToLimit: TimeToLimit | null;
}

export interface ReportComparison {
  readonly baseline: string;
  readonly replaced: readonly string[];
  readonly checks: readonly MovementOfCheck[];
}

/**
 * Compares a report with older ones of the same link, the first of which is the baseline. A difference below its own U is
 * *stable*; beyond U and the figure of `TRACKED` it is *drift*; between them it has *moved*.
 * @throws ReportError QKD_REPORT_DAMAGED for a report of another link.
 */
export function compareReports(earlier: readonly [Report, ...Report[]], now: Report): ReportComparison {
  for (const one of earlier)
    if (one.link.linkId !== now.link.linkId)
      throw new ReportError(
        "QKD_REPORT_DAMAGED",
        `${one.id} is of link ${one.link.linkId}, this is ${now.link.linkId}`,
        {
          remedy: "compare reports of one link",
        },
      );
  const [baseline] = earlier;
  const replaced = replacedUnits(baseline, now);
  return {
    baseline: baseline.id,
    replaced,
    checks: TRACKED.flatMap((tracked) => movementOf(tracked, earlier, now, replaced.length > 0)),
  };
}

function replacedUnits(before: Report, now: Report): readonly string[] {
  return now.units.flatMap((unit) => {
    const old = before.units.find(({ role }) => role === unit.role);
    if (old === undefined || (old.serial === unit.serial && old.firmware === unit.firmware)) return [];
    return [unit.role];
  });
}

function movementOf(
  tracked: Tracked,
  earlier: readonly [Report, ...Report[]],
  now: Report,
  replaced: boolean,
): readonly MovementOfCheck[] {
  const [before, after] = [checkOf(earlier[0], tracked.check), checkOf(now, tracked.check)];
  if (before === undefined || after === undefined) return [];
  const difference = after.measured.value - before.measured.value;
  const U = 2 * Math.hypot(before.measured.u, after.measured.u);
  const enough = tracked.relative ? tracked.drift * Math.abs(before.measured.value) : tracked.drift;
  const size = Math.abs(difference);
  const movement = replaced
    ? "replaced"
    : size < U
      ? "stable"
      : size > Math.max(U, enough)
        ? "drift"
        : "moved";
  const points = [...earlier, now].flatMap((report) => {
    const check = checkOf(report, tracked.check);
    return check === undefined
      ? []
      : [{ day: dayOf(report.endedUtc), value: check.measured.value, u: check.measured.u }];
  });
  return [
    {
      check: tracked.check,
      name: after.name,
      unit: after.measured.unit,
      before: before.measured.value,
      now: after.measured.value,
      difference,
      U,
      movement,
      timeToLimit: replaced || after.limit === null ? null : timeToLimit(points, after.limit),
    },
  ];
}

type MeasuredCheck = Check & { readonly measured: NonNullable<Check["measured"]> };

function checkOf(report: Report, id: string): MeasuredCheck | undefined {
  return report.steps
    .flatMap(({ checks }) => checks)
    .find((check): check is MeasuredCheck => check.id === id && check.measured !== null);
}
