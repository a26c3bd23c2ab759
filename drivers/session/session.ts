import { CodecError, DeviceError, type QkdError, RequestError, TransportError } from "../../errors/index.ts";
import { checkArgument, checkOptions, rule } from "../../options/index.ts";
import {
  COMMANDS,
  type CommandName,
  commandOf,
  type EventName,
  type EventOf,
  eventNameOf,
  eventOf,
  type ReplyOf,
  type RequestOf,
} from "../../protocol/index.ts";
import { type Link, type LinkHandlers, openLink } from "../link/link.ts";
import type { Transport } from "../transport/transport.ts";
import { OPEN_TRANSPORT } from "../transport/transport.ts";
import { deviceRefusal } from "./device-refusal.ts";
import { startHeartbeat } from "./heartbeat.ts";
import {
  newSession,
  type Outcome,
  type SessionCounters,
  type SessionEffect,
  type SessionInput,
  stepSession,
} from "./session-machine.ts";
import { SESSION_RULES, type SessionOptions } from "./session-options.ts";

/** A decoded event with its name. */
export type SessionEvent = {
  [N in EventName]: { readonly name: N; readonly message: EventOf<N> };
}[EventName];

/** Who is told what a session receives. Called in the order of arrival. */
export interface SessionHandlers {
  event(event: SessionEvent): void;
  /** The session is dead; called once. Undefined after `close`. */
  closed(reason: QkdError | undefined): void;
}

/** What a session counted; the link's counters stand beside it. */
export interface SessionStatistics extends SessionCounters {
  readonly unknownEvents: number;
  readonly undecodableMessages: number;
}

export interface CallOptions<R> {
  /** Replaces the session's timeout, for commands that take long. */
  readonly timeoutMs?: number;
  /** Sees the reply before any event that arrived behind it. */
  readonly apply?: (reply: R) => void;
}

/** Requests and events over one link. */
export interface Session {
  readonly link: Link;
  readonly statistics: SessionStatistics;
  /**
   * Sends a command and gives its reply. Rejects with RequestError (timeout, window full), DeviceError (the device
   * refused; QKD_DEVICE_BAD_PARAMETER also for a value that cannot be sent at all), CodecError (the reply makes no
   * sense) or the error that ended the link.
   */
  call<N extends CommandName>(
    name: N,
    request: RequestOf<N>,
    options?: CallOptions<ReplyOf<N>>,
  ): Promise<ReplyOf<N>>;
  /** Idempotent. */
  close(): Promise<void>;
}

interface Caller {
  readonly command: CommandName;
  reply(payload: Uint8Array): void;
  fail(error: unknown): void;
}

const WAITING = 64;
const PATIENCE = 20;
const MAX_WINDOW = 8;
const PING_MS = 1_000;

/** The payload of a request. A value that does not fit the wire is the caller's mistake, not the protocol's. */
function encodeRequest<N extends CommandName>(name: N, request: RequestOf<N>): Uint8Array {
  try {
    return commandOf(name).request.encode(request);
  } catch (cause) {
    if (!(cause instanceof CodecError)) throw cause;
    throw new DeviceError("QKD_DEVICE_BAD_PARAMETER", `${name} cannot be sent: ${cause.message}`, {
      context: { ...cause.context, command: name },
      cause,
    });
  }
}

