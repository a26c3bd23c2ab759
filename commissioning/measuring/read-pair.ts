import type { QrxRawKeyFrame, QtxRawKeyFrame, RawKeyFrame } from "../../drivers/index.ts";
import { CommissionError, QkdError } from "../../errors/index.ts";
import type { Unit } from "../units/unit.ts";
import { addCounts, NO_COUNTS, type PairCounts } from "./pair-counts.ts";
import { tallyFrame } from "./tally-frame.ts";

/** How long a reading goes on: until one of the bounds is reached. */
export interface ReadingBounds {
  readonly gates: number;
  readonly clicks: number;
  readonly frames: number;
  readonly detectionsPerFrame: number;
}

/** Something went by since the last frame; without any for so long the reading is given up. */
const SILENCE_MS = 15_000;
const CREDIT_FRAMES = 16;

/**
 * Counts what both units see, until a bound is reached: starts both, pairs their frames, counts, and destroys them. Any
 * pair of units can do this. No bit that was read here ever becomes key: nobody but this function sees it.
 * @throws CommissionError QKD_COMMISSION_BUSY while somebody else's key exchange runs, QKD_COMMISSION_READING without frames.
 */
export async function readPair(
  alice: Unit,
  bob: Unit,
  bounds: Partial<ReadingBounds>,
  signal: AbortSignal,
  meanwhile: (counts: PairCounts) => void = () => {},
): Promise<PairCounts> {
  const { detectionsPerFrame = 1 << 16 } = bounds;
  const reading = new Reading(alice, bob, bounds, meanwhile);
  const done = reading.result(signal);
  done.catch(() => {});
  try {
    for (const unit of [alice, bob]) {
      await unit.command("startKeyExchange", { detectionsPerFrame }, () =>
        unit.device.start({ creditFrames: CREDIT_FRAMES, detectionsPerFrame }),
      );
    }
    return await done;
  } catch (error) {
    throw busyOf(error);
  } finally {
    reading.close();
    for (const unit of [alice, bob])
      await unit.command("stopKeyExchange", {}, () => unit.device.stop()).catch(() => {});
  }
}

function busyOf(error: unknown): unknown {
  if (!(error instanceof QkdError) || error.code !== "QKD_DEVICE_BUSY") return error;
  return new CommissionError("QKD_COMMISSION_BUSY", "somebody else's key exchange runs on this link", {
    cause: error,
  });
}

/** One reading under way. */
class Reading {
  readonly #waiting = { qtx: new Map<number, RawKeyFrame>(), qrx: new Map<number, RawKeyFrame>() };
  readonly #units: { readonly qtx: Unit; readonly qrx: Unit };
  readonly #bounds: Partial<ReadingBounds>;
  readonly #meanwhile: (counts: PairCounts) => void;
  readonly #subscriptions: { unsubscribe(): void }[] = [];
  #counts: PairCounts = NO_COUNTS;
  #lastFrameMs = performance.now();
  #finish: ((outcome: PairCounts | Error) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    alice: Unit,
    bob: Unit,
    bounds: Partial<ReadingBounds>,
    meanwhile: (counts: PairCounts) => void,
  ) {
    this.#units = { qtx: alice, qrx: bob };
    this.#bounds = bounds;
    this.#meanwhile = meanwhile;
  }

  result(signal: AbortSignal): Promise<PairCounts> {
    return new Promise((resolve, reject) => {
      const stopped = () =>
        this.#finish?.(new CommissionError("QKD_COMMISSION_STOPPED", "commissioning was stopped"));
      this.#finish = (outcome) => {
        signal.removeEventListener("abort", stopped);
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      };
      signal.addEventListener("abort", stopped);
      if (signal.aborted) stopped();
      this.#timer = setInterval(() => this.#lookAtSilence(), 500);
      for (const unit of [this.#units.qtx, this.#units.qrx])
        this.#subscriptions.push(
          unit.device.rawKeys$.subscribe({
            next: (frame) => this.#guarded(frame),
            error: (error: Error) => this.#finish?.(error),
          }),
        );
    });
  }

  close(): void {
    clearInterval(this.#timer);
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    for (const half of Object.values(this.#waiting)) {
      for (const frame of half.values()) frame.planes.fill(0);
      half.clear();
    }
  }

  #lookAtSilence(): void {
    if (performance.now() - this.#lastFrameMs < SILENCE_MS) return;
    this.#finish?.(
      new CommissionError(
        "QKD_COMMISSION_READING",
        `no frame came from both units for ${SILENCE_MS / 1000} s`,
      ),
    );
  }

  /** A frame that means nothing ends the reading. */
  #guarded(frame: RawKeyFrame): void {
    try {
      this.#take(frame);
    } catch (error) {
      this.#finish?.(error as Error);
    }
  }

  #take(frame: RawKeyFrame): void {
    const other = frame.role === "qtx" ? "qrx" : "qtx";
    this.#forgetBefore(other, frame.frameId);
    const partner = this.#waiting[other].get(frame.frameId);
    if (partner === undefined) {
      this.#waiting[frame.role].set(frame.frameId, frame);
      return;
    }
    this.#waiting[other].delete(frame.frameId);
    const [alice, bob] = frame.role === "qtx" ? [frame, partner] : [partner, frame];
    this.#lastFrameMs = performance.now();
    try {
      this.#counts = addCounts(this.#counts, tallyFrame(alice as QtxRawKeyFrame, bob as QrxRawKeyFrame));
    } finally {
      this.#burn(alice);
      this.#burn(bob);
    }
    this.#meanwhile(this.#counts);
    const { gates, clicks, frames } = this.#bounds;
    const reached =
      this.#counts.gates >= (gates ?? Number.POSITIVE_INFINITY) ||
      this.#counts.clicks[0] + this.#counts.clicks[1] >= (clicks ?? Number.POSITIVE_INFINITY) ||
      this.#counts.frames >= (frames ?? Number.POSITIVE_INFINITY);
    if (reached) this.#finish?.(this.#counts);
  }

  /** Frames come in rising order: what waits for one that this end has passed over will not get it any more. */
  #forgetBefore(role: RawKeyFrame["role"], frameId: number): void {
    for (const [id, frame] of this.#waiting[role]) {
      if (id >= frameId) continue;
      this.#waiting[role].delete(id);
      this.#burn(frame);
      // Before the first pair one unit may run alone.
      if (this.#counts.frames > 0)
        this.#counts = { ...this.#counts, unpairedFrames: this.#counts.unpairedFrames + 1 };
    }
  }

  #burn(frame: RawKeyFrame): void {
    frame.planes.fill(0);
    this.#units[frame.role].device.acknowledge(frame.frameId);
  }
}
