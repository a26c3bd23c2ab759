import { type LinkTally, sameGates, tallyHalves } from "../../diagnosis/index.ts";
import type { QrxRawKeyFrame, QtxRawKeyFrame, RawKeyFrame } from "../../drivers/index.ts";

/** Halves that wait for their other half at each end; older ones are given up. */
const MOST_WAITING = 64;

/**
 * Puts the halves of raw-key frames of both ends together and counts them. Their bits are wiped as soon as they are
 * counted, and those of a half whose other half never comes when it is given up: nothing of them becomes key.
 */
export class FramePairs {
  readonly #waiting = { qtx: new Map<number, QtxRawKeyFrame>(), qrx: new Map<number, QrxRawKeyFrame>() };
  /** Pairs that spoke of the same gates, pairs that did not, and halves that stayed alone. */
  readonly counts = { paired: 0, unlike: 0, alone: 0 };

  /** Takes a half; the counts of the whole frame once it is there and both halves speak of the same gates. */
  take(frame: RawKeyFrame): LinkTally | undefined {
    const { frameId } = frame;
    if (frame.role === "qtx") this.#waiting.qtx.set(frameId, frame);
    else this.#waiting.qrx.set(frameId, frame);
    const alice = this.#waiting.qtx.get(frameId);
    const bob = this.#waiting.qrx.get(frameId);
    if (alice === undefined || bob === undefined) {
      this.#giveUp(MOST_WAITING);
      return undefined;
    }
    this.#waiting.qtx.delete(frameId);
    this.#waiting.qrx.delete(frameId);
    const alike = sameGates(alice, bob);
    this.counts[alike ? "paired" : "unlike"] += 1;
    try {
      return alike ? tallyHalves(alice, bob) : undefined;
    } finally {
      wipe(alice);
      wipe(bob);
    }
  }

  /** Wipes what still waits. */
  drop(): void {
    this.#giveUp(0);
  }

  #giveUp(most: number): void {
    for (const waiting of [this.#waiting.qtx, this.#waiting.qrx])
      for (const [frameId, frame] of waiting) {
        if (waiting.size <= most) break;
        wipe(frame);
        waiting.delete(frameId);
        this.counts.alone += 1;
      }
  }
}

const wipe = (frame: RawKeyFrame): void => void frame.planes.fill(0);
