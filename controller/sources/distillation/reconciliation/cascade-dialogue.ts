import { PeerError } from "../../../../errors/index.ts";
import type { CascadeCohort, CascadeRole, Kernels } from "../../../../kernels/index.ts";
import type { LeakLedger } from "./leak-ledger.ts";
import type { ParityEntry } from "./parity-entry.ts";

/** A dialogue of more rounds than this is not Cascade any more. */
const MAX_ROUNDS = 100_000;
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
  #round = 0;
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
    this.#cascade = kernels.cascade({ ...rest, qber: qberPpm / 1e6 });
  }

  get done(): boolean {
    return this.#cascade.done;
  }

  /** This side's parities of the present round. */
  emit(): ParityEntry {
    const parities = this.#cascade.emit();
    return { cohort: this.cohort, round: this.#round, parities };
  }

  /** The peer's parities of the present round. */
  absorb(entry: ParityEntry): void {
    if (this.done || entry.round !== this.#round || this.#round >= MAX_ROUNDS)
      throw new PeerError("QKD_PEER_PROTOCOL", "the peer sent parities of another round", {
        context: { cohort: this.cohort, round: entry.round, expected: this.#round },
      });
    this.#cascade.absorb(entry.parities);
    this.#round += 1;
    this.#enter();
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

  #enter(): void {
    const disclosed = this.#cascade.disclosedBits;
    this.#ledger.parities(disclosed - this.#entered);
    this.#entered = disclosed;
  }
}
