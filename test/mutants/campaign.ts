import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Breach } from "./breach.ts";
import { plant } from "./plant.ts";
import { TestRunner } from "./run-tests.ts";
import { TreeCopy } from "./tree-copy.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

/** What became of one breach. */
export interface BreachResult extends Verdict {
  readonly breach: Breach;
  readonly seconds: number;
}

/** Longest run of the tests of one breach. */
const LIMIT_MS = 180_000;
/** Longest run of all tests concerned on the unbroken tree. */
const BASELINE_LIMIT_MS = 1_200_000;

/** Plants breaches one after the other into `jobs` copies of the tree and runs the tests concerned. */
export class Campaign {
  readonly #copies: TreeCopy[] = [];
  readonly #runners: TestRunner[] = [];
  #stopped = false;

  constructor(jobs: number) {
    for (let job = 0; job < jobs; job++) {
      const copy = TreeCopy.make();
      this.#copies.push(copy);
      this.#runners.push(new TestRunner(copy.root));
    }
  }

  /** Null when every test concerned passes on the unbroken tree; what failed otherwise. Only then do failures mean anything. */
  async baseline(breaches: readonly Breach[]): Promise<string | null> {
    const tests = [...new Set(breaches.flatMap((breach) => breach.tests))];
    const missing = tests.find((test) => !existsSync(join(this.#copies[0]?.root ?? "", test)));
    if (missing !== undefined) return `${missing} does not exist`;
    const run = await this.#runners[0]?.run(tests, BASELINE_LIMIT_MS);
    if (run === undefined) return "no copy of the tree was made";
    const { outcome, by } = verdictOf(run);
    if (outcome === "survived") return null;
    return by;
  }

  /** Runs all; each result is told as soon as it is there. */
  async run(breaches: readonly Breach[], tell: (result: BreachResult) => void): Promise<BreachResult[]> {
    const results: BreachResult[] = [];
    const waiting = [...breaches];
    const work = async (copy: TreeCopy, runner: TestRunner) => {
      for (let breach = waiting.shift(); breach !== undefined && !this.#stopped; breach = waiting.shift()) {
        const started = Date.now();
        const verdict = await tried(breach, copy, runner);
        if (this.#stopped) return;
        const result = { breach, ...verdict, seconds: (Date.now() - started) / 1000 };
        results.push(result);
        tell(result);
      }
    };
    await Promise.all(
      this.#copies.map((copy, index) => work(copy, this.#runners[index] ?? new TestRunner(copy.root))),
    );
    return results;
  }

  /** Ends what runs and removes the copies. */
  close(): void {
    this.#stopped = true;
    for (const runner of this.#runners) runner.stop();
    for (const copy of this.#copies) copy.remove();
  }
}

async function tried(breach: Breach, copy: TreeCopy, runner: TestRunner): Promise<Verdict> {
  if (!existsSync(join(copy.root, breach.file))) return { outcome: "broken", by: "the file does not exist" };
  const planted = plant(copy.read(breach.file), breach);
  if ("fault" in planted) return { outcome: "broken", by: planted.fault };
  return copy.holding(breach.file, planted.source, async () =>
    verdictOf(await runner.run(breach.tests, LIMIT_MS)),
  );
}
