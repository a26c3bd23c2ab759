import { ConfigError } from "../errors/index.ts";
import { EXIT, reportError } from "./report-error.ts";

const EVENTS = ["SIGINT", "SIGTERM", "disconnect"] as const;
/** From a request to the end, whatever hangs: below the five seconds that supervisors are promised. */
const OVERDUE_MS = 4200;
const PARENT_LOOK_MS = 500;
/** Taken when the program is loaded: it may be without its parent before it makes a request. */
const PARENT = process.ppid;

/**
 * A request to stop this program: SIGINT, SIGTERM, as a rule standard output that cannot be written any more, the end of the
 * parent of a process started with an IPC channel, or that of the shell in which `npx`, `npm start` or `npm run` runs it: a
 * signal to them ends that shell and goes no further.
 * After the first one signals act as they do by default, so a second Ctrl-C ends the program at once. A closed request
 * leaves nothing on the process but, once it was made, the call of `overdue` for a program that has not ended by then.
 */
export class StopRequest {
  /** Resolves at the first request. */
  readonly made: Promise<void>;
  readonly #asked = new AbortController();
  readonly #receive: () => void;
  #parentLook: NodeJS.Timeout | undefined;

  /** `outlivesOutput`: for a program that has more to do than to print: losing standard output does not stop it. */
  constructor(overdue?: () => void, outlivesOutput = false) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.made = promise;
    this.#receive = () => {
      this.close();
      if (overdue !== undefined) setTimeout(overdue, OVERDUE_MS).unref();
      this.#asked.abort();
      resolve();
    };
    for (const event of EVENTS) process.on(event, this.#receive);
    if (!outlivesOutput) process.stdout.on("error", this.#receive);
    if (process.env.npm_command !== undefined) this.#watchParent();
    // A parent that ended while this program was being loaded has no event left to tell.
    if (process.connected === false) this.#receive();
  }

  /** Aborts at the first request. */
  get signal(): AbortSignal {
    return this.#asked.signal;
  }

  #watchParent(): void {
    this.#parentLook = setInterval(() => {
      if (process.ppid !== PARENT) this.#receive();
    }, PARENT_LOOK_MS).unref();
  }

  close(): void {
    clearInterval(this.#parentLook);
    for (const event of EVENTS) process.off(event, this.#receive);
    process.stdout.off("error", this.#receive);
  }
}

/** Ends this process, which was asked to stop and does not: a reader that reads nothing, a disk that hangs. */
export function endOverdue(): never {
  const overdue = new ConfigError("QKD_OUTPUT_WRITE", `the program did not stop within ${OVERDUE_MS} ms`, {
    remedy:
      "look for a full pipe behind standard output, or a disk that hangs; the next start recovers the store",
  });
  reportError(overdue, process.argv.includes("--json"));
  process.exit(EXIT.failed);
}
