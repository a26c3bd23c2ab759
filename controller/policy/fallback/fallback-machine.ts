import { checkArgument } from "../../../options/index.ts";
import type { ControllerEvent, FallbackReason } from "../../events.ts";
import { type Held, hold, NOT_HELD } from "../health/hysteresis.ts";
import { type BlockSupply, NO_SUPPLY, seeBlock, sureSupply } from "./block-supply.ts";
import { type DemandSeen, demandBps, NO_DEMAND, seeDemand } from "./demand-seen.ts";
import { FALLBACK_INPUT_RULE, FALLBACK_POLICY, FALLBACK_STATE_RULE } from "./fallback-input-rules.ts";
import type { FallbackPolicy } from "./fallback-policy.ts";
import { leastLevel } from "./stock-prediction.ts";

/** What the machine is told. */
export type FallbackInput =
  /** `down`: the link makes no key. */
  | {
      readonly type: "health";
      readonly atMs: number;
      readonly reason: FallbackReason | null;
      readonly down: boolean;
    }
  | { readonly type: "pool"; readonly atMs: number; readonly availableBits: number }
  /** A block ended and brought so many bits to the own half. */
  | { readonly type: "block"; readonly atMs: number; readonly bits: number }
  /** Callers who take QKD keys were served so many bits since the last time, of whatever origin. */
  | { readonly type: "demand"; readonly atMs: number; readonly bits: number }
  /** true engages until false lifts it. */
  | { readonly type: "operator"; readonly atMs: number; readonly engage: boolean }
  | { readonly type: "tick"; readonly atMs: number };

/** State of the machine; `engaged` and `reason` are what delivery asks for. */
export interface FallbackState {
  readonly engaged: boolean;
  readonly reason: FallbackReason | null;
  readonly held: Held;
  readonly health: FallbackReason | null;
  readonly down: boolean;
  readonly operator: boolean;
  readonly availableBits: number | null;
  readonly demand: DemandSeen;
  readonly supply: BlockSupply;
  /** The pool once held key. */
  readonly armed: boolean;
  readonly startedAtMs: number | null;
}

export const INITIAL_FALLBACK: FallbackState = {
  engaged: false,
  reason: null,
  held: NOT_HELD,
  health: null,
  down: false,
  operator: false,
  availableBits: null,
  demand: NO_DEMAND,
  supply: NO_SUPPLY,
  armed: false,
  startedAtMs: null,
};

/** Time to act on what is foreseen. */
const LEAD_MS = 2000;

/** Advances the machine by one input: the new state, and the events to publish. Pure. */
export function fallbackStep(
  state: FallbackState,
  input: FallbackInput,
  policy: FallbackPolicy,
): [FallbackState, ControllerEvent[]] {
  checkArgument("state", state, FALLBACK_STATE_RULE);
  checkArgument("input", input, FALLBACK_INPUT_RULE);
  checkArgument("policy", policy, FALLBACK_POLICY);
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
      return { ...state, health: input.reason, down: input.down };
    case "operator":
      return { ...state, operator: input.engage };
    case "block":
      return { ...state, supply: seeBlock(state.supply, input.bits, input.atMs) };
    case "demand":
      return { ...state, demand: seeDemand(state.demand, input.bits, input.atMs, policy.rekeyMs) };
    case "pool": {
      const { availableBits } = input;
      return { ...state, availableBits, armed: state.armed || availableBits >= policy.clearAboveBits };
    }
    case "tick":
      return state;
  }
}

/** Why post-quantum keys should be served, or null. */
function causeOf(state: FallbackState, atMs: number, policy: FallbackPolicy): FallbackReason | null {
  if (state.operator) return "operator";
  if (state.health !== null && policy.engageOn.includes(state.health)) return state.health;
  const counts = state.armed || atMs - (state.startedAtMs ?? atMs) >= policy.startGraceMs;
  return counts && runsShort(state, atMs, policy) ? "poolExhausted" : null;
}

/** Whether the stock is foreseen to run out. Once engaged it must reach the upper mark and last twice as long. */
function runsShort(state: FallbackState, atMs: number, policy: FallbackPolicy): boolean {
  const { availableBits, engaged } = state;
  if (availableBits === null) return false;
  if (engaged && availableBits < policy.clearAboveBits) return true;
  const demand = demandBps(state.demand, atMs, policy.rekeyMs);
  const supply = sureSupply(state.supply, state.down, atMs);
  // What the link brings shows with its second block.
  const young = atMs - (state.startedAtMs ?? atMs) < policy.startGraceMs;
  if (supply.periodMs === 0 && young && !state.down) return availableBits < policy.engageBelowBits;
  const horizonMs = policy.rekeyMs + supply.periodMs + LEAD_MS;
  const least = leastLevel(availableBits, demand, supply, engaged ? 2 * horizonMs : horizonMs);
  return least < policy.engageBelowBits;
}
