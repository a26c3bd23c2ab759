import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Order, Said } from "./lines.ts";

const PROGRAM = fileURLToPath(new URL("./site.ts", import.meta.url));

/** A site's process: what it says goes to `hear`, in order, until nothing of it is left. */
export class SiteProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: Interface;
  readonly #ended: Promise<unknown>;
  readonly #waiting: { readonly said: Said["said"]; readonly found: (line: Said | null) => void }[] = [];
  #over = false;

  constructor(folder: string, site: string, hear: (line: Said) => void) {
    this.#child = spawn(process.execPath, [PROGRAM, folder, site], { stdio: ["pipe", "pipe", "inherit"] });
    this.#child.stdin.on("error", () => undefined);
    this.#lines = createInterface({ input: this.#child.stdout });
    this.#lines.on("line", (text) => {
      // A line that was cut off by the kill was not said.
      const line = parsed(text);
      if (line === null) return;
      hear(line);
      const index = this.#waiting.findIndex(({ said }) => said === line.said);
      if (index >= 0) this.#waiting.splice(index, 1)[0]?.found(line);
    });
    this.#ended = Promise.all([once(this.#child, "exit"), once(this.#lines, "close")]).then(() => {
      this.#over = true;
      for (const { found } of this.#waiting.splice(0)) found(null);
    });
  }

  tell(order: Order): void {
    if (!this.#over) this.#child.stdin.write(`${JSON.stringify(order)}\n`);
  }

  /** The next line of a kind; null when the process ended without one. */
  next<Kind extends Said["said"]>(said: Kind): Promise<Extract<Said, { said: Kind }> | null> {
    if (this.#over) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#waiting.push({ said, found: resolve as (line: Said | null) => void });
    });
  }

  /** Ends it in mid-work; resolves when all that it said is heard. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  /** Lets it close its store. */
  async close(): Promise<void> {
    this.tell({ ask: "close" });
    await this.#ended;
  }
}

function parsed(text: string): Said | null {
  try {
    return JSON.parse(text) as Said;
  } catch {
    return null;
  }
}
