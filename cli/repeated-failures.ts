/** Repetitions of one failure that were counted and not told. */
export interface Repetitions<Failure> {
  /** As it was told first. */
  readonly failure: Failure;
  readonly times: number;
  readonly withinMs: number;
}

interface Counted<Failure> {
  readonly failure: Failure;
  readonly sinceMs: number;
  readonly windowMs: number;
  readonly times: number;
}

const FIRST_WINDOW_MS = 1000;
const NEXT_WINDOW_MS = 60_000;
/** So many different failures are told apart; those of a flood that never says the same twice are one by their code. */
const MOST_APART = 32;

/**
 * Tells a flood of failures from news: the first of a kind is told at once, those that follow are counted and told
 * together, after a second first and then every minute. After a minute without one the next is news again.
 */
export class RepeatedFailures<Failure extends { readonly code: string; readonly message: string }> {
  readonly #counted = new Map<string, Counted<Failure>>();

  /** True for a failure to be told at once. */
  isNews(failure: Failure, nowMs: number): boolean {
    const exact = `${failure.code} ${failure.message}`;
    const apart = this.#counted.has(exact) || this.#counted.size < MOST_APART;
    const kind = apart ? exact : failure.code;
    const before = this.#counted.get(kind);
    if (before === undefined) {
      this.#counted.set(kind, { failure, sinceMs: nowMs, windowMs: FIRST_WINDOW_MS, times: 0 });
      return true;
    }
    this.#counted.set(kind, { ...before, times: before.times + 1 });
    return false;
  }

  /** What was counted and whose time is over. */
  due(nowMs: number): readonly Repetitions<Failure>[] {
    const due: Repetitions<Failure>[] = [];
    for (const [kind, { failure, sinceMs, windowMs, times }] of [...this.#counted]) {
      const withinMs = nowMs - sinceMs;
      if (withinMs < windowMs) continue;
      if (times > 0) due.push({ failure, times, withinMs });
      if (times === 0 && windowMs === NEXT_WINDOW_MS) this.#counted.delete(kind);
      else this.#counted.set(kind, { failure, sinceMs: nowMs, windowMs: NEXT_WINDOW_MS, times: 0 });
    }
    return due;
  }

  /** From now on those whose code begins so are news again. */
  forget(beginning: string): void {
    for (const [kind, { failure }] of [...this.#counted])
      if (failure.code.startsWith(beginning)) this.#counted.delete(kind);
  }

  /** The rest, for the end. */
  rest(nowMs: number): readonly Repetitions<Failure>[] {
    const rest = [...this.#counted.values()].filter(({ times }) => times > 0);
    this.#counted.clear();
    return rest.map(({ failure, times, sinceMs }) => ({ failure, times, withinMs: nowMs - sinceMs }));
  }
}
