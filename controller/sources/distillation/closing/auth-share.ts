import { MIN_BLOCK_BYTES, TAIL_BYTES } from "../../../pool/block-tail.ts";
import type { ReserveLevel } from "../../../pool/reserve-level.ts";
import type { AgreedSettings } from "../settings.ts";

/** Most bytes that one block gives to the reserves of both directions. */
export const MOST_SHARE_BYTES = 2 ** 20;
/** How much more a low reserve gets than usual, and the part of a key that it may cost at most. */
const LOW_FACTOR = 4;
const LOW_PART = 1 / 2;
const USUAL_PART = 1 / 4;

/**
 * Bytes of a block of `blockBytes` bytes that go to the authentication reserves: the agreed number, never above a quarter
 * of what is beside its tail; four times as many, up to half of that, while the reserve is low; none while it is high.
 */
export function authShare(settings: AgreedSettings, blockBytes: number, level: ReserveLevel): number {
  if (level === "high") return 0;
  const [wanted, part] =
    level === "low"
      ? [LOW_FACTOR * settings.authenticationBytes, LOW_PART]
      : [settings.authenticationBytes, USUAL_PART];
  const most = Math.min(part * (blockBytes - TAIL_BYTES), blockBytes - MIN_BLOCK_BYTES, MOST_SHARE_BYTES);
  return 2 * Math.floor(Math.max(0, Math.min(wanted, most)) / 2);
}

/** Whether Alice's word on the share is one that her reserve's level may have led to. */
export function isAuthShare(settings: AgreedSettings, blockBytes: number, share: number): boolean {
  return (["low", "usual", "high"] as const).some(
    (level) => authShare(settings, blockBytes, level) === share,
  );
}
