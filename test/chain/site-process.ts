import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

type Line = Readonly<Record<string, unknown>>;

const MAIN = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

/** One `qkdlink control`, or other command, under test: everything that it prints is kept. */
export class SiteProcess {
  readonly lines: Line[] = [];
  readonly #child: ChildProcess;
  readonly #onLine = new Set<(line: Line) => void>();
  readonly exited: Promise<void>;
  /** All that was printed on both channels, as text. */
  output = "";

  constructor(config: string, command = "control") {
    this.#child = spawn(process.execPath, [MAIN, command, "--config", config, "--json"], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.exited = new Promise((resolve) => this.#child.once("exit", () => resolve()));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on("line", (text) => {
        this.output += `${text}\n`;
        if (!text.startsWith("{")) return;
        const line = JSON.parse(text) as Line;
        this.lines.push(line);
        for (const listener of this.#onLine) listener(line);
      });
    }
  }

  /** 0 when it never started. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The first line, past or coming, that matches. Rejects when the process ends before. */
  line(match: (line: Line) => boolean): Promise<Line> {
    const past = this.lines.find(match);
    if (past !== undefined) return Promise.resolve(past);
    return new Promise((resolve, reject) => {
      const listener = (line: Line) => {
        if (!match(line)) return;
        this.#onLine.delete(listener);
        resolve(line);
      };
      this.#onLine.add(listener);
      void this.exited.then(() => reject(new Error(`the site ended: ${this.output.slice(-500)}`)));
    });
  }

  /** Drops what was kept of the past. */
  forget(): void {
    this.lines.length = 0;
    this.output = "";
  }

  /** Ends the process at once, as a power failure would. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.exited;
  }

  /** Asks the process to read its configuration anew. */
  reload(): void {
    this.#child.kill("SIGHUP");
  }

  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.exited;
  }
}
