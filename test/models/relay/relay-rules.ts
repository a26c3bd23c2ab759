import { agreementStep } from "../../../controller/agreement/agreement-step.ts";
import { relayStep } from "../../../controller/sources/relay/relay-step.ts";
import { proofsOf } from "./relay-world.ts";

/** What may be done otherwise than the product does it, so that the model can show that it would see a mistake. */
export interface Rules {
  readonly relay: typeof relayStep;
  readonly agreement: typeof agreementStep;
  readonly proofs: typeof proofsOf;
  /** A store that cannot join what a commit names: each part is a commit of its own, in order. No mistake. */
  readonly commitsApart: boolean;
  /** Pads are marked used after what they cover has left. */
  readonly marksLate: boolean;
  /** After a restart the last pad is taken once more. */
  readonly cursorGoesBack: boolean;
  /** Relay and delivery each count what they take of one half. */
  readonly twoCursors: boolean;
  /** Who opens a pad does not mark it. */
  readonly opensUnmarked: boolean;
  /** A block is available at its origin before the target has stored it. */
  readonly entersAvailable: boolean;
  /** The origin says `stored`, too. */
  readonly originSaysStored: boolean;
  /** The acceptor gives up what is pending by its own clock. */
  readonly acceptorTimesOut: boolean;
  /** A block that was given up is made again under its id. */
  readonly sameIdAgain: boolean;
  /** Both ends hand out the proposer's half. */
  readonly sameHalf: boolean;
  /** The acceptor destroys an aged block without the proposer. */
  readonly expiresAlone: boolean;
  /** Nobody asks. */
  readonly neverAsks: boolean;
  /** Between distant nodes nobody looks who sent a message. */
  readonly anySender: boolean;
  /** The tag of a hop is not looked at. */
  readonly anyTag: boolean;
}

/** The product as it is. */
export const PRODUCT: Rules = {
  relay: relayStep,
  agreement: agreementStep,
  proofs: proofsOf,
  commitsApart: false,
  marksLate: false,
  cursorGoesBack: false,
  twoCursors: false,
  opensUnmarked: false,
  entersAvailable: false,
  originSaysStored: false,
  acceptorTimesOut: false,
  sameIdAgain: false,
  sameHalf: false,
  expiresAlone: false,
  neverAsks: false,
  anySender: false,
  anyTag: false,
};
