/**
 * Kinds of the messages between the two distillation engines, inside the range 0x10-0x3f of the peer channel.
 * A: Alice sends it, B: Bob sends it.
 */
export const KIND = {
  /** A, B: new session: role, settings digest, nonce, echo of the peer's nonce, proposed block sequence. */
  hello: 0x10,
  /** A, B: where in the sender's authentication reserve the material of a coming block lies. */
  offer: 0x11,
  /** B: a frame's digest, basis choices and monitor readings. */
  sift: 0x12,
  /** A: basis choices, intensities, test bits and sent pulses of that frame; places it in a block and a cohort. */
  siftReply: 0x13,
  /** A: that frame is left out by both. */
  skip: 0x14,
  /** B: reconciliation of a cohort begins: expected error rate and seed. */
  cohortOpen: 0x15,
  /** A, B: parities of one round of one or more cohorts of a block. */
  parities: 0x16,
  /** A: verification hash key and tag of a cohort. */
  verify: 0x17,
  /** B: equal, extend, or discard. */
  verdict: 0x18,
  /** A: the bits of a discarded cohort, so that its errors count exactly. */
  disclose: 0x19,
  /** B: the block's counts as Bob sees them. */
  estimates: 0x1a,
  /** A: length of the key or the reason why there is none. */
  amplify: 0x1b,
  /** A: part of the seed of the privacy-amplification hash. */
  seed: 0x1c,
  /** A, B: Wegman-Carter tags over everything the sender said in the block. */
  tag: 0x1d,
  /** B: Alice's tags are right. */
  done: 0x1e,
} as const;

/** The kinds that belong to distillation on the peer channel. */
export function isDistillationKind(kind: number): boolean {
  return kind >= 0x10 && kind <= 0x3f;
}
