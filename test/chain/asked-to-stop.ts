import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

/** How a command ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** False for one that had to be killed. */
  readonly inTime: boolean;
  readonly errors: string;
}

/** A `qkdlink` command that a test asks to stop. */
export class AskedToStop {
  readonly child: ChildProcess;
  readonly #ended: Promise<Omit<Ending, "inTime" | "errors">>;
  output = "";
  errors = "";

  constructor(args: readonly string[], stdout: "pipe" | number = "pipe") {
    const stdio: StdioOptions = ["ignore", stdout, "pipe"];
    this.child = spawn(process.execPath, [MAIN, ...args], { stdio });
    this.child.stdout?.on("data", (chunk: Buffer) => (this.output += String(chunk)));
    this.child.stderr?.on("data", (chunk: Buffer) => (this.errors += String(chunk)));
    this.#ended = new Promise((resolve) =>
      this.child.once("exit", (code, signal) => resolve({ code, signal })),
    );
  }

  /** Resolves when it has printed the text; rejects when it ends before. */
  async until(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      const next = new Promise<boolean>((resolve) => this.child.stdout?.once("data", () => resolve(true)));
      const over = this.#ended.then(() => false);
      if (!(await Promise.race([next, over])) && !this.output.includes(text))
        throw new Error(`ended before ${text}: ${this.output.slice(-500)}${this.errors.slice(-500)}`);
    }
  }

  /** Asks, and kills what has not ended within five seconds. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<Ending> {
    this.child.kill(signal);
    return await this.ending();
  }

  /** How it ends within five seconds from now. */
  async ending(): Promise<Ending> {
    const late = Promise.withResolvers<"late">();
    const timer = setTimeout(() => late.resolve("late"), 5000);
    const first = await Promise.race([this.#ended, late.promise]);
    clearTimeout(timer);
    if (first === "late") this.child.kill("SIGKILL");
    return { ...(await this.#ended), inTime: first !== "late", errors: this.errors };
  }

  kill(): void {
    this.child.kill("SIGKILL");
  }
}
