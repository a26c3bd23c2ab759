import type { EpsilonTotals } from "../pool/key-pool.ts";

/** How much failure probability a link may sum up under one pre-placed secret. No limit where neither is given. */
export interface EpsilonBudget {
  /** Within any 365 days. */
  readonly perYear?: number;
  /** As long as the secret is in force. */
  readonly total?: number;
  /** Whether no attempt begins that might exceed it; default false: it is only told. */
  readonly stop?: boolean;
}

/** `low` from four fifths of a budget on, `spent` when all of it is used, or no other attempt may begin. */
export type BudgetLevel = "fine" | "low" | "spent";

/** What of a budget is used. */
export interface BudgetUse {
  readonly level: BudgetLevel;
  /** The limit that is nearer, and the share of it that is used; null without a budget. */
  readonly of: "perYear" | "total" | null;
  readonly used: number;
}

const LOW = 0.8;

type Sums = Pick<EpsilonTotals, "total" | "lastYear">;

/** The limits of a budget with what counts against each. */
function limitsOf({ total, lastYear }: Sums, budget: EpsilonBudget) {
  const limits = [];
  if (budget.perYear !== undefined)
    limits.push({ of: "perYear", sum: lastYear, limit: budget.perYear } as const);
  if (budget.total !== undefined) limits.push({ of: "total", sum: total, limit: budget.total } as const);
  return limits;
}

/**
 * How far a budget is used up by what the ledger says. One that stops distillation is spent where another attempt, which
 * costs `attempt` at most, does not fit into it.
 */
export function budgetUse(sums: Sums, budget: EpsilonBudget, attempt = 0): BudgetUse {
  let use: BudgetUse = { level: "fine", of: null, used: 0 };
  for (const { of, sum, limit } of limitsOf(sums, budget)) {
    const used = sum / limit;
    if (use.of === null || used > use.used) use = { level: levelOf(used), of, used };
  }
  if (budget.stop === true && attemptsWithin(sums, budget, attempt) === 0) use = { ...use, level: "spent" };
  return use;
}

/** Of a quotient that is a whole number but for rounding. */
const ROUNDING = 1e-9;

/** How many attempts that cost `attempt` each at most fit into what is left of a budget that stops distillation. */
export function attemptsWithin(sums: Sums, budget: EpsilonBudget, attempt: number): number {
  if (budget.stop !== true) return Number.POSITIVE_INFINITY;
  const left = limitsOf(sums, budget).map(({ sum, limit }) => (limit - sum) / attempt);
  return Math.max(0, Math.floor(Math.min(...left) + ROUNDING));
}

/** Bound on a forged tag of a transcript longer than any block's: 2^40 times 16 bytes, both directions. */
const FORGERY = 2 ** -87;

/** What an attempt at a block costs at most: the bounds that its settings ask for, and that no tag of it is forged. */
export function costOfAttempt(settings: {
  readonly epsilonSecrecy: number;
  readonly epsilonCorrectness: number;
}): number {
  return settings.epsilonSecrecy + settings.epsilonCorrectness + FORGERY;
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
