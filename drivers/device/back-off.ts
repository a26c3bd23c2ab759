/** How long to wait before each new attempt to connect. */
export interface BackOffPolicy {
  /** Wait before the second attempt, in ms. */
  readonly initialMs: number;
  readonly maxMs: number;
  /** Growth from one wait to the next. */
  readonly factor: number;
  /** Each wait is spread evenly over 1 - jitter to 1 + jitter of its length, so that many drivers do not march in step. */
  readonly jitter: number;
}

export const DEFAULT_BACK_OFF: BackOffPolicy = { initialMs: 250, maxMs: 10_000, factor: 2, jitter: 0.25 };

/** The wait after the given number of failures in a row (1 or more); `random` lies in [0, 1). */
export function backOffMs(policy: BackOffPolicy, failures: number, random: number): number {
  const plain = Math.min(policy.maxMs, policy.initialMs * policy.factor ** (failures - 1));
  return Math.round(plain * (1 - policy.jitter + 2 * policy.jitter * random));
}
