import { agreementStep } from "../../controller/agreement/agreement-step.ts";
import { goneStep } from "../../controller/pool/gone-step.ts";
import { proofsOf } from "./agreement-world.ts";

/** What may be done otherwise than the product does it, so that the model can show that it would see a mistake. */
export interface Rules {
  readonly step: typeof agreementStep;
  readonly proofs: typeof proofsOf;
  /** The acceptor gives up what is pending by its own clock. */
  readonly acceptorTimesOut: boolean;
  /** Who lets a block expire destroys it at once, and tells nobody. */
  readonly expiresAlone: boolean;
  /** Who lets a block expire destroys it without waiting for the other site. */
  readonly expiresUnheard: boolean;
  /** A block that was given up is made again under its name. */
  readonly sameNameAgain: boolean;
  /** A released block is forgotten before the other site knows of its release. */
  readonly forgetsUnheard: boolean;
  /** What a notice does to a block. */
  readonly gone: typeof goneStep;
  /** Nobody asks. */
  readonly neverAsks: boolean;
}

/** The product as it is. */
export const PRODUCT: Rules = {
  step: agreementStep,
  proofs: proofsOf,
  acceptorTimesOut: false,
  expiresAlone: false,
  expiresUnheard: false,
  sameNameAgain: false,
  forgetsUnheard: false,
  gone: goneStep,
  neverAsks: false,
};
