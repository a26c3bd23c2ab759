import { predictLink } from "../../../../physics/index.ts";
import { PLANES } from "../frame-facts.ts";
import { type AgreedSettings, blockDetections } from "../settings.ts";

const BLOCKS = 3;
const SECONDS = 1.5;

/** Frames that Bob may have told and not yet seen agreed on, or left out. */
export const MAX_TOLD_FRAMES = 1 << 17;

/**
 * Bytes of planes that a site keeps for blocks that are not yet sifted, at most: three blocks, or one and a half seconds
 * of the expected link where that is more. At the bound no credit goes back, and the device drops.
 */
export function heldLimitBytes(role: "qtx" | "qrx", settings: AgreedSettings): number {
  const detections = Math.max(
    BLOCKS * blockDetections(settings),
    SECONDS * predictLink(settings.link).clicksPerS,
  );
  return Math.ceil((detections * PLANES[role]) / 8);
}
