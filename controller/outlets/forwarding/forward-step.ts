import { type Notice, subjectOf } from "../notices/notice.ts";

/** How notices reach a collector. All times by a monotonic clock, milliseconds. */
export interface Forwarding {
  readonly phase: "closed" | "opening" | "open";
  /** Since when it is in this phase. */
  readonly sinceMs: number;
  /** When a closed one is opened again. */
  readonly retryAtMs: number;
  /** Attempts in a row that reached nobody for good. */
  readonly attempt: number;
  /** Since when the first of those that wait is on its way; null while none is. */
  readonly sendingSinceMs: number | null;
  readonly waiting: readonly Notice[];
  /** Handed over lately: they may be lost with the connection. */
  readonly handed: readonly { readonly notice: Notice; readonly atMs: number }[];
  /** What was told last of the collector. */
  readonly told: "reached" | "lost" | null;
  /** Notices that nobody will get, since that was told last. */
  readonly dropped: number;
}

export type ForwardInput =
  | { readonly type: "notice"; readonly notice: Notice }
  | { readonly type: "opened" }
  /** The notice on its way is out of our hands; where the collector confirms, it has it. */
  | { readonly type: "handed" }
  | { readonly type: "lost"; readonly reason: string }
  /** It is to be reached in another way from now on. */
  | { readonly type: "renewed" }
  | { readonly type: "time" };

export type ForwardEffect =
  | { readonly type: "open" }
  | { readonly type: "send"; readonly notice: Notice }
  | { readonly type: "close" }
  | { readonly type: "tellLost"; readonly reason: string }
  | { readonly type: "tellReached"; readonly dropped: number };

/** Waiting notices at most: more than there are alarms, so that the newest of each finds a place. */
export const MOST_WAITING = 512;
/** A collector that does not answer for so long is lost. */
const OPEN_MS = 10_000;
/** One that takes nothing for so long, too. */
const SEND_MS = 15_000;
/** A connection that stood so long stands. */
const SETTLED_MS = 5000;
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 60_000;
/** Of a connection that breaks, what was written so long before may never have arrived. */
const DOUBTFUL_MS = 60_000;
const MOST_DOUBTFUL = 64;

/** A collector that nobody has asked for yet. */
export function newForwarding(atMs: number): Forwarding {
  return {
    phase: "closed",
    sinceMs: atMs,
    retryAtMs: atMs,
    attempt: 0,
    sendingSinceMs: null,
    waiting: [],
    handed: [],
    told: null,
    dropped: 0,
  };
}

/**
 * Advances by one input. `confirms`: the collector says of each notice that it has it, so that nothing which was handed
 * over is in doubt. Pure.
 */
export function forwardStep(
  state: Forwarding,
  input: ForwardInput,
  atMs: number,
  confirms: boolean,
): readonly [Forwarding, readonly ForwardEffect[]] {
  const [next, effects] = taken(state, input, atMs, confirms);
  const [late, lateEffects] = overdue(next, atMs, confirms);
  const [last, lastEffects] = due(late, atMs);
  return [last, [...effects, ...lateEffects, ...lastEffects]];
}

/** When time alone makes a difference next. */
export function forwardDueMs(state: Forwarding, confirms: boolean): number {
  if (state.phase === "closed") return state.retryAtMs;
  if (state.phase === "opening") return state.sinceMs + OPEN_MS;
  const settling =
    state.told === "reached" || confirms ? Number.POSITIVE_INFINITY : state.sinceMs + SETTLED_MS;
  return Math.min(settling, (state.sendingSinceMs ?? Number.POSITIVE_INFINITY) + SEND_MS);
}

