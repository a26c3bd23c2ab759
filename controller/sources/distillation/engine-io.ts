import type { QkdError } from "../../../errors/index.ts";
import type { ReserveLevel } from "../../pool/reserve-level.ts";
import type { BlockReport } from "./block-report.ts";
import type { FrameFacts } from "./frame-facts.ts";

/** Which side's part of the authentication reserve is meant: one's own, or the peer's at an offset that it named. */
export interface AuthRequest {
  readonly id: number;
  readonly direction: "own" | "peer";
  /** Given for the peer's direction. */
  readonly offset?: number;
  readonly bytes: number;
}

/** What an engine is told. Time comes beside it; there is no clock inside. */
export type EngineInput =
  /** The planes are the engine's until it acknowledges the frame. */
  | { readonly type: "rawFrame"; readonly frame: FrameFacts; readonly planes: Uint8Array }
  /** The channel is (re)connected: everything under way is lost, a new session begins. */
  | { readonly type: "peerUp" }
  | { readonly type: "peerDown" }
  /** The body is the caller's again when the step returns. */
  | { readonly type: "peerMessage"; readonly kind: number; readonly body: Uint8Array }
  | {
      readonly type: "authMaterial";
      readonly id: number;
      readonly offset: number;
      readonly material: Uint8Array;
      /** How well filled the reserve is now, where that is told. */
      readonly level?: ReserveLevel;
    }
  | { readonly type: "authRefused"; readonly id: number; readonly error: QkdError }
  /** Blocks that may be opened in all, those that were opened before included. */
  | { readonly type: "mayAttempt"; readonly attempts: number }
  | { readonly type: "amplified"; readonly sequence: number; readonly key: Uint8Array }
  | { readonly type: "amplifyFailed"; readonly sequence: number; readonly error: QkdError }
  /** Alice only: closes the block under way, whatever its size. */
  | { readonly type: "flush" };

/** A finished block on its way out of the engine. The key holds both sites' equal bits. */
export interface FinishedBlock {
  readonly blockId: string;
  readonly sequence: number;
  /** Key bytes; the first `authBytes` of them replenish the authentication reserve. */
  readonly key: Uint8Array;
  readonly authBytes: number;
  /** Where the pads of its tags lay in the reserves. */
  readonly padOffsets: readonly number[];
  readonly createdAtMs: number;
}

/** A block that was lost on its way, and what the attempt cost. */
export interface DroppedBlock {
  readonly sequence: number;
  readonly reason: string;
  readonly epsilon: BlockReport["epsilon"];
  /** A tag was made with this site's pad, which guards nothing else any more. */
  readonly padsSpent: boolean;
}

/** Running totals since the engine was made. */
export interface DistillationProgress {
  /** Frames, detections and gates that were received and, as far as this site knows, at both sites. */
  readonly frames: number;
  readonly detections: number;
  readonly gates: bigint;
  readonly siftedZ: number;
  readonly siftedX: number;
  /** Frames that one side lacked. */
  readonly missingFrames: number;
  /** Frames whose gate digests differed. */
  readonly digestMismatches: number;
  /** Frames dropped because they were repeated, out of order, malformed or too many. */
  readonly refusedFrames: number;
  /** Cohorts whose first verification failed and that were given further passes. */
  readonly extendedCohorts: number;
  readonly discardedCohorts: number;
  readonly blocksFinished: number;
  readonly blocksAborted: number;
  /** Blocks lost to a reconnection, a broken message or a wrong tag. */
  readonly blocksDropped: number;
  /** Sessions that this site ended for what the other one said or left unsaid; each is named by a failure. */
  readonly brokenSessions: number;
  readonly secretBits: number;
  readonly cohortsInFlight: number;
  /** Bit planes kept for blocks that are not sifted yet. */
  readonly heldBytes: number;
}

/** What an engine wants done. */
export type EngineOutput =
  /** The parts are views, to be read in the order of the outputs, before the engine's next step. */
  | { readonly type: "send"; readonly kind: number; readonly parts: readonly Uint8Array[] }
  /** The frame's planes were taken over, or it is of no use: its place is free and its credit goes back. */
  | { readonly type: "acknowledgeFrame"; readonly frameId: number; readonly place: number | undefined }
  | { readonly type: "needAuth"; readonly request: AuthRequest }
  | {
      readonly type: "amplify";
      readonly sequence: number;
      readonly key: Uint8Array;
      readonly keyBits: number;
      readonly outputBits: number;
      readonly seed: Uint8Array;
    }
  | { readonly type: "block"; readonly block: FinishedBlock; readonly report: BlockReport }
  | { readonly type: "blockAborted"; readonly report: BlockReport }
  | ({ readonly type: "blockDropped" } & DroppedBlock)
  /** The connection is of no use any more; another one may be. */
  | { readonly type: "reconnect"; readonly error: QkdError }
  | { readonly type: "failure"; readonly error: QkdError };

/**
 * Source of random bytes. The label names the use (`seed/7/0`): a production source ignores it, a test derives the
 * bytes from it, so that equal seeds give equal keys whatever the order of work.
 */
export type RandomSource = (bytes: number, label: string) => Uint8Array;
