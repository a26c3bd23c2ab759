/** Which raw-key frames of one key exchange were granted, delivered and consumed. */
export interface CreditLedger {
  readonly sessionNumber: number;
  /** Frames that may be under way or unconsumed at a time. */
  readonly creditFrames: number;
  /** Most the device lets be granted ahead of the acknowledged ones (SPEC 5.3). */
  readonly maxCreditFrames: number;
  /** Id that the next frame should have. */
  readonly nextFrameId: number;
  /** Delivered and not yet consumed, rising. At most `creditFrames`. */
  readonly unconsumed: readonly number[];
}

/** What to do with an arriving frame; `missing` counts the ids skipped before it. */
export type FrameVerdict =
  | { readonly verdict: "deliver"; readonly missing: number }
  | { readonly verdict: "duplicate" }
  /** Above the credit limit: a device that does not keep to its credit must not fill our memory. */
  | { readonly verdict: "uninvited" };

/** The ledger of a key exchange that has just started. */
export function openLedger(
  opening: Pick<CreditLedger, "sessionNumber" | "creditFrames" | "maxCreditFrames"> & {
    readonly firstFrameId: number;
  },
): CreditLedger {
  const { firstFrameId, ...rest } = opening;
  return { ...rest, nextFrameId: firstFrameId, unconsumed: [] };
}

/** Judges an arriving frame. Ids rise; one at or below an earlier one is a duplicate. */
export function receiveFrame(ledger: CreditLedger, frameId: number): readonly [CreditLedger, FrameVerdict] {
  if (frameId < ledger.nextFrameId) return [ledger, { verdict: "duplicate" }];
  if (frameId >= creditLimit(ledger)) return [ledger, { verdict: "uninvited" }];
  return [
    { ...ledger, nextFrameId: frameId + 1, unconsumed: [...ledger.unconsumed, frameId] },
    { verdict: "deliver", missing: frameId - ledger.nextFrameId },
  ];
}

/** A frame was consumed; frames may be consumed in any order, unknown ids change nothing. */
export function consumeFrame(ledger: CreditLedger, frameId: number): CreditLedger {
  if (!ledger.unconsumed.includes(frameId)) return ledger;
  return { ...ledger, unconsumed: ledger.unconsumed.filter((id) => id !== frameId) };
}

/**
 * The device tells its next id. Ids before it that never came were dropped; without this step a device that dropped
 * everything it had credit for would wait for ever.
 */
export function skipTo(ledger: CreditLedger, nextFrameId: number): readonly [CreditLedger, missing: number] {
  if (nextFrameId <= ledger.nextFrameId) return [ledger, 0];
  return [{ ...ledger, nextFrameId }, nextFrameId - ledger.nextFrameId];
}

/** Every frame with an id below this was consumed (or never came). */
export function acknowledgedThrough(ledger: CreditLedger): number {
  return ledger.unconsumed[0] ?? ledger.nextFrameId;
}

/** Frames with an id below this may be sent. Never falls. */
export function creditLimit(ledger: CreditLedger): number {
  const wanted = ledger.nextFrameId + ledger.creditFrames - ledger.unconsumed.length;
  return Math.min(wanted, acknowledgedThrough(ledger) + ledger.maxCreditFrames);
}
