import { BehaviorSubject, type Observable } from "rxjs";
import { QkdError, TransportError } from "../../errors/index.ts";
import { openSession, type Session, type SessionEvent } from "../session/session.ts";
import type { SessionOptions } from "../session/session-options.ts";
import type { Transport } from "../transport/transport.ts";
import { type BackOffPolicy, DEFAULT_BACK_OFF } from "./back-off.ts";
import type { Call } from "./commands.ts";
import { checkIdentity, type DeviceIdentity, readIdentity } from "./identity.ts";
import {
  newSupervisor,
  type SupervisorEffect,
  type SupervisorInput,
  stepSupervisor,
} from "./supervisor-machine.ts";
import type { TransceiverIdentity, TransceiverState } from "./transceiver.ts";

/** Opens one connection; a new one for each attempt. */
export type TransportFactory = (signal: AbortSignal) => Promise<Transport>;

/** Connection state with the error that led to it, if one did. */
export interface ConnectionReport {
  readonly state: TransceiverState;
  readonly error?: QkdError;
}

/** Who is told of the connection's life. */
export interface ConnectionHandlers {
  event(event: SessionEvent): void;
  /** A session with the right device is up. */
  up(session: Session, identity: DeviceIdentity): void;
  down(): void;
  /** Nothing more will come: after `close` without, otherwise with the reason. */
  ended(error?: QkdError): void;
}

export interface ConnectionOptions {
  readonly session?: SessionOptions | undefined;
  readonly backOff?: BackOffPolicy | undefined;
  readonly expectedRole?: TransceiverIdentity["role"] | undefined;
  /** How long the first connection may take with all its attempts. */
  readonly openTimeoutMs: number;
}

/** Longer timers fire at once; Infinity means: wait for ever. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Keeps a session with one device alive: the supervisor's decisions carried out on sockets and timers. */
export class Connection {
  readonly report$: Observable<ConnectionReport>;
  readonly #report = new BehaviorSubject<ConnectionReport>({ state: "connecting" });
  readonly #factory: TransportFactory;
  readonly #handlers: ConnectionHandlers;
  readonly #options: ConnectionOptions;
  #state;
  #attempt: AbortController | undefined;
  #session: Session | undefined;
  #identity: DeviceIdentity | undefined;
  #timer: NodeJS.Timeout | undefined;
  #settleFirst: ((error?: QkdError) => void) | undefined;
  #sessions = 0;

  constructor(factory: TransportFactory, handlers: ConnectionHandlers, options: ConnectionOptions) {
    this.#factory = factory;
    this.#handlers = handlers;
    this.#options = options;
    this.#state = newSupervisor(options.backOff ?? DEFAULT_BACK_OFF);
    this.report$ = this.#report.asObservable();
  }

  /** The session that is up, if one is. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** Sessions that came up since the start. */
  get sessions(): number {
    return this.#sessions;
  }

  /** Sends a command over the session that is up; rejects with QKD_TRANSPORT_CLOSED (or the final error) without one. */
  readonly call: Call = (name, request, options) => {
    if (this.#session !== undefined) return this.#session.call(name, request, options);
    const final = this.#state.phase === "closed" ? this.#state.lastError : undefined;
    return Promise.reject(
      final ??
        new TransportError("QKD_TRANSPORT_CLOSED", `The transceiver is not connected; ${name} was not sent`, {
          retryable: this.#state.phase !== "closed",
          cause: this.#state.lastError,
        }),
    );
  };

  /** Connects for the first time. Rejects with the last error when that does not succeed in time. */
  async open(): Promise<DeviceIdentity> {
    const { openTimeoutMs } = this.#options;
    const deadline =
      openTimeoutMs > LONGEST_TIMER_MS
        ? undefined
        : setTimeout(() => this.#feed({ type: "deadline" }), openTimeoutMs);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#settleFirst = (error) => (error === undefined ? resolve() : reject(error));
        this.#feed({ type: "start" });
      });
    } finally {
      clearTimeout(deadline);
    }
    if (this.#identity === undefined)
      throw new TransportError("QKD_TRANSPORT_CLOSED", "Opening was given up");
    return this.#identity;
  }

  /** Idempotent. */
  async close(): Promise<void> {
    const session = this.#session;
    this.#feed({ type: "close" });
    await session?.close();
  }

  #feed(input: SupervisorInput): void {
    const before = this.#state.phase;
    const [next, effects] = stepSupervisor(this.#state, input);
    this.#state = next;
    for (const effect of effects) this.#perform(effect);
    if (before === "closed" || next.phase !== "closed") return;
    const error = input.type === "close" ? undefined : next.lastError;
    this.#report.complete();
    this.#handlers.ended(error);
    this.#settleFirst?.(error);
  }

  #perform(effect: SupervisorEffect): void {
    switch (effect.type) {
      case "connect":
        void this.#connect();
        return;
      case "startTimer":
        this.#timer = setTimeout(() => this.#feed({ type: "timer" }), effect.ms);
        return;
      case "stopTimer":
        clearTimeout(this.#timer);
        return;
      case "disconnect":
        this.#drop();
        return;
      case "publish": {
        const error = effect.state === "online" ? undefined : this.#state.lastError;
        this.#report.next(error === undefined ? { state: effect.state } : { state: effect.state, error });
        return;
      }
      case "giveUp":
        return;
    }
  }

  #drop(): void {
    this.#attempt?.abort();
    this.#attempt = undefined;
    const session = this.#session;
    if (session === undefined) return;
    this.#session = undefined;
    this.#handlers.down();
    void session.close();
  }

  async #connect(): Promise<void> {
    const attempt = new AbortController();
    this.#attempt = attempt;
    let session: Session | undefined;
    // A device that does not say who it is would keep the attempt until its time is over.
    attempt.signal.addEventListener("abort", () => void session?.close());
    try {
      const transport = await this.#factory(attempt.signal);
      session = openSession(
        transport,
        {
          event: (event) => {
            if (this.#session !== undefined && this.#session === session) this.#handlers.event(event);
          },
          closed: (reason) => {
            if (this.#session === undefined || this.#session !== session) return;
            this.#feed({ type: "lost", error: reason ?? hungUp(), random: Math.random() });
          },
        },
        this.#options.session,
      );
      const identity = readIdentity(await session.call("identify", {}));
      checkIdentity(identity, { role: this.#options.expectedRole, known: this.#identity });
      if (attempt.signal.aborted) throw hungUp();
      this.#identity ??= identity;
      this.#session = session;
      this.#sessions += 1;
      this.#feed({ type: "connected" });
      if (this.#session !== session) return;
      this.#handlers.up(session, identity);
      this.#settleFirst?.();
    } catch (cause) {
      await session?.close();
      if (attempt.signal.aborted) return;
      const error =
        cause instanceof QkdError
          ? cause
          : new TransportError("QKD_TRANSPORT_OPEN", "The transceiver cannot be reached", {
              cause,
              retryable: true,
            });
      this.#feed({ type: "failed", error, random: Math.random() });
    }
  }
}

function hungUp(): TransportError {
  return new TransportError("QKD_TRANSPORT_CLOSED", "The connection to the transceiver ended", {
    retryable: true,
  });
}
