import type { GoneReason, KeyOrigin } from "./pool/key-pool.ts";
import type { OpeningKind } from "./pool/opening-report.ts";

/** Why the controller serves post-quantum keys, or warns. `poolExhausted`: the stock is exhausted, or foreseen to be soon. */
export type FallbackReason =
  | "poolExhausted"
  | "linkDown"
  | "qberTooHigh"
  | "keyRateTooLow"
  | "eavesdropperSuspected"
  | "peerUnreachable"
  | "operator";

/** What an indicator points at. `lineReplaced`: a line better than the fibre, or light added to it. */
export type Attack =
  | "interceptResend"
  | "photonNumberSplitting"
  | "blinding"
  | "timeShift"
  | "trojanHorse"
  | "lineReplaced";

/** What `events$` carries. */
export type ControllerEvent =
  | {
      readonly type: "keysAdded";
      readonly atMs: number;
      readonly origin: KeyOrigin;
      readonly bits: number;
      readonly blockId: string;
    }
  | {
      readonly type: "poolLow";
      readonly atMs: number;
      readonly availableBits: number;
      readonly lowBits: number;
    }
  | { readonly type: "linkDegraded"; readonly atMs: number; readonly reason: string }
  /** Nothing is wrong with the link any more. */
  | { readonly type: "linkRestored"; readonly atMs: number }
  | {
      readonly type: "eavesdropperSuspected";
      readonly atMs: number;
      readonly indicator: string;
      /** What it points at. */
      readonly attack: Attack;
      readonly evidence: string;
    }
  | { readonly type: "fallbackEngaged"; readonly atMs: number; readonly reason: FallbackReason }
  | { readonly type: "fallbackCleared"; readonly atMs: number }
  /** An application is served for the first time: what of its certificate names it, and the certificate's SHA-256. */
  | {
      readonly type: "saeKnown";
      readonly atMs: number;
      readonly sae: string;
      readonly by: string;
      readonly fingerprint: string;
    }
  /** Somebody with a certificate of the right authority is not served. */
  | {
      readonly type: "callerRefused";
      readonly atMs: number;
      readonly reason: string;
      readonly fingerprint: string;
    }
  /** What an opening of the store took out of use, because it may have been given before. */
  | {
      readonly type: "keysBurnt";
      readonly atMs: number;
      readonly reason: OpeningKind;
      readonly bits: number;
      readonly authenticationBytes: number;
    }
  | { readonly type: "keyExpired"; readonly atMs: number; readonly origin: KeyOrigin; readonly bits: number }
  /** The other site lost a block or stopped handing it out: what was left of this site's half is not handed out either. */
  | {
      readonly type: "keysLost";
      readonly atMs: number;
      readonly origin: KeyOrigin;
      readonly bits: number;
      readonly blockId: string;
      readonly reason: GoneReason;
    }
  /** The other site's clock less this one, at each connection; no nearer than a message travels. */
  | { readonly type: "peerClock"; readonly atMs: number; readonly offsetMs: number }
  /**
   * The authentication reserve was refilled by a key exchange: from now on keys carry the class computational, until a
   * fresh secret is placed.
   */
  | { readonly type: "authRecovered"; readonly atMs: number; readonly round: number }
  /** Own pads, held back because nothing told how far they are used, are given again from `offset` on: the other site told. */
  | { readonly type: "authResumed"; readonly atMs: number; readonly offset: number }
  /** A budget of failure probability is low (four fifths) or spent; `used` is the share of it. */
  | {
      readonly type: "epsilonBudget";
      readonly atMs: number;
      readonly level: "low" | "spent";
      readonly of: "perYear" | "total";
      readonly used: number;
      readonly total: number;
    };
