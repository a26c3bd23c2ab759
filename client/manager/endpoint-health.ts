import type { QkdError } from "../../errors/index.ts";

/** How one endpoint does. Times are of a clock that never goes back. */
export interface EndpointHealth {
  /** Failures in a row. */
  readonly failures: number;
  /** It is asked again from then on. */
  readonly restUntilMs: number;
  /** When the last failure was noted; what was sent before it says nothing new. */
  readonly failedAtMs: number;
  readonly lastError: QkdError | null;
}

/** How long an endpoint rests after failures in a row; each rest is spread over its upper half. */
export interface RestPolicy {
  readonly firstMs: number;
  readonly longestMs: number;
}

export const HEALTHY: EndpointHealth = {
  failures: 0,
  restUntilMs: Number.NEGATIVE_INFINITY,
  failedAtMs: Number.NEGATIVE_INFINITY,
  lastError: null,
};

/** What became of a request, with when it was sent; `random` lies in [0, 1). */
export type EndpointInput =
  | { readonly type: "answered" }
  | {
      readonly type: "failed";
      readonly sentAtMs: number;
      readonly nowMs: number;
      readonly random: number;
      readonly error: QkdError;
    }
  | { readonly type: "busy"; readonly nowMs: number; readonly restMs: number; readonly error: QkdError };

/** The next state. Requests that failed together count once, so that many callers do not lengthen a rest. */
export function endpointStep(state: EndpointHealth, input: EndpointInput, rest: RestPolicy): EndpointHealth {
  if (input.type === "answered") return HEALTHY;
  const { nowMs, error } = input;
  if (input.type === "busy")
    return { ...state, restUntilMs: Math.max(state.restUntilMs, nowMs + input.restMs), lastError: error };
  if (input.sentAtMs < state.failedAtMs) return { ...state, lastError: error };
  const failures = state.failures + 1;
  const plainMs = Math.min(rest.longestMs, rest.firstMs * 2 ** Math.min(failures - 1, 30));
  const restMs = plainMs * (0.5 + input.random / 2);
  return {
    failures,
    failedAtMs: nowMs,
    restUntilMs: Math.max(state.restUntilMs, nowMs + restMs),
    lastError: error,
  };
}

/** The endpoint to ask, and how long to wait before: the first in order that does not rest, else the one that is due first. */
export function chooseEndpoint(
  states: readonly EndpointHealth[],
  nowMs: number,
  excluded: ReadonlySet<number>,
): { readonly index: number; readonly waitMs: number } | null {
  let chosen: { index: number; waitMs: number } | null = null;
  for (const [index, { restUntilMs }] of states.entries()) {
    if (excluded.has(index)) continue;
    const waitMs = Math.max(0, restUntilMs - nowMs);
    if (chosen === null || waitMs < chosen.waitMs) chosen = { index, waitMs };
  }
  return chosen;
}
