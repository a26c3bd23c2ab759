import { peerOwnerOf } from "../../../../protocol/index.ts";

/** Whether a message belongs to distillation. */
export function isDistillationKind(kind: number): boolean {
  return peerOwnerOf(kind) === "distillation";
}
