import type { Role } from "../device/device-profile.ts";
import {
  type CompletedFrame,
  FrameProduction,
  type FrameTime,
  type ProductionHost,
} from "./light/frame-production.ts";
import type { OpticsThread } from "./light/optics-thread.ts";
import { paceOf } from "./speed.ts";

/** How a pair's key exchange runs. */
export interface KeyExchangeTime extends FrameTime {
  /** How long a device that was started waits for its partner before it delivers alone, milliseconds. */
  readonly soloAfterMs: number;
}

/** What the key exchange serves. */
export interface KeyExchangeHost {
  /** Frames are made from now on. */
  started(): void;
  /** Whether every started device has credit and room for so many frames. */
  hasRoomFor(frames: number): boolean;
  /** Each half of the planes is to be given back. */
  deliver(frame: CompletedFrame): void;
  failed(error: Error): void;
  /** Link time of so many gates passes and no key comes of it. */
  spend(gates: number): void;
}

/** Whoever moves link time by hand waits so long for a client's credit. */
const CREDIT_PATIENCE_MS = 1000;

/** The key exchange of a pair: which devices have joined, whether frames are made, and how large they are. */
export class PairKeyExchange implements ProductionHost {
  readonly #time: KeyExchangeTime;
  readonly #host: KeyExchangeHost;
  readonly #production: FrameProduction;
  readonly #frameSizes = new Map<Role, number>();
  #running = false;
  #waitedMs = 0;
  #owedGates = 0;
  #wakers: (() => void)[] = [];
  #closed = false;
  /** No credit came in time; none is waited for again before some has come. */
  #starved = false;

  constructor(thread: OpticsThread, time: KeyExchangeTime, host: KeyExchangeHost) {
    this.#time = time;
    this.#host = host;
    this.#production = new FrameProduction(thread, this, time);
  }

  /** Whether frames are made. */
  get running(): boolean {
    return this.#running;
  }

  /** Whether any device has joined. */
  get joined(): boolean {
    return this.#frameSizes.size > 0;
  }

  get totals() {
    return this.#production.totals;
  }

  /** A device starts: the first frame that it can get, and the frames' size, the smaller of both wishes. */
  join(
    role: Role,
    detectionsPerFrame: number,
  ): { readonly firstFrameId: number; readonly detectionsPerFrame: number } {
    this.#frameSizes.set(role, detectionsPerFrame);
    this.#waitedMs = 0;
    // The device has to know its first frame before the first one can come.
    setImmediate(() => this.review(0));
    return { firstFrameId: this.#production.nextFrameId, detectionsPerFrame: this.#frameSize() };
  }

  leave(role: Role): void {
    this.#frameSizes.delete(role);
    this.review(0);
  }

  /** Credit was granted or a frame left. */
  wake(): void {
    this.#wakeAll();
    this.#production.kick();
  }

  /** Decides whether frames are made: with both devices started, or with one that has waited long enough. */
  review(passedMs: number): void {
    const joined = this.#frameSizes.size;
    this.#waitedMs = joined === 1 ? this.#waitedMs + passedMs : 0;
    const alone = joined === 1 && (this.#running || this.#waitedMs >= this.#time.soloAfterMs);
    const running = joined === 2 || alone;
    const started = running && !this.#running;
    this.#running = running;
    if (started) this.#host.started();
    this.#wakeAll();
    if (started) this.#production.start();
    else this.#production.kick();
  }

  /**
   * Manual speed: makes the frames of so much link time. With no credit left it waits for some, but not for ever: a client
   * that grants none does not stop whoever moves the time, and gates pass without key.
   */
  async live(seconds: number): Promise<void> {
    this.#owedGates = this.#running ? this.#owedGates + this.#time.clockHz * seconds : 0;
    while (this.#running && this.#owedGates > 0 && !this.#closed) {
      const gates = await this.#production.one();
      if (gates !== undefined) {
        this.#starved = false;
        this.#owedGates -= gates;
      } else if (this.#starved || !(await this.#wokenInTime())) {
        this.#starved = true;
        this.#host.spend(this.#owedGates);
      }
    }
  }

  /** Waits for a change; false when none came in time. */
  #wokenInTime(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), CREDIT_PATIENCE_MS);
      this.#wakers.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  /** So many gates are used otherwise: what is still owed is less by them, frames come later. */
  spend(gates: number): void {
    this.#owedGates -= gates;
    this.#production.spend(gates);
  }

  close(): void {
    this.#closed = true;
    this.#production.close();
    this.#wakeAll();
  }

  wanted(coming: number): number | undefined {
    if (!this.#running || this.#closed) return undefined;
    // Where no clock rules, clients do: nothing is made that they have not granted.
    if (paceOf(this.#time.speed) === undefined && !this.#host.hasRoomFor(coming + 1)) return undefined;
    return this.#frameSize();
  }

  deliver(frame: CompletedFrame): void {
    this.#host.deliver(frame);
  }

  failed(error: Error): void {
    this.#host.failed(error);
  }

  #frameSize(): number {
    return Math.min(...this.#frameSizes.values());
  }

  #wakeAll(): void {
    for (const waker of this.#wakers.splice(0)) waker();
  }
}