function taken(
  state: Forwarding,
  input: ForwardInput,
  atMs: number,
  confirms: boolean,
): readonly [Forwarding, readonly ForwardEffect[]] {
  switch (input.type) {
    case "notice":
      return [bounded({ ...state, waiting: [...state.waiting, input.notice] }), []];
    case "opened":
      if (state.phase !== "opening") return [state, []];
      return [{ ...state, phase: "open", sinceMs: atMs }, []];
    case "handed": {
      const [notice, ...waiting] = state.waiting;
      if (notice === undefined || state.sendingSinceMs === null) return [state, []];
      const recent = state.handed.filter((one) => atMs - one.atMs <= DOUBTFUL_MS);
      const handed = confirms ? [] : [...recent, { notice, atMs }].slice(-MOST_DOUBTFUL);
      const next = { ...state, waiting, handed, sendingSinceMs: null };
      return confirms ? reached(next) : [next, []];
    }
    case "lost":
      return state.phase === "closed" ? [state, []] : lost(state, input.reason, atMs);
    case "renewed": {
      const fresh = { ...again(state, atMs), retryAtMs: atMs, attempt: 0 };
      return state.phase === "closed" ? [fresh, []] : [fresh, [{ type: "close" }]];
    }
    case "time":
      return [state, []];
  }
}

function overdue(
  state: Forwarding,
  atMs: number,
  confirms: boolean,
): readonly [Forwarding, readonly ForwardEffect[]] {
  if (state.phase === "opening" && atMs - state.sinceMs >= OPEN_MS)
    return ended(state, "it does not answer", atMs);
  if (state.sendingSinceMs !== null && atMs - state.sendingSinceMs >= SEND_MS)
    return ended(state, confirms ? "it confirms nothing" : "it takes nothing", atMs);
  if (state.phase === "open" && !confirms && state.told !== "reached" && atMs - state.sinceMs >= SETTLED_MS)
    return reached(state);
  return [state, []];
}

function due(state: Forwarding, atMs: number): readonly [Forwarding, readonly ForwardEffect[]] {
  if (state.phase === "closed" && atMs >= state.retryAtMs)
    return [{ ...state, phase: "opening", sinceMs: atMs }, [{ type: "open" }]];
  const [notice] = state.waiting;
  if (state.phase !== "open" || state.sendingSinceMs !== null || notice === undefined) return [state, []];
  return [{ ...state, sendingSinceMs: atMs }, [{ type: "send", notice }]];
}

function reached(state: Forwarding): readonly [Forwarding, readonly ForwardEffect[]] {
  const next: Forwarding = { ...state, attempt: 0, told: "reached", dropped: 0 };
  return state.told === "reached" ? [next, []] : [next, [{ type: "tellReached", dropped: state.dropped }]];
}

function ended(
  state: Forwarding,
  reason: string,
  atMs: number,
): readonly [Forwarding, readonly ForwardEffect[]] {
  const [next, effects] = lost(state, reason, atMs);
  return [next, [{ type: "close" }, ...effects]];
}

function lost(
  state: Forwarding,
  reason: string,
  atMs: number,
): readonly [Forwarding, readonly ForwardEffect[]] {
  const pauseMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(state.attempt, 10));
  const next: Forwarding = {
    ...again(state, atMs),
    retryAtMs: atMs + pauseMs,
    attempt: state.attempt + 1,
    told: "lost",
  };
  return [next, state.told === "lost" ? [] : [{ type: "tellLost", reason }]];
}

/** Closed, with what may have been lost at the head of what waits. */
function again(state: Forwarding, atMs: number): Forwarding {
  const doubtful = state.handed.filter((one) => atMs - one.atMs <= DOUBTFUL_MS).map(({ notice }) => notice);
  return bounded({
    ...state,
    phase: "closed",
    sinceMs: atMs,
    sendingSinceMs: null,
    handed: [],
    waiting: [...doubtful, ...state.waiting],
  });
}

/** Old news goes first: a notice that a later one about the same has overtaken. What is on its way stays. */
function bounded(state: Forwarding): Forwarding {
  const waiting = [...state.waiting];
  const first = state.sendingSinceMs === null ? 0 : 1;
  let { dropped } = state;
  while (waiting.length > MOST_WAITING) {
    const last = new Map(waiting.map((notice, index) => [subjectOf(notice), index]));
    const old = waiting.findIndex(
      (notice, index) => index >= first && (last.get(subjectOf(notice)) ?? index) > index,
    );
    waiting.splice(old === -1 ? first : old, 1);
    dropped += 1;
  }
  return dropped === state.dropped ? state : { ...state, waiting, dropped };
}
