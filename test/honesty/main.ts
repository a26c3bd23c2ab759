import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { QkdError } from "../../errors/index.ts";
import { readOptions, USAGE } from "./options.ts";
import { Progress } from "./progress.ts";
import type { HonestyReport } from "./report/honesty-report.ts";
import { htmlPage } from "./report/html-page.ts";
import { declarationLines, resultLines } from "./report/terminal-table.ts";
import { ALL_TESTS } from "./suite/all-tests.ts";
import { declarations, familyFalseAlarm } from "./suite/false-alarm-budget.ts";
import { runSuite } from "./suite/run-suite.ts";

const say = (lines: readonly string[]) => process.stdout.write(`${lines.join("\n")}\n`);

async function run(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const { scale, seed, mutation, tests, threads, json, html } = options;
  const chosen = ALL_TESTS.filter(({ number }) => tests.has(number));
  const declared = declarations(chosen);
  const falseAlarmBound = familyFalseAlarm(declared);
  say([
    `Honesty of the emulated photons: ${scale} mode, seed ${seed}`,
    ...declarationLines(declared, falseAlarmBound),
    "",
  ]);
  const started = Date.now();
  const progress = new Progress(chosen.length, process.stderr);
  const results = await runSuite({ scale, seed, mutation, tests, threads, onNews: progress.tell });
  progress.clear();
  const report: HonestyReport = {
    suite: "qkdlink emulator honesty",
    passed: results.every((result) => result.passed),
    scale,
    seed: String(seed),
    mutation,
    startedAt: new Date(started).toISOString(),
    seconds: (Date.now() - started) / 1000,
    falseAlarmBound,
    declared,
    results,
  };
  if (json !== undefined) write(json, `${JSON.stringify(report, null, 2)}\n`);
  if (html !== undefined) write(html, htmlPage(report));
  say(["", ...resultLines(report)]);
  return report.passed ? 0 : 1;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof QkdError)) throw error;
  process.stderr.write(`${error.line}\n`);
  process.exitCode = error.code === "QKD_CONFIG_INVALID" ? 2 : 1;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  process.stdout.write(`wrote ${file}\n`);
}
