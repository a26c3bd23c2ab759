import type { FallbackReason } from "../../events.ts";

/** Whether post-quantum keys are being served, and why. */
export interface FallbackView {
  readonly engaged: boolean;
  readonly reason: FallbackReason | null;
}
