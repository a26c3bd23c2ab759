import { DistillationError } from "../../../../errors/index.ts";

/** The transceivers disagree about a frame. */
export function digestError(frameId: number, context: Record<string, number> = {}): DistillationError {
  return new DistillationError(
    "QKD_DISTILLATION_DIGEST",
    "the two transceivers report different detections",
    { retryable: true, context: { frameId, ...context } },
  );
}
