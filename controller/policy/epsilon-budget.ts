import type { EpsilonTotals } from "../pool/key-pool.ts";

/** How much failure probability a link may sum up under one pre-placed secret. No limit where neither is given. */
export interface EpsilonBudget {
  /** Within any 365 days. */
  readonly perYear?: number;
  /** As long as the secret is in force. */
  readonly total?: number;
  /** Whether no more key is distilled once it is used up; default false: it is only told. */
  readonly stop?: boolean;
}

/** `low` from four fifths of a budget on, `spent` when all of it is used. */
export type BudgetLevel = "fine" | "low" | "spent";

/** What of a budget is used. */
export interface BudgetUse {
  readonly level: BudgetLevel;
  /** The limit that is nearer, and the share of it that is used; null without a budget. */
  readonly of: "perYear" | "total" | null;
  readonly used: number;
}

const LOW = 0.8;

/** How far a budget is used up by what the ledger says. */
export function budgetUse(
  { total, lastYear }: Pick<EpsilonTotals, "total" | "lastYear">,
  budget: EpsilonBudget,
): BudgetUse {
  let use: BudgetUse = { level: "fine", of: null, used: 0 };
  for (const [of, sum, limit] of [
    ["perYear", lastYear, budget.perYear],
    ["total", total, budget.total],
  ] as const) {
    if (limit === undefined) continue;
    const used = sum / limit;
    if (use.of === null || used > use.used) use = { level: levelOf(used), of, used };
  }
  return use;
}

function levelOf(used: number): BudgetLevel {
  if (used >= 1) return "spent";
  return used >= LOW ? "low" : "fine";
}

const YEAR_MS = 365 * 86_400_000;
const DAY_MS = 86_400_000;
/** A ledger younger than this shows no pace. */
const LEAST_MS = 60_000;

/** What a year costs at the pace of the last 24 hours, or of the ledger's whole life where that is shorter; null while it is too young. */
export function yearlyPace({ lastDay, sinceMs, atMs }: EpsilonTotals): number | null {
  const ageMs = atMs - sinceMs;
  if (!(ageMs >= LEAST_MS)) return null;
  return (lastDay * YEAR_MS) / Math.min(ageMs, DAY_MS);
}
