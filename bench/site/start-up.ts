import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Bench } from "../bench.ts";
import { summarise } from "../measure/median.ts";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** How long a command takes before it does anything. */
export const startUp: Bench = {
  name: "start-up",
  title: "start of the command line",
  async run() {
    const times: number[] = [];
    for (let run = 0; run < 6; run++) {
      const begun = performance.now();
      execFileSync(process.execPath, [MAIN, "plan", "--json"], { stdio: "ignore" });
      if (run > 0) times.push(performance.now() - begun);
    }
    return [
      { bench: "start-up", what: "qkdlink plan --json, start to end", unit: "ms", ...summarise(times) },
    ];
  },
};
