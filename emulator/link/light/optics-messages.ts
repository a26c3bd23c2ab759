import type { ErrorContext, QkdErrorCode } from "../../../errors/index.ts";
import type { LinkParameters } from "../../../physics/index.ts";
import type { ScanControl } from "../../device/scans/scan.ts";
import type { OpticsControl } from "../../optics/control.ts";
import type { FrameLimits } from "../../optics/optics.ts";
import type { FrameTruth } from "../../optics/truth/frame-truth.ts";
import type { CountedGates } from "./gate-counter.ts";
import type { OpticsChange } from "./optics-mixer.ts";
import type { ScheduledChanges } from "./optics-timeline.ts";
import type { PairFrame } from "./pair-frame.ts";

/** What the optics' thread is started with. */
export interface OpticsWorkerData {
  readonly link: LinkParameters;
  readonly seed: bigint;
  readonly truth: boolean;
  /** Seed of the usual drift; nothing drifts by itself without it. */
  readonly driftSeed?: bigint | undefined;
  /** In force from the first gate on. */
  readonly initial?: readonly OpticsControl[];
  /** What happens at later gates, in their order. */
  readonly scheduled?: readonly ScheduledChanges[];
}

/**
 * Work for the optics' thread; each piece is answered by one `OpticsAnswer` with the same id, in order. The planes of a
 * produced frame go to `memory`, which holds those of `limits.maxDetections`.
 */
export type OpticsOrder = { readonly id: number } & (
  | { readonly type: "produce"; readonly limits: FrameLimits; readonly memory: SharedArrayBuffer }
  /** Light between key exchanges: measured by optics of its own, so that it leaves the key frames as they are. */
  | { readonly type: "probe"; readonly limits: FrameLimits }
  /** The same light, counted with the settings of both ends; `anew` forgets the clicks before. */
  | { readonly type: "measure"; readonly gates: number; readonly anew: boolean }
  /** The same light while some settings are others than the present ones. */
  | {
      readonly type: "sample";
      readonly controls: readonly ScanControl[];
      readonly limits: FrameLimits;
    }
  /** A change after the frames ordered so far, or at a gate of the timeline. */
  | { readonly type: "change"; readonly change: OpticsChange; readonly atGate: bigint | undefined }
  /** Gates pass on the timeline without a key exchange. */
  | { readonly type: "pass"; readonly gates: bigint }
);

/** What the thread answers. */
export type OpticsAnswer = { readonly id: number } & (
  | { readonly type: "frame"; readonly frame: PairFrame; readonly truth?: FrameTruth }
  | ({ readonly type: "measured" } & CountedGates)
  | { readonly type: "done" }
  | {
      readonly type: "failed";
      readonly code: QkdErrorCode;
      readonly message: string;
      readonly context: ErrorContext;
      readonly remedy: string;
    }
);
