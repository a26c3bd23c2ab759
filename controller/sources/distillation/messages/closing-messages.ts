import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";

/** Bob's counts of a block: index = basis * 3 + intensity. */
export interface EstimatesMessage {
  readonly sequence: number;
  readonly sent: readonly number[];
  readonly sifted: readonly number[];
  readonly errors: readonly number[];
}

export function encodeEstimates(message: EstimatesMessage): readonly Uint8Array[] {
  return new ByteWriter()
    .count(message.sequence)
    .counts(message.sent)
    .counts(message.sifted)
    .counts(message.errors)
    .parts();
}

export function decodeEstimates(body: Uint8Array): EstimatesMessage {
  const reader = new ByteReader("estimates", body);
  const message = {
    sequence: reader.count(),
    sent: reader.counts(6),
    sifted: reader.counts(6),
    errors: reader.counts(6),
  };
  reader.end();
  return message;
}

/** Why a block gives no key. */
export const ABORT_REASONS = ["none", "leakAboveMaximum", "noSecretKey", "correctnessBound"] as const;
export type AbortReason = (typeof ABORT_REASONS)[number];

/** Alice's decision on a block: `secretBits` is zero exactly when there is a reason. */
export interface AmplifyMessage {
  readonly sequence: number;
  readonly reason: AbortReason;
  readonly secretBits: number;
  /** Disclosed bits by the agreed accounting. */
  readonly leakBits: number;
  readonly createdAtMs: number;
}

export function encodeAmplify(message: AmplifyMessage): readonly Uint8Array[] {
  return new ByteWriter()
    .count(message.sequence)
    .u8(ABORT_REASONS.indexOf(message.reason))
    .count(message.secretBits)
    .count(message.leakBits)
    .count(message.createdAtMs)
    .parts();
}

export function decodeAmplify(body: Uint8Array): AmplifyMessage {
  const reader = new ByteReader("amplify", body);
  const sequence = reader.count();
  const reason = ABORT_REASONS[reader.oneOf([0, 1, 2, 3])] ?? "none";
  const secretBits = reader.count();
  const leakBits = reader.count();
  const createdAtMs = reader.count();
  if ((reason === "none") !== secretBits > 0) throw reader.refuse("length and reason contradict");
  reader.end();
  return { sequence, reason, secretBits, leakBits, createdAtMs };
}

/** Largest part of a seed in one message. */
export const SEED_CHUNK_BYTES = 1 << 20;

/** Part of the seed of the final hash, in order from `offset`. */
export interface SeedMessage {
  readonly sequence: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export function encodeSeed(message: SeedMessage): readonly Uint8Array[] {
  return new ByteWriter().count(message.sequence).u32(message.offset).sized(message.bytes).parts();
}

export function decodeSeed(body: Uint8Array): SeedMessage {
  const reader = new ByteReader("seed", body);
  const message = {
    sequence: reader.count(),
    offset: reader.u32(),
    bytes: reader.sized(SEED_CHUNK_BYTES),
  };
  reader.end();
  return message;
}

/** The sender's two tags: over its sifting messages and over all its other messages of the block. */
export interface TagMessage {
  readonly sequence: number;
  readonly tags: Uint8Array;
}

export function encodeTag(message: TagMessage): readonly Uint8Array[] {
  return new ByteWriter().count(message.sequence).sized(message.tags).parts();
}

export function decodeTag(body: Uint8Array): TagMessage {
  const reader = new ByteReader("tag", body);
  const message = { sequence: reader.count(), tags: reader.sized(128) };
  reader.end();
  return message;
}

/** Bob has found Alice's tags right: the block may leave both engines. */
export interface DoneMessage {
  readonly sequence: number;
}

export function encodeDone(message: DoneMessage): readonly Uint8Array[] {
  return new ByteWriter().count(message.sequence).parts();
}

export function decodeDone(body: Uint8Array): DoneMessage {
  const reader = new ByteReader("done", body);
  const message = { sequence: reader.count() };
  reader.end();
  return message;
}
