import type { MessagePort } from "node:worker_threads";
import {
  DistillationError,
  memoryShortage,
  type PlainError,
  type QkdError,
} from "../../../../errors/index.ts";
import type { SourceHoldings } from "../../block-source.ts";
import type { DistillationProgress, EngineInput, EngineOutput } from "../engine-io.ts";
import type { FrameFacts } from "../frame-facts.ts";
import type { DistillationSettings } from "../settings.ts";
import type { FramePlace } from "./shared-frames.ts";

/** What the engine is mounted with. */
export interface EngineStart {
  readonly role: "alice" | "bob";
  readonly settings: DistillationSettings;
  readonly firstSequence: number;
  readonly attempts?: number;
  /** Derives all randomness from this text: tests alone. */
  readonly insecureSeed?: string;
  /** To the thread that amplifies. */
  readonly amplifier: MessagePort;
}

type PlainErrorIn<T> = T extends { readonly error: QkdError }
  ? Omit<T, "error"> & { readonly error: PlainError }
  : T;

/** Engine output as it crosses to the main thread; what goes to the peer or is amplified never does. */
export type PlainOutput =
  | PlainErrorIn<Exclude<EngineOutput, { readonly type: "send" | "amplify" | "reconnect" }>>
  | HoldingsAnswer;

/** Asks what the engine has under way. */
export interface HoldingsQuestion {
  readonly type: "holdings";
  readonly id: number;
}

/** Comes behind every block that left the engine before it. */
export interface HoldingsAnswer extends HoldingsQuestion {
  readonly holdings: SourceHoldings;
}

/** A raw-key frame whose planes lie in shared memory. */
export interface PlacedFrame {
  readonly type: "rawFrame";
  readonly frame: FrameFacts;
  readonly place: FramePlace;
}

/** From the main thread to the engine. */
export type HostInput =
  | PlainErrorIn<
      Exclude<
        EngineInput,
        {
          readonly type: "rawFrame" | "peerUp" | "peerDown" | "peerMessage" | "amplified" | "amplifyFailed";
        }
      >
    >
  | PlacedFrame
  | HoldingsQuestion;

/** From the engine's thread to the main thread. */
export interface WorkerReport {
  readonly outputs: readonly PlainOutput[];
  readonly progress: DistillationProgress | null;
}

/** Work for the amplifying thread, and its answer. */
export interface AmplifyJob {
  readonly sequence: number;
  readonly key: Uint8Array;
  readonly keyBits: number;
  readonly outputBits: number;
  readonly seed: Uint8Array;
}

export type AmplifyAnswer =
  | { readonly sequence: number; readonly key: Uint8Array }
  | { readonly sequence: number; readonly error: PlainError };

/** An unforeseen failure of a thread. */
export function workerError(cause: unknown): DistillationError {
  if (cause instanceof DistillationError) return cause;
  const shortage = memoryShortage(cause);
  return shortage === null
    ? new DistillationError("QKD_DISTILLATION_WORKER", "a distillation thread failed", { cause })
    : new DistillationError("QKD_DISTILLATION_WORKER", `a distillation thread failed: ${shortage.message}`, {
        cause,
        remedy: shortage.remedy,
      });
}
