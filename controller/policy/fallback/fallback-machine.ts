import type { ControllerEvent, FallbackReason } from "../../events.ts";
import { type Held, hold, NOT_HELD } from "../health/hysteresis.ts";

/** When post-quantum keys take over, and when QKD returns. */
export interface FallbackPolicy {
  /** Troubles of the link that engage by themselves; the others only once the pool is exhausted. */
  readonly engageOn: readonly FallbackReason[];
  /** Own-half level, bits, below which the pool counts as exhausted. */
  readonly engageBelowBits: number;
  /** Level that must be reached again before QKD returns; above `engageBelowBits`. */
  readonly clearAboveBits: number;
  /** How long the cause must last, and how long all must be well. Milliseconds. */
  readonly engageHoldMs: number;
  readonly clearHoldMs: number;
  /** An empty pool counts only after it once held key, or after this time from the start. */
  readonly startGraceMs: number;
}

export const DEFAULT_FALLBACK_POLICY: FallbackPolicy = {
  engageOn: ["linkDown", "qberTooHigh", "eavesdropperSuspected"],
  engageBelowBits: 2048,
  clearAboveBits: 16_384,
  engageHoldMs: 1000,
  clearHoldMs: 5000,
  startGraceMs: 60_000,
};

/** What the machine is told. */
export type FallbackInput =
  | { readonly type: "health"; readonly atMs: number; readonly reason: FallbackReason | null }
  | { readonly type: "pool"; readonly atMs: number; readonly availableBits: number }
  /** true engages until false lifts it. */
  | { readonly type: "operator"; readonly atMs: number; readonly engage: boolean }
  | { readonly type: "tick"; readonly atMs: number };

/** State of the machine; `engaged` and `reason` are what delivery asks for. */
export interface FallbackState {
  readonly engaged: boolean;
  readonly reason: FallbackReason | null;
  readonly held: Held;
  readonly health: FallbackReason | null;
  readonly operator: boolean;
  readonly availableBits: number | null;
  /** The pool once held key. */
  readonly armed: boolean;
  readonly startedAtMs: number | null;
}

export const INITIAL_FALLBACK: FallbackState = {
  engaged: false,
  reason: null,
  held: NOT_HELD,
  health: null,
  operator: false,
  availableBits: null,
  armed: false,
  startedAtMs: null,
};

/** Advances the machine by one input: the new state, and the events to publish. Pure. */
export function fallbackStep(
  state: FallbackState,
  input: FallbackInput,
  policy: FallbackPolicy,
): [FallbackState, ControllerEvent[]] {
  const { atMs } = input;
  const told = tell({ ...state, startedAtMs: state.startedAtMs ?? atMs }, input, policy);
  const cause = causeOf(told, atMs, policy);
  // The operator's word counts at once, in both directions.
  const engageHoldMs = told.operator ? 0 : policy.engageHoldMs;
  const clearHoldMs = state.reason === "operator" && input.type === "operator" ? 0 : policy.clearHoldMs;
  const held = hold(told.held, cause !== null, atMs, engageHoldMs, clearHoldMs);
  const next = { ...told, held, engaged: held.active, reason: held.active ? (cause ?? told.reason) : null };
  if (held.active && !state.engaged && next.reason !== null) {
    return [next, [{ type: "fallbackEngaged", atMs, reason: next.reason }]];
  }
  if (!held.active && state.engaged) return [next, [{ type: "fallbackCleared", atMs }]];
  return [next, []];
}

function tell(state: FallbackState, input: FallbackInput, policy: FallbackPolicy): FallbackState {
  switch (input.type) {
    case "health":
      return { ...state, health: input.reason };
    case "operator":
      return { ...state, operator: input.engage };
    case "pool": {
      const { availableBits } = input;
      return { ...state, availableBits, armed: state.armed || availableBits >= policy.clearAboveBits };
    }
    case "tick":
      return state;
  }
}

/** Why post-quantum keys should be served, or null. Once engaged, the pool must rise to the upper mark. */
function causeOf(state: FallbackState, atMs: number, policy: FallbackPolicy): FallbackReason | null {
  if (state.operator) return "operator";
  if (state.health !== null && policy.engageOn.includes(state.health)) return state.health;
  const counts = state.armed || atMs - (state.startedAtMs ?? atMs) >= policy.startGraceMs;
  const mark = state.engaged ? policy.clearAboveBits : policy.engageBelowBits;
  if (counts && state.availableBits !== null && state.availableBits < mark) return "poolExhausted";
  return null;
}
