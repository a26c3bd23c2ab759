import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import {
  ERROR_REMEDIES,
  LinkError,
  type PlainError,
  type QkdError,
  revivedError,
} from "../../errors/index.ts";

/** One line that a child printed with `--json`. */
export type ChildLine = Readonly<Record<string, unknown>> & { readonly type?: string };

const MAIN = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../main.ts" : "../main.js", import.meta.url),
);

/** A `qkdlink` command run as a process of its own that speaks JSON lines. */
export class JsonChild {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #waiting: {
    readonly match: (line: ChildLine) => boolean;
    readonly resolve: (line: ChildLine) => void;
  }[] = [];
  readonly #onLine: (line: ChildLine) => void;
  /** How the process ended: its exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>;
  #lastError = "";
  #stopping = false;

  /** `name` is how messages name the process. */
  constructor(name: string, args: readonly string[], onLine: (line: ChildLine) => void) {
    this.name = name;
    this.#onLine = onLine;
    this.#process = spawn(process.execPath, [MAIN, ...args], {
      // The fourth is a channel that ends with this process, so that no child outlives it.
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      detached: true,
    });
    this.exited = new Promise((resolve) => {
      this.#process.once("exit", (code, signal) => resolve(signal ?? code ?? 0));
      this.#process.once("error", (cause) => {
        this.#lastError = `it could not be started (${cause.message})`;
        resolve(1);
      });
    });
    const { stdout, stderr } = this.#process;
    if (stdout !== null) createInterface({ input: stdout }).on("line", (line) => this.#receive(line));
    if (stderr !== null)
      createInterface({ input: stderr }).on("line", (line) => {
        this.#lastError = line;
      });
  }

  /** Process id; undefined when the process could not be started. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** The first coming line that matches; rejects if the child ends before. */
  async line(match: (line: ChildLine) => boolean): Promise<ChildLine> {
    const found = new Promise<ChildLine>((resolve) => this.#waiting.push({ match, resolve }));
    const ended = this.exited.then((end) => {
      throw this.failure(end);
    });
    return Promise.race([found, ended]);
  }

  /** Rejects if the child ends before `stop` was called. */
  async guard(): Promise<never> {
    const end = await this.exited;
    if (this.#stopping) return new Promise<never>(() => {});
    throw this.failure(end);
  }

  /** What the child said of its end, or how it ended. */
  failure(end: number | NodeJS.Signals): QkdError {
    const told = toldError(this.#lastError);
    if (told !== null)
      return revivedError({ ...told, message: `${this.name}: ${told.message}`, retryable: false });
    const how = typeof end === "string" ? `was ended by ${end}` : `ended with code ${end}`;
    return new LinkError(
      "QKD_LINK_PROCESS",
      this.#lastError === "" ? `${this.name} ${how}` : `${this.name} ${how}: ${this.#lastError}`,
      end === "SIGKILL" ? { remedy: "see who kills it: a system without memory does (dmesg says so)" } : {},
    );
  }

  /** Asks the child to stop, and ends it when it does not within so long. */
  async stop(withinMs = 5000): Promise<void> {
    this.#stopping = true;
    this.#process.kill("SIGTERM");
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), withinMs);
    await this.exited;
    clearTimeout(timer);
  }

  /** Ends the child at once, as a power failure would. */
  kill(): void {
    this.#stopping = true;
    this.#process.kill("SIGKILL");
  }

  #receive(text: string): void {
    let line: ChildLine;
    try {
      line = JSON.parse(text) as ChildLine;
    } catch {
      return;
    }
    this.#onLine(line);
    for (const [index, waiter] of [...this.#waiting.entries()].reverse())
      if (waiter.match(line)) {
        this.#waiting.splice(index, 1);
        waiter.resolve(line);
      }
  }
}

/** The error in a line that a command printed with `--json`, or null. */
function toldError(text: string): Omit<PlainError, "retryable"> | null {
  try {
    const { error } = JSON.parse(text) as { readonly error?: Omit<PlainError, "retryable"> };
    return error !== undefined && error.code in ERROR_REMEDIES ? error : null;
  } catch {
    return null;
  }
}
