/** Calls once at the earliest of the times asked for, never from within the caller's turn. */
export class StepTimer {
  readonly #call: () => void;
  #dueMs = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #immediate: NodeJS.Immediate | null = null;

  constructor(call: () => void) {
    this.#call = call;
  }

  get waits(): boolean {
    return this.#dueMs < Number.POSITIVE_INFINITY;
  }

  /** Asks for the call in `delayMs` from now. */
  ask(nowMs: number, delayMs: number): void {
    const dueMs = nowMs + delayMs;
    if (dueMs >= this.#dueMs) return;
    this.#cancel();
    this.#dueMs = dueMs;
    if (delayMs > 0) this.#timer = setTimeout(() => this.#fire(), delayMs);
    else this.#immediate = setImmediate(() => this.#fire());
  }

  #fire(): void {
    this.#cancel();
    this.#dueMs = Number.POSITIVE_INFINITY;
    this.#call();
  }

  #cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#immediate !== null) clearImmediate(this.#immediate);
    this.#timer = null;
    this.#immediate = null;
  }
}
