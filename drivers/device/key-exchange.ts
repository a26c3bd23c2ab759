import { type Observable, Subject } from "rxjs";
import { DeviceError, type QkdError, RequestError, TransportError } from "../../errors/index.ts";
import { checkOptions, maybe, rule } from "../../options/index.ts";
import type { EventOf, ReplyOf } from "../../protocol/index.ts";
import type { Session } from "../session/session.ts";
import {
  acknowledgedThrough,
  type CreditLedger,
  consumeFrame,
  creditLimit,
  openLedger,
  receiveFrame,
  skipTo,
} from "./credit-ledger.ts";
import { qrxFrame, qtxFrame } from "./raw-key-frame.ts";
import type { RawKeyFrame } from "./transceiver.ts";

/** What a key exchange asks of the device. */
export interface KeyExchangeOptions {
  /** Frames that may be under way or unconsumed at a time, 8 unless told. */
  readonly creditFrames?: number;
  /** The device's limit unless told. */
  readonly detectionsPerFrame?: number;
}

/** What happened to raw-key frames since the transceiver was opened. */
export interface KeyExchangeCounters {
  delivered: number;
  /** Frame ids that never came: dropped by the device or lost with a connection. */
  missing: number;
  duplicates: number;
  /** Frames that the device sent without credit; dropped. */
  uninvited: number;
  /** Frames of a key exchange that is over. */
  stale: number;
  /** Frames that arrived while nobody was subscribed; their credit went back at once. */
  unobserved: number;
  /** Key exchanges started. */
  starts: number;
}

const DEFAULT_CREDIT_FRAMES = 8;
const RESTART_MS = 1_000;
/** With no frame for so long, the credit is told again: it may be the credit that got lost. */
const IDLE_MS = 1_000;
/** Such waits in a row with frames of which none belongs here: the device means another key exchange than was agreed on. */
const MOST_FRUITLESS = 5;

type RawKeyEvent =
  | { readonly name: "rawKeyQtx"; readonly message: EventOf<"rawKeyQtx"> }
  | { readonly name: "rawKeyQrx"; readonly message: EventOf<"rawKeyQrx"> };

/** Keeps a key exchange running over changing sessions, and its credit in step with what was consumed. */
export class KeyExchange {
  readonly frames$: Observable<RawKeyFrame>;
  readonly counters: KeyExchangeCounters = {
    delivered: 0,
    missing: 0,
    duplicates: 0,
    uninvited: 0,
    stale: 0,
    unobserved: 0,
    starts: 0,
  };
  readonly #frames = new Subject<RawKeyFrame>();
  #session: Session | undefined;
  #limits: ReplyOf<"identify">["limits"] | undefined;
  /** Present while the user wants keys, whether the device is reachable or not. */
  #wanted: KeyExchangeOptions | undefined;
  #ledger: CreditLedger | undefined;
  #lastSessionNumber = 0;
  /** Changes whenever the user says start or stop, so that an answer to an older word is recognised. */
  #word = 0;
  #telling = false;
  #toTell = false;
  #heardSinceTick = false;
  /** Since the last tick: frames that belong to this exchange, and others. */
  #sinceTick = { delivered: false, foreign: false };
  #fruitless = 0;
  #restart: NodeJS.Timeout | undefined;
  #tick: NodeJS.Timeout | undefined;

  constructor() {
    this.frames$ = this.#frames.asObservable();
  }

