import type { MessagePort } from "node:worker_threads";
import {
  DistillationError,
  type ErrorContext,
  PeerError,
  QkdError,
  type QkdErrorCode,
} from "../../../errors/index.ts";
import type { DistillationSettings } from "../engine.ts";
import type { DistillationProgress, EngineInput, EngineOutput } from "../engine-io.ts";

/** What the engine's thread is started with. */
export interface WorkerStart {
  readonly role: "alice" | "bob";
  readonly settings: DistillationSettings;
  readonly firstSequence: number;
  /** Derives all randomness from this text: tests alone. */
  readonly insecureSeed?: string;
  /** To the thread that amplifies. */
  readonly amplifier: MessagePort;
}

/** An error as plain data; the class is chosen again on arrival. */
export interface PlainError {
  readonly code: QkdErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly context: ErrorContext;
  readonly remedy: string;
}

type Plain<T> = T extends { readonly type: "send" }
  ? { readonly type: "send"; readonly kind: number; readonly body: Uint8Array }
  : T extends { readonly type: "failure" }
    ? { readonly type: "failure"; readonly error: PlainError }
    : T;

/** Engine output as it crosses to the main thread; amplification never does. */
export type PlainOutput = Plain<Exclude<EngineOutput, { readonly type: "amplify" }>>;

type PlainIn<T> = T extends { readonly error: QkdError }
  ? Omit<T, "error"> & { readonly error: PlainError }
  : T;

/** Engine input as it crosses from the main thread. */
export type PlainInput = PlainIn<EngineInput>;

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

export function plainError(error: QkdError): PlainError {
  const { code, message, retryable, context, remedy } = error;
  return { code, message, retryable, context, remedy };
}

export function revivedError(plain: PlainError): QkdError {
  const { code, message, ...options } = plain;
  if (code.startsWith("QKD_DISTILLATION_") || code === "QKD_AUTH_TAG")
    return new DistillationError(code, message, options);
  if (code.startsWith("QKD_PEER_")) return new PeerError(code, message, options);
  return new QkdError(code, message, options);
}

/** An unforeseen failure of a thread. */
export function workerError(cause: unknown): DistillationError {
  if (cause instanceof DistillationError) return cause;
  return new DistillationError("QKD_DISTILLATION_WORKER", "a distillation thread failed", { cause });
}
