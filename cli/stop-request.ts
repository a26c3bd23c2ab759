const EVENTS = ["SIGINT", "SIGTERM", "disconnect"] as const;

/**
 * A request to stop this program: SIGINT, SIGTERM, standard output that cannot be written any more, or the end of the
 * parent of a process started with an IPC channel.
 * After the first one signals act as they do by default, so a second Ctrl-C ends the program at once. A closed request
 * leaves nothing on the process.
 */
export class StopRequest {
  /** Resolves at the first request. */
  readonly made: Promise<void>;
  readonly #receive: () => void;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.made = promise;
    this.#receive = () => {
      this.close();
      resolve();
    };
    for (const event of EVENTS) process.on(event, this.#receive);
    process.stdout.on("error", this.#receive);
  }

  close(): void {
    for (const event of EVENTS) process.off(event, this.#receive);
    process.stdout.off("error", this.#receive);
  }
}
