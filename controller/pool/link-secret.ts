import { AUTH_SEGMENT_BYTES } from "./auth-layout.ts";

/** First bytes of the pre-placed secret: the link's key for key IDs and post-quantum keys; the rest are pads. */
export const LINK_KEY_BYTES = 32;
/** Recommended length of the pre-placed secret: the link key and 16 KiB of authentication key per direction. */
export const PRE_PLACED_SECRET_BYTES = LINK_KEY_BYTES + 2 * 16_384;
/** Shortest pre-placed secret: the link key and 512 bytes per direction. */
export const MIN_PRE_PLACED_SECRET_BYTES = LINK_KEY_BYTES + 2 * 512;
/** Longest pre-placed secret. */
export const MAX_PRE_PLACED_SECRET_BYTES = LINK_KEY_BYTES + 2 * AUTH_SEGMENT_BYTES;