/** Opens a session over a transport, which belongs to the session from here on. Starts reading at once. */
export function openSession(
  transport: Transport,
  handlers: SessionHandlers,
  options: SessionOptions = {},
): Session {
  checkArgument("transport", transport, OPEN_TRANSPORT);
  checkArgument("handlers", handlers, rule.having(["event", "closed"], "the functions event and closed"));
  checkOptions("the options of openSession", options, SESSION_RULES);
  const timeoutMs = options.timeoutMs ?? 2_500;
  const limits = {
    window: Math.min(options.window ?? MAX_WINDOW, MAX_WINDOW),
    waiting: WAITING,
    attempts: options.attempts ?? 3,
    patience: PATIENCE,
  };
  // A random start keeps replies to an earlier session on the same line from being taken for ours.
  let state = newSession(limits, Math.floor(Math.random() * 65_536));
  const callers = new Map<number, Caller>();
  const timers = new Map<number, NodeJS.Timeout>();
  const extra = { unknownEvents: 0, undecodableMessages: 0 };
  let nextTicket = 1;
  let endReason: QkdError | undefined;
  let heartbeat: { stop(): void } | undefined;

  const feed = (input: SessionInput) => {
    const [next, effects] = stepSession(state, input);
    state = next;
    for (const effect of effects) perform(effect);
  };

  const perform = (effect: SessionEffect): void => {
    switch (effect.type) {
      case "send":
        link.send({ ...effect, kind: "request" }, effect.payload);
        return;
      case "startTimer":
        clearTimeout(timers.get(effect.sequence));
        timers.set(
          effect.sequence,
          setTimeout(() => {
            timers.delete(effect.sequence);
            feed({ type: "timeout", sequence: effect.sequence, receiving: link.receiving });
          }, effect.ms),
        );
        return;
      case "stopTimer":
        clearTimeout(timers.get(effect.sequence));
        timers.delete(effect.sequence);
        return;
      case "settle":
        settle(effect);
        return;
      case "event":
        emit(effect.opcode, effect.payload);
    }
  };

  const settle = ({ ticket, outcome, payload, attempts }: Extract<SessionEffect, { type: "settle" }>) => {
    const caller = callers.get(ticket);
    if (caller === undefined) return;
    callers.delete(ticket);
    try {
      if (outcome === "reply") caller.reply(payload);
      else if (outcome === "error") caller.fail(deviceRefusal(caller.command, payload));
      else caller.fail(failure(caller.command, outcome, attempts));
    } catch (error) {
      if (error instanceof CodecError) extra.undecodableMessages += 1;
      caller.fail(error);
    }
  };

  const failure = (command: CommandName, outcome: Outcome, attempts: number): QkdError => {
    if (outcome === "refused")
      return new RequestError(
        "QKD_REQUEST_WINDOW",
        `Too many requests wait for the device; ${command} was not sent`,
        {
          retryable: true,
          context: { command },
        },
      );
    if (outcome === "closed")
      return (
        endReason ??
        new TransportError("QKD_TRANSPORT_CLOSED", `The session was closed before ${command} was answered`, {
          retryable: true,
          context: { command },
        })
      );
    return (
      link.diagnose() ??
      new RequestError("QKD_REQUEST_TIMEOUT", `The device did not answer ${command}`, {
        retryable: COMMANDS[command].idempotent,
        context: { command, attempts },
      })
    );
  };

  const emit = (opcode: number, payload: Uint8Array) => {
    const name = eventNameOf(opcode);
    if (name === undefined) {
      extra.unknownEvents += 1;
      return;
    }
    let event: SessionEvent;
    try {
      event = { name, message: eventOf(name).event.decode(payload) } as SessionEvent;
    } catch {
      extra.undecodableMessages += 1;
      return;
    }
    handlers.event(event);
  };

  const end = (reason: QkdError | undefined) => {
    if (state.closed) return;
    endReason = reason;
    heartbeat?.stop();
    feed({ type: "closed" });
    handlers.closed(reason);
  };

  const linkHandlers: LinkHandlers = {
    frame: ({ kind, sequence, opcode, payload }) => feed({ type: "frame", kind, sequence, opcode, payload }),
    closed: end,
  };
  const link = openLink(transport, linkHandlers, {
    ...(options.stallMs === undefined ? {} : { stallMs: options.stallMs }),
    ...(options.tap === undefined ? {} : { tap: options.tap }),
  });

  const call = <N extends CommandName>(
    name: N,
    request: RequestOf<N>,
    callOptions: CallOptions<ReplyOf<N>> = {},
  ): Promise<ReplyOf<N>> =>
    new Promise((resolve, reject) => {
      const { opcode, idempotent, reply: replyCodec } = commandOf(name);
      const payload = encodeRequest(name, request);
      const ticket = nextTicket++;
      callers.set(ticket, {
        command: name,
        reply: (bytes) => {
          const reply = replyCodec.decode(bytes);
          callOptions.apply?.(reply);
          resolve(reply);
        },
        fail: reject,
      });
      feed({
        type: "request",
        request: { ticket, opcode, payload, idempotent, timeoutMs: callOptions.timeoutMs ?? timeoutMs },
      });
    });

  if (!state.closed)
    heartbeat = startHeartbeat(
      {
        ping: () =>
          call(
            "ping",
            { token: BigInt(link.counters.framesSent) },
            { timeoutMs: Math.min(timeoutMs, PING_MS) },
          ),
        framesReceived: () => link.counters.framesReceived,
        dead(reason) {
          end(reason);
          void link.close();
        },
      },
      options.heartbeatMs ?? 2_000,
    );

  return {
    link,
    get statistics() {
      return { ...state.counters, ...extra };
    },
    call,
    async close() {
      end(undefined);
      await link.close();
    },
  };
}
