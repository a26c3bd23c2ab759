import { renameSync, writeFileSync } from "node:fs";
import { checkArgument, rule } from "../../options/index.ts";
import { type BudgetUse, budgetUse, type EpsilonBudget, yearlyPace } from "../policy/epsilon-budget.ts";
import type { AuthClass, EpsilonTotals } from "../pool/key-pool.ts";

/** What a site tells of its ledger to who may read its files, while it runs and afterwards. No key, no pad. */
export interface LedgerReport extends EpsilonTotals {
  readonly linkId: string;
  readonly site: "alice" | "bob";
  /** Class of the authentication that comes next. */
  readonly auth: AuthClass;
  readonly budget: EpsilonBudget;
  readonly budgetUse: BudgetUse;
  /** A year at the present pace; null while the ledger is too young. */
  readonly yearlyPace: number | null;
}

/** Where the report of the store at `store` lies. */
export function ledgerFileOf(store: string): string {
  checkArgument("store", store, rule.text("the path of a key store"));
  return `${store}.ledger.json`;
}

/** Composes the report from what the store says. */
export function ledgerReport(
  site: {
    readonly linkId: string;
    readonly site: "alice" | "bob";
    readonly budget: EpsilonBudget;
    /** What an attempt costs at most; default 0. */
    readonly attempt?: number;
  },
  totals: EpsilonTotals,
  auth: AuthClass,
): LedgerReport {
  const { linkId, budget, attempt } = site;
  return {
    linkId,
    site: site.site,
    ...totals,
    auth,
    budget,
    budgetUse: budgetUse(totals, budget, attempt),
    yearlyPace: yearlyPace(totals),
  };
}

/**
 * Writes the report beside the store, for its owner alone: the store itself is locked while the site runs. A reader sees
 * the whole of an older or of a newer report.
 */
export function writeLedgerFile(store: string, report: LedgerReport): void {
  const path = ledgerFileOf(store);
  writeFileSync(`${path}.new`, `${JSON.stringify(report)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
