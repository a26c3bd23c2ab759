import type { ControllerEvent } from "../events.ts";
import { attemptsWithin, type BudgetLevel, budgetUse, type EpsilonBudget } from "../policy/epsilon-budget.ts";
import type { EpsilonTotals } from "../pool/key-pool.ts";

/** Where the watch over the ledger puts what it finds. */
export interface EpsilonWatchPorts {
  readonly publish: (event: ControllerEvent) => void;
  /** The budget is used up, and nothing more is to be distilled. */
  readonly stop: () => void;
}

const RANK: Readonly<Record<BudgetLevel, number>> = { fine: 0, low: 1, spent: 2 };

/** Tells when a budget of failure probability runs out, once each, and stops distillation where that is asked for. */
export class EpsilonWatch {
  readonly #budget: EpsilonBudget;
  /** What an attempt costs at most. */
  readonly #attempt: number;
  readonly #ports: EpsilonWatchPorts;
  #told: BudgetLevel = "fine";
  #stopped = false;

  constructor(budget: EpsilonBudget, attempt: number, ports: EpsilonWatchPorts) {
    this.#budget = budget;
    this.#attempt = attempt;
    this.#ports = ports;
  }

  /** How many attempts may have begun in all, where so many have ended and are in these sums. */
  attempts(totals: EpsilonTotals, ended: number): number {
    return ended + attemptsWithin(totals, this.#budget, this.#attempt);
  }

  /** Whether keys of blocks that end now are to be withheld. Lasts until the site starts anew. */
  get stopped(): boolean {
    return this.#stopped;
  }

  tell(totals: EpsilonTotals): void {
    const { level, of, used } = budgetUse(totals, this.#budget, this.#attempt);
    if (of === null) return;
    const { total, atMs } = totals;
    // The warning comes first also where several blocks end between two looks.
    for (const passed of ["low", "spent"] as const)
      if (RANK[passed] > RANK[this.#told] && RANK[passed] <= RANK[level])
        this.#ports.publish({ type: "epsilonBudget", atMs, level: passed, of, used, total });
    this.#told = level;
    this.obey(totals);
  }

  /** Stops distillation where that is due, and tells nobody: for a start, when nobody listens yet. */
  obey(totals: EpsilonTotals): void {
    const { level } = budgetUse(totals, this.#budget, this.#attempt);
    if (level !== "spent" || this.#budget.stop !== true || this.#stopped) return;
    this.#stopped = true;
    this.#ports.stop();
  }
}
