import { PeerError } from "../../../../errors/index.ts";
import { planeBytes } from "../../../../protocol/index.ts";
import type { BitString } from "../memory/bit-string.ts";
import { Cohort } from "./cohort.ts";
import { bitsOf, type Deal, withhold } from "./dealing.ts";

/** Reconciliation of one block: its cohorts, begun in order, some at a time. */
export class Reconciliation {
  readonly deal: Deal;
  readonly qberPpm: number;
  /** Public seed of the permutations and subsets of all cohorts. */
  readonly seed: Uint8Array;
  /** Bob: ones where his bits turn out to differ. */
  readonly wrong: BitString | null;
  readonly #cohorts: Cohort[] = [];
  readonly #discarded = new Set<number>();

  constructor(facts: {
    readonly deal: Deal;
    readonly qberPpm: number;
    readonly seed: Uint8Array;
    readonly wrong: BitString | null;
  }) {
    this.deal = facts.deal;
    this.qberPpm = facts.qberPpm;
    this.seed = facts.seed;
    this.wrong = facts.wrong;
  }

  /** Cohorts begun. */
  get begun(): number {
    return this.#cohorts.length;
  }

  get exhausted(): boolean {
    return this.#cohorts.length === this.deal.cohorts;
  }

  /** The next cohort. */
  begin(): Cohort {
    const index = this.#cohorts.length;
    const cohort = new Cohort(index, bitsOf(this.deal, index));
    this.#cohorts.push(cohort);
    return cohort;
  }

  /** @throws PeerError QKD_PEER_PROTOCOL for a cohort that is not begun. */
  cohort(index: number): Cohort {
    const cohort = this.#cohorts[index];
    if (cohort === undefined)
      throw new PeerError("QKD_PEER_PROTOCOL", "the peer speaks of a cohort that is not under way", {
        context: { cohort: index },
      });
    return cohort;
  }

  discard(cohort: Cohort): void {
    cohort.settle("discarded");
    this.#discarded.add(cohort.index);
  }

  /** Half of its cohorts or more were given up: no key can come out, and its errors tell nothing of other blocks. */
  get hopeless(): boolean {
    return this.#discarded.size > 0 && 2 * this.#discarded.size >= this.deal.cohorts;
  }

  /** Bits of the kept cohorts, the input of privacy amplification. */
  get keptBits(): number {
    const { deal } = this;
    return [...this.#discarded].reduce((bits, cohort) => bits - bitsOf(deal, cohort), deal.bits);
  }

  /** The kept cohorts' bits, in the block's order, in a buffer of their own; the string is empty afterwards. */
  takeKept(key: BitString): Uint8Array {
    if (this.#discarded.size > 0) withhold(key.words, this.deal, this.#discarded);
    return key.take().subarray(0, planeBytes(this.keptBits));
  }

  drop(): void {
    for (const cohort of this.#cohorts) cohort.free();
    this.wrong?.wipe();
  }
}
