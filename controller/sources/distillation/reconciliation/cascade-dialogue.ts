import { PeerError } from "../../../../errors/index.ts";
import type { CascadeCohort, CascadeRole, Kernels } from "../../../../kernels/index.ts";
import { differences } from "./cohort-sample.ts";
import { isBeyondExpected, isHopeless, isOddBeyondExpected } from "./hopeless-cohort.ts";
import type { LeakLedger } from "./leak-ledger.ts";
import type { ParityEntry } from "./parity-entry.ts";

/** Clean random subsets in a row that an extension asks for: 2^-12 of overlooking a difference once more. */
const EXTENSION_PASSES = 12;

/**
 * One site's part in the Cascade of one cohort: emits and absorbs the parities of each round and enters the disclosed
 * bits in the ledger.
 */
export class CascadeDialogue {
  readonly cohort: number;
  readonly #cascade: CascadeCohort;
  readonly #ledger: LeakLedger;
  readonly #keyBits: number;
  readonly #qberPpm: number;
  #round = 0;
  /** Its own parities of the first round, until the peer's are there. */
  #first: Uint8Array | null = null;
  #odd = false;
  #entered = 0;

  constructor(
    kernels: Kernels,
    ledger: LeakLedger,
    cohort: number,
    setup: {
      readonly role: CascadeRole;
      readonly qberPpm: number;
      readonly seed: Uint8Array;
      readonly key: Uint8Array;
      readonly keyBits: number;
    },
  ) {
    const { qberPpm, ...rest } = setup;
    this.cohort = cohort;
    this.#ledger = ledger;
    this.#keyBits = setup.keyBits;
    this.#qberPpm = qberPpm;
    this.#cascade = kernels.cascade({ ...rest, qber: qberPpm / 1e6 });
  }

  get done(): boolean {
    return this.#cascade.done;
  }

  /** More parities of the first round differ, or more errors were found, than the expected error rate lets one think. */
  get doubtful(): boolean {
    return this.#odd || isBeyondExpected(this.#cascade.corrected, this.#keyBits, this.#qberPpm);
  }

  /** Whether the cohort is given up; both sides come to that in the same round. `attempt`: verifications that failed. */
  hopeless(attempt: number): boolean {
    const { corrected, disclosedBits: disclosed } = this.#cascade;
    return isHopeless({ keyBits: this.#keyBits, rounds: this.#round, corrected, disclosed, attempt });
  }

  /** This side's parities of the present round. */
  emit(): ParityEntry {
    const parities = this.#cascade.emit();
    if (this.#round === 0) this.#first = parities;
    return { cohort: this.cohort, round: this.#round, parities };
  }

  /** The peer's parities of the present round. */
  absorb(entry: ParityEntry): void {
    if (this.done || entry.round !== this.#round)
      throw new PeerError("QKD_PEER_PROTOCOL", "the peer sent parities of another round", {
        context: { cohort: this.cohort, round: entry.round, expected: this.#round },
      });
    this.#cascade.absorb(entry.parities);
    this.#round += 1;
    this.#enter();
    if (this.#first !== null) this.#judge(this.#first, entry.parities);
    this.#first = null;
  }

  /** More passes after a failed verification. */
  extend(): void {
    this.#cascade.extend(EXTENSION_PASSES);
  }

  /** The key of this side as it stands, at the beginning of `into` where that is given. */
  result(into?: Uint8Array): Uint8Array {
    return this.#cascade.result(into);
  }

  free(): void {
    this.#cascade.free();
  }

  #judge(own: Uint8Array, peer: Uint8Array): void {
    const [keyBits, qberPpm, count] = [this.#keyBits, this.#qberPpm, this.#entered];
    this.#odd = isOddBeyondExpected({ odd: differences(own, peer), count, keyBits, qberPpm });
  }

  #enter(): void {
    const disclosed = this.#cascade.disclosedBits;
    this.#ledger.parities(disclosed - this.#entered);
    this.#entered = disclosed;
  }
}
