import { createHash } from "node:crypto";
import { checkArgument, rule } from "../../options/index.ts";
import { SECRET_ID_BYTES } from "../../protocol/index.ts";
import { AUTH_SEGMENT_BYTES } from "./auth-layout.ts";

/** First bytes of the pre-placed secret: the link's key for key IDs and post-quantum keys; the rest are pads. */
export const LINK_KEY_BYTES = 32;
/** Recommended length of the pre-placed secret: the link key and 16 KiB of authentication key per direction. */
export const PRE_PLACED_SECRET_BYTES = LINK_KEY_BYTES + 2 * 16_384;
/** Shortest pre-placed secret: the link key and 512 bytes per direction. */
export const MIN_PRE_PLACED_SECRET_BYTES = LINK_KEY_BYTES + 2 * 512;
/** Longest pre-placed secret. */
export const MAX_PRE_PLACED_SECRET_BYTES = LINK_KEY_BYTES + 2 * AUTH_SEGMENT_BYTES;

/**
 * Public id of a pre-placed secret: two sites compare it to learn whether they hold the same one. It is a hash of the
 * whole, so it tells nothing of any pad as long as 256 bits of the rest are unknown.
 */
export function secretId(secret: Uint8Array): Uint8Array {
  checkArgument("secret", secret, rule.bytes);
  const hash = createHash("sha256").update("qkdlink secret 2").update(secret).digest();
  return new Uint8Array(hash.subarray(0, SECRET_ID_BYTES));
}

/** The link key of a pre-placed secret; a view, no copy. */
export function linkKeyOf(secret: Uint8Array): Uint8Array {
  checkArgument("secret", secret, rule.bytes);
  return secret.subarray(0, LINK_KEY_BYTES);
}

/** Bytes of pads that a pre-placed secret brings to each direction. */
export function placedPads(secret: Uint8Array): number {
  checkArgument("secret", secret, rule.bytes);
  return (secret.length - LINK_KEY_BYTES) / 2;
}
