import type { FrameKind } from "../../protocol/index.ts";

/** A request as the machine knows it: bytes with a ticket to settle. */
export interface SessionRequest {
  /** Names the request to its caller; unique among the unsettled ones. */
  readonly ticket: number;
  readonly opcode: number;
  readonly payload: Uint8Array;
  /** Doing it twice does no harm: may be sent again when the reply is missing. */
  readonly idempotent: boolean;
  readonly timeoutMs: number;
}

interface InFlight extends SessionRequest {
  /** Times it was sent. */
  readonly attempts: number;
  /** Times its time was up while the line was busy bringing something else. */
  readonly patience: number;
}

/** Limits of a session. */
export interface SessionLimits {
  /** Requests in flight; a device accepts eight (SPEC 4.2). */
  readonly window: number;
  /** Requests waiting for a place in the window. */
  readonly waiting: number;
  /** Times an idempotent request is sent before it is given up. */
  readonly attempts: number;
  /** Times a timeout is put off because a long frame is just coming in. */
  readonly patience: number;
}

/** Things that happened and harmed nobody. */
export interface SessionCounters {
  readonly repeats: number;
  readonly timeouts: number;
  /** Replies to requests that were already settled or given up. */
  readonly lateReplies: number;
  /** Replies whose sequence belongs to no request, or to a request of another opcode. */
  readonly strayReplies: number;
  /** Requests sent by the device, which has no business to. */
  readonly strayRequests: number;
  /** Events that the device sent and that never arrived, by its event counter (SPEC 4.4). */
  readonly lostEvents: number;
}

export interface SessionState {
  readonly limits: SessionLimits;
  readonly nextSequence: number;
  readonly inFlight: ReadonlyMap<number, InFlight>;
  readonly waiting: readonly SessionRequest[];
  /** Sequences, newest last, whose reply may still come late; not used again before they leave the list. */
  readonly settled: readonly number[];
  readonly counters: SessionCounters;
  /** Sequence of the next event; unknown before the first, since a serial line may have been open before. */
  readonly nextEvent: number | undefined;
  readonly closed: boolean;
}

export type SessionInput =
  | { readonly type: "request"; readonly request: SessionRequest }
  | {
      readonly type: "frame";
      readonly kind: FrameKind;
      readonly sequence: number;
      readonly opcode: number;
      readonly payload: Uint8Array;
    }
  /** `receiving`: the rest of some frame is coming in right now. */
  | { readonly type: "timeout"; readonly sequence: number; readonly receiving: boolean }
  | { readonly type: "closed" };

/** How a request ended. */
export type Outcome = "reply" | "error" | "timeout" | "refused" | "closed";

export type SessionEffect =
  | {
      readonly type: "send";
      readonly sequence: number;
      readonly opcode: number;
      readonly repeat: boolean;
      readonly payload: Uint8Array;
    }
  /** Starts, or starts again, the timer of a sequence. */
  | { readonly type: "startTimer"; readonly sequence: number; readonly ms: number }
  | { readonly type: "stopTimer"; readonly sequence: number }
  | {
      readonly type: "settle";
      readonly ticket: number;
      readonly outcome: Outcome;
      readonly payload: Uint8Array;
      readonly attempts: number;
    }
  | { readonly type: "event"; readonly opcode: number; readonly payload: Uint8Array };

const SEQUENCES = 65_536;
const REMEMBERED = 256;
const NOTHING = new Uint8Array();

/** A session in which nothing was sent yet. */
export function newSession(limits: SessionLimits, firstSequence: number): SessionState {
  return {
    limits,
    nextSequence: firstSequence % SEQUENCES,
    inFlight: new Map(),
    waiting: [],
    settled: [],
    counters: { repeats: 0, timeouts: 0, lateReplies: 0, strayReplies: 0, strayRequests: 0, lostEvents: 0 },
    nextEvent: undefined,
    closed: false,
  };
}

type Step = readonly [SessionState, readonly SessionEffect[]];

/** The whole of request matching, retries and the window (SPEC 4.2 to 4.4), without a clock. */
export function stepSession(state: SessionState, input: SessionInput): Step {
  switch (input.type) {
    case "request":
      return takeRequest(state, input.request);
    case "frame":
      return takeFrame(state, input);
    case "timeout":
      return takeTimeout(state, input.sequence, input.receiving);
    case "closed":
      return close(state);
  }
}

