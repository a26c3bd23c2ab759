import type { AgreedSettings } from "../settings.ts";

const GRACE_MS = 2000;
const ROUND_TRIPS = 10;
/** A round trip before one was measured, and the longest that counts: a peer must not buy time by a late answer. */
const ROUND_TRIP_MS = { unmeasured: 500, most: 1000 };
/** What a site does before it answers. */
const WORK_MS = 5000;
/** What a key-basis bit of a block adds: its part of messages that lie in the way, at 10 Mb/s, and of the work on it. */
const BIT_MS = 1e-4;
const BLOCK_MS = 60_000;
const FILLINGS = 4;
const STORE_MS = 30_000;
/** What a key-basis bit adds to amplification, which may wait for that of older blocks: four times what it takes. */
const AMPLIFIED_BIT_MS = 4e-4;

/** How long each kind of wait may last without progress. docs/ARCHITECTURE.md has the table. */
export interface WaitLimits {
  /** An answer that the peer can give at once. */
  readonly answerMs: number;
  /** What the peer's device, reserve or amplification may hold up. */
  readonly patientMs: number;
  /** This site's authentication reserve. */
  readonly reserveMs: number;
  readonly amplificationMs: number;
}

/** `roundTripMs`: as the opening of the session measured it, null before. */
export function waitLimits({ blockBits }: AgreedSettings, roundTripMs: number | null): WaitLimits {
  const trip = Math.min(ROUND_TRIP_MS.most, roundTripMs ?? ROUND_TRIP_MS.unmeasured);
  return {
    answerMs: GRACE_MS + ROUND_TRIPS * trip + WORK_MS + BIT_MS * blockBits,
    patientMs: BLOCK_MS + AMPLIFIED_BIT_MS * blockBits,
    reserveMs: STORE_MS,
    amplificationMs: BLOCK_MS + AMPLIFIED_BIT_MS * blockBits,
  };
}

/** The most that the oldest open block may take, whatever progress it makes: four times as long as its frames took. */
export function blockLimitMs(block: { readonly openedAtMs: number; readonly collectedAtMs: number }): number {
  return Math.max(BLOCK_MS, FILLINGS * (block.collectedAtMs - block.openedAtMs));
}
