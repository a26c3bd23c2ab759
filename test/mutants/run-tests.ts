import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { TestReport, TestRun } from "./verdict.ts";

/** A broken bound may fill the memory: the test is to fail before the machine does. */
const HEAP = "--max-old-space-size=2048";

/** Runs the named test files of a tree, in a process group of their own, which ends with them whatever they started. */
export class TestRunner {
  readonly #root: string;
  #child: ChildProcess | null = null;

  /** `root` is the tree whose tests and sources are run. */
  constructor(root: string) {
    this.#root = root;
  }

  /** Runs until the first failure, or `limitMs` long. */
  async run(tests: readonly string[], limitMs: number): Promise<TestRun> {
    const file = join(this.#root, "mutants-report.json");
    rmSync(file, { force: true });
    const child = spawn(
      process.execPath,
      [
        join(this.#root, "node_modules/vitest/vitest.mjs"),
        "run",
        "--bail=1",
        "--maxWorkers=1",
        "--reporter=json",
        `--outputFile=${file}`,
        ...tests,
      ],
      { cwd: this.#root, detached: true, stdio: "ignore", env: { ...process.env, NODE_OPTIONS: HEAP } },
    );
    this.#child = child;
    let hung = false;
    const timer = setTimeout(() => {
      hung = true;
      this.stop();
    }, limitMs);
    const exitCode = await new Promise<number | null>((resolve) => {
      child.once("error", () => resolve(null));
      child.once("exit", resolve);
    });
    clearTimeout(timer);
    this.stop();
    this.#child = null;
    return { exitCode, hung, report: existsSync(file) ? readReport(file) : null };
  }

  /** Ends the run that is under way, with all its processes. */
  stop(): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // The group has ended by itself.
    }
  }
}

function readReport(file: string): TestReport | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as TestReport;
  } catch {
    return null;
  }
}
