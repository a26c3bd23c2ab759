import type { FrameTruth } from "../../optics/truth/frame-truth.ts";
import { type LinkSpeed, paceOf } from "../speed.ts";
import type { OpticsThread } from "./optics-thread.ts";
import type { PairFrame } from "./pair-frame.ts";
import { type LentPlanes, PlaneMemory } from "./plane-memory.ts";
import { ReleaseClock } from "./release-clock.ts";

/** Frames ordered from the optics or waiting for their gates to pass. */
const AHEAD = 4;
/** A dim link completes a frame after this much link time all the same. */
const LONGEST_FRAME_S = 0.25;

/** What production serves. */
export interface ProductionHost {
  /** Detections of the next frame, or undefined while none is wanted; `coming` frames are on their way already. */
  wanted(coming: number): number | undefined;
  /** Each half of the planes is to be given back. */
  deliver(frame: CompletedFrame): void;
  failed(error: Error): void;
}

/** How link time runs for the frames. */
export interface FrameTime {
  readonly clockHz: number;
  readonly speed: LinkSpeed;
  /** A dim link completes a frame after this much link time all the same; a quarter of a second by default. */
  readonly longestFrameS?: number | undefined;
}

/** A frame whose gates have passed. */
export interface CompletedFrame {
  readonly frameId: number;
  readonly frame: PairFrame;
  readonly qtx: LentPlanes;
  readonly qrx: LentPlanes;
  readonly truth: FrameTruth | undefined;
}

/** Orders key frames from the optics ahead of time and hands them on when their gates have passed. */
export class FrameProduction {
  readonly #thread: OpticsThread;
  readonly #host: ProductionHost;
  readonly #longestFrameGates: bigint;
  readonly #clock: ReleaseClock | undefined;
  readonly #manual: boolean;
  readonly #memory = new PlaneMemory();
  readonly #completed: CompletedFrame[] = [];
  #ordered = 0;
  #delivered = 0;
  #gates = 0n;
  #detections = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(thread: OpticsThread, host: ProductionHost, time: FrameTime) {
    const { clockHz, speed, longestFrameS } = time;
    this.#thread = thread;
    this.#host = host;
    this.#longestFrameGates = BigInt(Math.max(1, Math.round(clockHz * (longestFrameS ?? LONGEST_FRAME_S))));
    const pace = paceOf(speed);
    this.#clock = pace === undefined ? undefined : new ReleaseClock(clockHz, pace);
    this.#manual = speed === "manual";
  }

  /** Id of the next frame to be ordered: no frame of a key exchange that starts now is below it. */
  get nextFrameId(): number {
    return this.#ordered;
  }

  /** Key frames handed on so far, with their gates and detections. */
  get totals() {
    return {
      frames: this.#delivered,
      gates: this.#gates,
      detections: this.#detections,
      lostMs: this.#clock?.lostMs ?? 0,
    };
  }

  /** Gates begin to run, now. */
  start(): void {
    this.#clock?.start(this.#gates, performance.now());
    this.kick();
  }

  /** Orders what is wanted. Call whenever that may have changed. */
  kick(): void {
    if (this.#manual) return;
    while (!this.#closed && this.#order() !== undefined);
  }

  /** One frame for `manual` speed: its gates, or undefined when none is wanted. */
  async one(): Promise<number | undefined> {
    const order = this.#order();
    if (order === undefined) return undefined;
    return Number((await order)?.gateCount ?? 0);
  }

  /** Gates pass that are no frame's. */
  spend(gates: number): void {
    this.#clock?.spend(gates);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** Orders one frame if one is wanted. */
  #order(): Promise<PairFrame | undefined> | undefined {
    const coming = this.#ordered - this.#delivered;
    if (coming >= AHEAD) return undefined;
    const maxDetections = this.#host.wanted(coming);
    if (maxDetections === undefined) return undefined;
    const frameId = this.#ordered++;
    const memory = this.#memory.take(maxDetections);
    return this.#thread.produce({ maxDetections, maxGates: this.#longestFrameGates }, memory).then(
      ({ frame, truth }) => {
        this.#completed.push({ frameId, frame, truth, ...this.#memory.lend(memory, frame.detections) });
        this.#release();
        return frame;
      },
      (error: Error) => {
        this.#delivered += 1;
        this.#memory.giveBack(memory);
        if (!this.#closed) this.#host.failed(error);
        return undefined;
      },
    );
  }

  #release(): void {
    clearTimeout(this.#timer);
    for (let next = this.#completed[0]; next !== undefined && !this.#closed; next = this.#completed[0]) {
      const { frame } = next;
      const end = frame.firstGate + frame.gateCount;
      const waitMs = this.#clock?.waitMs(end, performance.now()) ?? 0;
      if (waitMs >= 1) {
        this.#timer = setTimeout(() => this.#release(), waitMs);
        return;
      }
      this.#completed.shift();
      this.#delivered += 1;
      this.#gates = end;
      this.#detections += frame.detections;
      this.#host.deliver(next);
    }
    this.kick();
  }
}
