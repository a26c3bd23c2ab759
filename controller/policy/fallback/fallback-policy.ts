import type { FallbackReason } from "../../events.ts";

/** When post-quantum keys take over, and when QKD returns. */
export interface FallbackPolicy {
  /** Troubles of the link that engage by themselves; with the others stock serves as long as it lasts. */
  readonly engageOn: readonly FallbackReason[];
  /** Own-half level, bits, that the stock is not to fall below within the horizon. */
  readonly engageBelowBits: number;
  /** Level that must be reached again before QKD returns; above `engageBelowBits`. */
  readonly clearAboveBits: number;
  /**
   * Within this time applications ask again: the demand is measured over it, and the stock has to last for it, a block's
   * period and two seconds. Twice that before QKD returns.
   */
  readonly rekeyMs: number;
  /** How long the cause must last, and how long all must be well. Milliseconds. */
  readonly engageHoldMs: number;
  readonly clearHoldMs: number;
  /** A stock too small counts only after the pool once held key, or after this time from the start. */
  readonly startGraceMs: number;
}

export const DEFAULT_FALLBACK_POLICY: FallbackPolicy = {
  engageOn: ["eavesdropperSuspected"],
  engageBelowBits: 2048,
  clearAboveBits: 16_384,
  rekeyMs: 60_000,
  engageHoldMs: 1000,
  clearHoldMs: 30_000,
  startGraceMs: 60_000,
};
