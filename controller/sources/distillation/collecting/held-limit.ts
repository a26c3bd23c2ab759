import { predictLink } from "../../../../physics/index.ts";
import { PLANES } from "../frame-facts.ts";
import { type AgreedSettings, blockDetections } from "../settings.ts";

const BLOCKS = 3;
const SECONDS = 1.5;
/** Of the three blocks that both sites can hold for certain, so that neither is at its bound before. */
const ENDING_BLOCKS = 2;

/** Frames that Bob may have told and not yet seen agreed on, or left out. */
export const MAX_TOLD_FRAMES = 1 << 17;

/** Frames of one block after which it ends: Bob has room for those that are on their way meanwhile. */
export const MAX_BLOCK_FRAMES = MAX_TOLD_FRAMES - MAX_TOLD_FRAMES / 8;

/**
 * Bytes of Alice's planes after which a block ends, full or not. Frames that a dim link ends by time hold a few detections
 * or none, in whole bytes: waiting for a full block of them, both sites would come to their bounds and wait for ever.
 */
export function blockLimitBytes(settings: AgreedSettings): number {
  return Math.ceil((ENDING_BLOCKS * blockDetections(settings) * PLANES.qtx) / 8);
}

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