function takeRequest(state: SessionState, request: SessionRequest): Step {
  if (state.closed) return [state, [settle({ ...request, attempts: 0 }, "closed")]];
  if (state.inFlight.size < state.limits.window) return launch(state, request);
  if (state.waiting.length >= state.limits.waiting)
    return [state, [settle({ ...request, attempts: 0 }, "refused")]];
  return [{ ...state, waiting: [...state.waiting, request] }, []];
}

function launch(state: SessionState, request: SessionRequest): Step {
  let sequence = state.nextSequence;
  while (state.inFlight.has(sequence) || state.settled.includes(sequence))
    sequence = (sequence + 1) % SEQUENCES;
  const inFlight = new Map(state.inFlight).set(sequence, { ...request, attempts: 1, patience: 0 });
  return [
    { ...state, inFlight, nextSequence: (sequence + 1) % SEQUENCES },
    [send(sequence, request, false), { type: "startTimer", sequence, ms: request.timeoutMs }],
  ];
}

function takeFrame(state: SessionState, frame: Extract<SessionInput, { type: "frame" }>): Step {
  const { kind, sequence, opcode, payload } = frame;
  if (kind === "event") return [noteEvent(state, sequence), [{ type: "event", opcode, payload }]];
  if (kind === "request") return [count(state, "strayRequests"), []];
  const request = state.inFlight.get(sequence);
  if (request === undefined)
    return [count(state, state.settled.includes(sequence) ? "lateReplies" : "strayReplies"), []];
  if (request.opcode !== opcode) return [count(state, "strayReplies"), []];
  const outcome = kind === "reply" ? "reply" : "error";
  return finish(state, sequence, [{ type: "stopTimer", sequence }, settle(request, outcome, payload)]);
}

function noteEvent(state: SessionState, sequence: number): SessionState {
  const lost = state.nextEvent === undefined ? 0 : (sequence - state.nextEvent + SEQUENCES) % SEQUENCES;
  const lostEvents = state.counters.lostEvents + lost;
  return { ...state, nextEvent: (sequence + 1) % SEQUENCES, counters: { ...state.counters, lostEvents } };
}

function takeTimeout(state: SessionState, sequence: number, receiving: boolean): Step {
  const request = state.inFlight.get(sequence);
  if (request === undefined) return [state, []];
  const again: SessionEffect = { type: "startTimer", sequence, ms: request.timeoutMs };
  if (receiving && request.patience < state.limits.patience) {
    const patient = { ...request, patience: request.patience + 1 };
    return [{ ...state, inFlight: new Map(state.inFlight).set(sequence, patient) }, [again]];
  }
  if (!request.idempotent || request.attempts >= state.limits.attempts)
    return finish(count(state, "timeouts"), sequence, [settle(request, "timeout")]);
  const repeated = { ...request, attempts: request.attempts + 1 };
  return [
    count({ ...state, inFlight: new Map(state.inFlight).set(sequence, repeated) }, "repeats"),
    [send(sequence, request, true), again],
  ];
}

function close(state: SessionState): Step {
  if (state.closed) return [state, []];
  const effects: SessionEffect[] = [];
  for (const [sequence, request] of state.inFlight)
    effects.push({ type: "stopTimer", sequence }, settle(request, "closed"));
  for (const request of state.waiting) effects.push(settle({ ...request, attempts: 0 }, "closed"));
  return [{ ...state, inFlight: new Map(), waiting: [], closed: true }, effects];
}

/** Takes a request out of the window and lets the next one in. */
function finish(state: SessionState, sequence: number, effects: readonly SessionEffect[]): Step {
  const inFlight = new Map(state.inFlight);
  inFlight.delete(sequence);
  const settled = [...state.settled, sequence].slice(-REMEMBERED);
  const [next, ...waiting] = state.waiting;
  if (next === undefined) return [{ ...state, inFlight, settled }, effects];
  const [launched, launching] = launch({ ...state, inFlight, settled, waiting }, next);
  return [launched, [...effects, ...launching]];
}

function send(sequence: number, { opcode, payload }: SessionRequest, repeat: boolean): SessionEffect {
  return { type: "send", sequence, opcode, repeat, payload };
}

function settle(
  request: { readonly ticket: number; readonly attempts: number },
  outcome: Outcome,
  payload: Uint8Array = NOTHING,
): SessionEffect {
  return { type: "settle", ticket: request.ticket, outcome, payload, attempts: request.attempts };
}

function count(state: SessionState, what: keyof SessionCounters): SessionState {
  return { ...state, counters: { ...state.counters, [what]: state.counters[what] + 1 } };
}
