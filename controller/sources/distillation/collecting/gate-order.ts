/** Frames of one site that wait before its lack of a like for them is settled by gates alone, although power was lost. */
const PATIENCE = 16;

/** What is known of the oldest frame of one side that has no like at the other. */
export interface Unmatched {
  readonly firstGate: bigint;
  readonly gateCount: bigint;
  /** Frames of this side that are not yet compared, with this one. */
  readonly waiting: number;
  /** A younger one of them lies before it in the count of gates: power was lost in between. */
  readonly fallsLater: boolean;
}

/** Which frame is left out: own, the other site's, both since they contradict each other, or none before more is known. */
export type LeftOut = "own" | "other" | "both" | "wait";

/**
 * Decides which of two frames without a like is left out. Gates rise at both sites as long as the pair of devices has
 * power, so the one that lies behind will never find its like. When power was lost they begin anew, and a frame of before
 * may meet one of afterwards, which lies behind it and yet is the younger one.
 */
export class GateOrder {
  #own = new Falls();
  #other = new Falls();
  #joined = false;

  /** Both sides' oldest frames are one and the same. */
  joined(firstGate: bigint): void {
    this.#own = new Falls(firstGate);
    this.#other = new Falls(firstGate);
    this.#joined = true;
  }

  /** A frame of one side is left out. */
  passed(side: "own" | "other", firstGate: bigint): void {
    (side === "own" ? this.#own : this.#other).pass(firstGate);
  }

  judge(own: Unmatched, other: Unmatched): LeftOut {
    const ownIsYounger = this.#own.at(own.firstGate) && !this.#other.at(other.firstGate);
    const otherIsYounger = this.#other.at(other.firstGate) && !this.#own.at(own.firstGate);
    const unknown = !this.#joined;
    if (own.firstGate + own.gateCount <= other.firstGate) {
      if ((ownIsYounger || unknown) && other.fallsLater) return "other";
      return ownIsYounger && own.waiting < PATIENCE ? "wait" : "own";
    }
    if (other.firstGate + other.gateCount <= own.firstGate) {
      if ((otherIsYounger || unknown) && own.fallsLater) return "own";
      return otherIsYounger && other.waiting < PATIENCE ? "wait" : "other";
    }
    if (ownIsYounger) return "other";
    return otherIsYounger ? "own" : "both";
  }
}

/** Whether the gates of one side fell since the last frame that both have. */
class Falls {
  #fell = false;
  #last: bigint;

  constructor(last = 0n) {
    this.#last = last;
  }

  at(firstGate: bigint): boolean {
    return this.#fell || firstGate < this.#last;
  }

  pass(firstGate: bigint): void {
    this.#fell = this.at(firstGate);
    this.#last = firstGate;
  }
}