  /** A session came up; a key exchange that is wanted starts on it. */
  attach(session: Session, limits: ReplyOf<"identify">["limits"]): void {
    this.#session = session;
    this.#limits = limits;
    this.#ledger = undefined;
    if (this.#wanted !== undefined) void this.#resume();
  }

  /** The session is gone, and its key exchange with it. */
  detach(): void {
    clearTimeout(this.#restart);
    clearInterval(this.#tick);
    this.#session = undefined;
    this.#ledger = undefined;
  }

  /** Ends the feed: with an error when the transceiver is lost for good. */
  end(error?: QkdError): void {
    this.#wanted = undefined;
    this.detach();
    if (error === undefined) this.#frames.complete();
    else this.#frames.error(error);
  }

  async start(options: KeyExchangeOptions): Promise<void> {
    if (this.#wanted !== undefined)
      throw new DeviceError("QKD_DEVICE_STATE", "A key exchange is running already", {
        remedy: "stop the running key exchange first",
      });
    const session = this.#needSession();
    const detections = this.#limits?.maxDetectionsPerFrame ?? 1;
    checkOptions("the options of start", options, {
      creditFrames: maybe(rule.whole(1, 2 ** 16)),
      detectionsPerFrame: maybe(rule.whole(1, detections)),
    });
    this.#wanted = options;
    const word = ++this.#word;
    try {
      await this.#open(session, options).catch(async (error: unknown) => {
        if (!(error instanceof DeviceError) || error.code !== "QKD_DEVICE_STATE") throw error;
        // On a serial line the device cannot tell us from an earlier program whose key exchange still runs.
        await session.call("stopKeyExchange", { sessionNumber: 0 });
        await this.#open(session, options);
      });
    } catch (error) {
      if (word === this.#word) this.#wanted = undefined;
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#word += 1;
    this.#wanted = undefined;
    clearTimeout(this.#restart);
    clearInterval(this.#tick);
    const sessionNumber = this.#ledger?.sessionNumber;
    this.#ledger = undefined;
    if (sessionNumber === undefined) return;
    await this.#session?.call("stopKeyExchange", { sessionNumber });
  }

  acknowledge(frameId: number): void {
    if (this.#ledger === undefined) return;
    this.#ledger = consumeFrame(this.#ledger, frameId);
    this.#tellCredit();
  }

  receive(event: RawKeyEvent): void {
    const { sessionNumber, frameId } = event.message;
    if (this.#ledger?.sessionNumber !== sessionNumber) {
      this.counters.stale += 1;
      this.#sinceTick.foreign = true;
      return;
    }
    const [ledger, verdict] = receiveFrame(this.#ledger, frameId);
    this.#ledger = ledger;
    this.#heardSinceTick = true;
    if (verdict.verdict !== "deliver") {
      this.counters[verdict.verdict === "duplicate" ? "duplicates" : "uninvited"] += 1;
      if (verdict.verdict === "duplicate") this.#sinceTick.foreign = true;
      return;
    }
    this.#sinceTick.delivered = true;
    this.counters.missing += verdict.missing;
    if (!this.#frames.observed) {
      this.counters.unobserved += 1;
      this.acknowledge(frameId);
      return;
    }
    this.counters.delivered += 1;
    this.#frames.next(event.name === "rawKeyQtx" ? qtxFrame(event.message) : qrxFrame(event.message));
  }

  #needSession(): Session {
    if (this.#session !== undefined) return this.#session;
    throw new TransportError("QKD_TRANSPORT_CLOSED", "The transceiver is not connected", { retryable: true });
  }

  async #open(session: Session, options: KeyExchangeOptions): Promise<void> {
    const limits = this.#limits ?? { maxCreditFrames: DEFAULT_CREDIT_FRAMES, maxDetectionsPerFrame: 1 };
    // Whoever names no credit at all takes one frame at a time.
    const maxCreditFrames = Math.max(1, limits.maxCreditFrames);
    const creditFrames = Math.min(options.creditFrames ?? DEFAULT_CREDIT_FRAMES, maxCreditFrames);
    const detectionsPerFrame = options.detectionsPerFrame ?? limits.maxDetectionsPerFrame;
    const word = this.#word;
    const { sessionNumber: started } = await session.call(
      "startKeyExchange",
      { detectionsPerFrame, creditFrames },
      {
        // At once: the first frames may lie right behind the reply.
        apply: ({ sessionNumber, firstFrameId }) => {
          if (session !== this.#session || word !== this.#word) return;
          this.#lastSessionNumber = sessionNumber;
          this.#ledger = openLedger({ sessionNumber, firstFrameId, creditFrames, maxCreditFrames });
          this.counters.starts += 1;
        },
      },
    );
    if (session !== this.#session) return;
    if (word !== this.#word) {
      // Stopped while it was starting.
      await session.call("stopKeyExchange", { sessionNumber: started });
      return;
    }
    clearInterval(this.#tick);
    this.#fruitless = 0;
    this.#tick = setInterval(() => {
      if (!this.#heardSinceTick) this.#tellCredit();
      this.#heardSinceTick = false;
      this.#countFruitless(session);
    }, IDLE_MS);
  }

  /** Ends an exchange that brings nothing but frames of another one, and starts anew. */
  #countFruitless(session: Session): void {
    const { delivered, foreign } = this.#sinceTick;
    this.#sinceTick = { delivered: false, foreign: false };
    if (delivered) this.#fruitless = 0;
    else if (foreign) this.#fruitless += 1;
    if (this.#fruitless < MOST_FRUITLESS || this.#ledger === undefined) return;
    const { sessionNumber } = this.#ledger;
    this.#ledger = undefined;
    clearInterval(this.#tick);
    clearTimeout(this.#restart);
    session.call("stopKeyExchange", { sessionNumber }).catch(() => {});
    this.#restart = setTimeout(() => void this.#resume(), RESTART_MS);
  }

  /** Starts again what the user wants; a device that is busy or still serves the dead connection is asked again. */
  async #resume(): Promise<void> {
    const session = this.#session;
    const wanted = this.#wanted;
    if (session === undefined || wanted === undefined) return;
    try {
      await this.#open(session, wanted);
    } catch (error) {
      if (session !== this.#session || this.#wanted === undefined) return;
      // Our own exchange of before may still run there, held by the connection that broke.
      if (refusedByDevice(error))
        await session.call("stopKeyExchange", { sessionNumber: this.#lastSessionNumber }).catch(() => {});
      if (session !== this.#session || this.#wanted === undefined) return;
      this.#restart = setTimeout(() => void this.#resume(), RESTART_MS);
    }
  }

  /** Tells the device the credit: one message at a time, always with the newest numbers. */
  #tellCredit(): void {
    this.#toTell = true;
    if (this.#telling) return;
    this.#telling = true;
    queueMicrotask(() => void this.#tell());
  }

  async #tell(): Promise<void> {
    while (this.#toTell) {
      this.#toTell = false;
      const session = this.#session;
      const told = this.#ledger;
      if (session === undefined || told === undefined) break;
      try {
        await session.call(
          "credit",
          {
            sessionNumber: told.sessionNumber,
            acknowledgedThrough: acknowledgedThrough(told),
            creditLimit: creditLimit(told),
          },
          { apply: (reply) => this.#takeCreditReply(reply) },
        );
      } catch (error) {
        this.#creditFailed(told, error);
      }
    }
    this.#telling = false;
  }

  #takeCreditReply(reply: ReplyOf<"credit">): void {
    if (this.#ledger?.sessionNumber !== reply.sessionNumber) return;
    const [ledger, missing] = skipTo(this.#ledger, reply.nextFrameId);
    this.#ledger = ledger;
    this.counters.missing += missing;
    if (creditLimit(ledger) > reply.creditLimit) this.#toTell = true;
  }

  /**
   * A device that refuses credit has no such key exchange any more: a reset ended it, or another driver. Or its numbers are
   * out of what can be: what it told of them was not true.
   */
  #creditFailed(told: CreditLedger, error: unknown): void {
    if (!(error instanceof DeviceError)) return;
    if (error.code !== "QKD_DEVICE_STATE" && error.code !== "QKD_DEVICE_BAD_PARAMETER") return;
    if (this.#ledger?.sessionNumber !== told.sessionNumber) return;
    this.#ledger = undefined;
    clearInterval(this.#tick);
    clearTimeout(this.#restart);
    this.#restart = setTimeout(() => void this.#resume(), RESTART_MS);
  }
}

/** The device answered and would not; a request that got no answer is another matter. */
function refusedByDevice(error: unknown): boolean {
  return (
    error instanceof DeviceError || (error instanceof RequestError && error.code === "QKD_REQUEST_REJECTED")
  );
}
