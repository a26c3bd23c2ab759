import { Worker } from "node:worker_threads";
import type { TestResult } from "./run-test.ts";
import { schedule } from "./schedule.ts";
import type { ThreadJob, ThreadNews, ThreadSetup } from "./thread-messages.ts";

/** What to run, and who wants to hear of it. */
export interface SuiteRun extends ThreadSetup {
  readonly tests: ReadonlySet<number>;
  readonly threads: number;
  readonly onNews?: (news: ThreadNews) => void;
}

/**
 * Runs tests on worker threads and returns their results in the order of their numbers. A thread that dies takes the
 * run with it: the promise is rejected with what it died of.
 */
export async function runSuite(run: SuiteRun): Promise<TestResult[]> {
  const { tests, threads, onNews, ...setup } = run;
  const groups = schedule(tests);
  const results: TestResult[] = [];
  const workers: Worker[] = [];
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(new URL("../honesty-worker.ts", import.meta.url), { workerData: setup });
      workers.push(worker);
      worker.on("error", reject);
      worker.on("exit", () => reject(new Error("a thread of the honesty suite ended early")));
      worker.on("message", (news: ThreadNews) => {
        onNews?.(news);
        if (news.type === "result") results.push(news.result);
        if (news.type !== "idle") return;
        const group = groups.shift();
        if (group === undefined) resolve();
        else worker.postMessage({ tests: group } satisfies ThreadJob);
      });
    });
  try {
    await Promise.all(Array.from({ length: Math.min(threads, groups.length) }, work));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return results.sort((a, b) => a.number - b.number);
}
