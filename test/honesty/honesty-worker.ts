import { parentPort, workerData } from "node:worker_threads";
import { createOptics } from "../../emulator/index.ts";
import { mutationNamed } from "./mutations/all-mutations.ts";
import { ALL_TESTS } from "./suite/all-tests.ts";
import { HonestyContext } from "./suite/honesty-context.ts";
import { runTest } from "./suite/run-test.ts";
import type { ThreadJob, ThreadNews, ThreadSetup } from "./suite/thread-messages.ts";

const { scale, seed, mutation } = workerData as ThreadSetup;
const port = parentPort!;
const tell = (news: ThreadNews) => port.postMessage(news);
/** Least time between two words on progress, ms. */
const QUIET_MS = 200;

port.on("message", async ({ tests }: ThreadJob) => {
  let test = 0;
  let toldAt = 0;
  const context = new HonestyContext({
    scale,
    seed,
    openOptics: mutation === null ? createOptics : mutationNamed(mutation).plant(createOptics),
    onProgress: (text) => {
      if (performance.now() - toldAt < QUIET_MS) return;
      toldAt = performance.now();
      tell({ type: "progress", test, text });
    },
  });
  for (test of tests) {
    tell({ type: "started", test });
    tell({
      type: "result",
      result: await runTest(ALL_TESTS.find(({ number }) => number === test)!, context),
    });
  }
  tell({ type: "idle" });
});
tell({ type: "idle" });
