/** Errors among bits. */
export interface ErrorCount {
  readonly errors: number;
  readonly bits: number;
}

const PRIOR: ErrorCount = { errors: 3, bits: 100 };
const NONE: ErrorCount = { errors: 0, bits: 0 };
const FORGET = 0.5;
const LOWEST_RATE = 5e-4;

/**
 * Expects the key-basis error rate of a block from what is public by then: its own test bits, all of them, and the
 * corrected errors of former blocks. Where the test bits do not contradict the former blocks these are the better
 * estimate; where they do, the former ratio of the two bases is applied to the test bits. Results count only `lag` blocks
 * later, when they are certainly in, so that the estimate does not depend on the timing of messages. A block that is not
 * settled teaches nothing. A wrong estimate costs efficiency, never correctness.
 */
export class ExpectedErrorRate {
  readonly #lag: number;
  readonly #waiting = new Map<number, { readonly key: ErrorCount; readonly test: ErrorCount }>();
  #next: number | null = null;
  #key = NONE;
  #keyTest = NONE;
  #test: ErrorCount = PRIOR;

  /** `lag`: blocks that may be open at once. */
  constructor(lag: number) {
    this.#lag = lag;
  }

  /** Errors found in a reconciled block, and those of its test bits. */
  settled(block: number, key: ErrorCount, test: ErrorCount): void {
    this.#waiting.set(block, { key, test });
  }

  /** Expected rate of the block; call once for each, in order. */
  expect(block: number, test: ErrorCount): number {
    this.#next ??= block;
    for (; this.#next <= block - this.#lag; this.#next++) {
      const settled = this.#waiting.get(this.#next);
      this.#waiting.delete(this.#next);
      if (settled === undefined) continue;
      this.#key = fade(this.#key, settled.key);
      this.#keyTest = fade(this.#keyTest, settled.test);
    }
    this.#test = stepped(test, this.#test) ? test : fade(this.#test, test);
    return Math.min(0.5, Math.max(LOWEST_RATE, this.#rate(test)));
  }

  #rate(test: ErrorCount): number {
    if (this.#key.bits === 0) return rate(this.#test);
    const before = rate(this.#keyTest);
    const ratio = this.#keyTest.errors < 20 ? 1 : Math.min(2, Math.max(0.5, rate(this.#key) / before));
    return stepped(test, this.#keyTest) ? rate(test) * ratio : rate(this.#key);
  }
}

/** Whether the test bits of a block lie more than four standard deviations off the former ones. */
function stepped(now: ErrorCount, before: ErrorCount): boolean {
  if (now.bits === 0 || before.bits === 0) return false;
  const pooled = (now.errors + before.errors + 1) / (now.bits + before.bits + 2);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / now.bits + 1 / before.bits));
  return Math.abs(rate(now) - rate(before)) > 4 * deviation;
}

function fade(old: ErrorCount, fresh: ErrorCount): ErrorCount {
  return { errors: old.errors * FORGET + fresh.errors, bits: old.bits * FORGET + fresh.bits };
}

function rate(count: ErrorCount): number {
  return count.bits === 0 ? 0 : count.errors / count.bits;
}
