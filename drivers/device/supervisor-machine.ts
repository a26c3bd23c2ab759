import type { QkdError } from "../../errors/index.ts";
import { type BackOffPolicy, backOffMs } from "./back-off.ts";
import type { TransceiverState } from "./transceiver.ts";

export interface SupervisorState {
  readonly policy: BackOffPolicy;
  readonly phase: "idle" | "connecting" | "online" | "waiting" | "closed";
  /** Failures in a row. */
  readonly failures: number;
  readonly everOnline: boolean;
  /** The time for the first connection is up: the next failure is the last. */
  readonly overdue: boolean;
  readonly lastError: QkdError | undefined;
}

export type SupervisorInput =
  | { readonly type: "start" }
  /** Connected, and the device is the right one. */
  | { readonly type: "connected" }
  | { readonly type: "failed"; readonly error: QkdError; readonly random: number }
  /** The connection that was online broke. */
  | { readonly type: "lost"; readonly error: QkdError; readonly random: number }
  | { readonly type: "timer" }
  /** The time for the first connection is up. */
  | { readonly type: "deadline" }
  | { readonly type: "close" };

export type SupervisorEffect =
  | { readonly type: "connect" }
  | { readonly type: "startTimer"; readonly ms: number }
  | { readonly type: "stopTimer" }
  /** Drop the connection or the attempt, if there is one. */
  | { readonly type: "disconnect" }
  | { readonly type: "publish"; readonly state: TransceiverState }
  /** Final: the error says why nothing more will be tried. */
  | { readonly type: "giveUp"; readonly error: QkdError };

type Step = readonly [SupervisorState, readonly SupervisorEffect[]];

/** Errors that no later attempt can heal: somebody must look at the cabling. */
const FINAL_CODES: ReadonlySet<string> = new Set(["QKD_DEVICE_IDENTITY", "QKD_DEVICE_ROLE"]);

export function newSupervisor(policy: BackOffPolicy): SupervisorState {
  return { policy, phase: "idle", failures: 0, everOnline: false, overdue: false, lastError: undefined };
}

/**
 * Keeps one device connected. Before the first success an error that is not worth repeating is final; after it, only a
 * stranger behind the address is: a device that restarts may refuse for a while in any way.
 */
export function stepSupervisor(state: SupervisorState, input: SupervisorInput): Step {
  if (state.phase === "closed") return [state, input.type === "connected" ? [{ type: "disconnect" }] : []];
  switch (input.type) {
    case "start":
      if (state.phase !== "idle") return [state, []];
      return [
        { ...state, phase: "connecting" },
        [{ type: "publish", state: "connecting" }, { type: "connect" }],
      ];
    case "connected":
      if (state.phase !== "connecting") return [state, [{ type: "disconnect" }]];
      return [
        { ...state, phase: "online", failures: 0, everOnline: true, lastError: undefined },
        [{ type: "publish", state: "online" }],
      ];
    case "failed":
      return state.phase === "connecting" ? takeFailure(state, input.error, input.random) : [state, []];
    case "lost":
      return state.phase === "online" ? takeFailure(state, input.error, input.random) : [state, []];
    case "timer":
      return state.phase === "waiting"
        ? [{ ...state, phase: "connecting" }, [{ type: "connect" }]]
        : [state, []];
    case "deadline":
      if (state.everOnline) return [state, []];
      if (state.lastError !== undefined) return giveUp(state, state.lastError);
      return [{ ...state, overdue: true }, []];
    case "close":
      return [
        { ...state, phase: "closed" },
        [{ type: "stopTimer" }, { type: "disconnect" }, { type: "publish", state: "closed" }],
      ];
  }
}

function takeFailure(state: SupervisorState, error: QkdError, random: number): Step {
  if (FINAL_CODES.has(error.code)) return giveUp(state, error);
  if (!state.everOnline && (state.overdue || !error.retryable)) return giveUp(state, error);
  const failures = state.failures + 1;
  const effects: SupervisorEffect[] = [{ type: "disconnect" }];
  if (state.phase === "online") effects.push({ type: "publish", state: "reconnecting" });
  effects.push({ type: "startTimer", ms: backOffMs(state.policy, failures, random) });
  return [{ ...state, phase: "waiting", failures, lastError: error }, effects];
}

function giveUp(state: SupervisorState, error: QkdError): Step {
  return [
    { ...state, phase: "closed", lastError: error },
    [
      { type: "stopTimer" },
      { type: "disconnect" },
      { type: "publish", state: "closed" },
      { type: "giveUp", error },
    ],
  ];
}
