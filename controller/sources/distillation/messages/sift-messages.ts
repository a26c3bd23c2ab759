import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { DIGEST_BYTES } from "./session-messages.ts";

/** Largest number of detections in one frame that the engines accept. */
export const MAX_FRAME_DETECTIONS = 1 << 23;

/** What Bob tells of a frame before he knows anything of Alice's choices. */
export interface SiftMessage {
  readonly frameId: number;
  readonly firstGate: bigint;
  readonly gateCount: bigint;
  readonly detections: number;
  readonly gateDigest: Uint8Array;
  readonly doubleClicks: number;
  readonly photocurrentNa: number;
  /** Bob's basis choices, one bit a detection. */
  readonly basis: Uint8Array;
}

export function encodeSift(message: SiftMessage): readonly Uint8Array[] {
  return new ByteWriter()
    .count(message.frameId)
    .u64(message.firstGate)
    .u64(message.gateCount)
    .u32(message.detections)
    .raw(message.gateDigest)
    .count(message.doubleClicks)
    .f64(message.photocurrentNa)
    .raw(message.basis)
    .parts();
}

export function decodeSift(body: Uint8Array): SiftMessage {
  const reader = new ByteReader("sift", body);
  const frameId = reader.count();
  const firstGate = reader.u64();
  const gateCount = reader.u64();
  const detections = readBits(reader);
  const gateDigest = reader.raw(DIGEST_BYTES);
  const doubleClicks = reader.count();
  const photocurrentNa = reader.f64();
  const basis = reader.raw(planeBytes(detections));
  reader.end();
  return { frameId, firstGate, gateCount, detections, gateDigest, doubleClicks, photocurrentNa, basis };
}

/** Alice's answer. Planes of the Z and X bits are compacted to the positions where both chose that basis. */
export interface SiftReplyMessage {
  readonly sequence: number;
  readonly frameId: number;
  /** Running number of the cohort this frame's Z bits join. */
  readonly cohort: number;
  readonly endsCohort: boolean;
  readonly endsBlock: boolean;
  /** Pulses sent in the frame's gates, index = basis * 3 + intensity. */
  readonly sent: readonly number[];
  readonly detections: number;
  readonly zBits: number;
  readonly xBits: number;
  readonly basis: Uint8Array;
  /** Bits that are not of the signal intensity, and which of those are vacuum. */
  readonly zDecoys: number;
  readonly zDecoy: Uint8Array;
  readonly zVacuum: Uint8Array;
  readonly xDecoys: number;
  readonly xDecoy: Uint8Array;
  readonly xVacuum: Uint8Array;
  /** Alice's bits of the test basis. */
  readonly xBit: Uint8Array;
}

export function encodeSiftReply(message: SiftReplyMessage): readonly Uint8Array[] {
  return new ByteWriter()
    .count(message.sequence)
    .count(message.frameId)
    .count(message.cohort)
    .u8((message.endsCohort ? 1 : 0) | (message.endsBlock ? 2 : 0))
    .counts(message.sent)
    .u32(message.detections)
    .u32(message.zBits)
    .u32(message.xBits)
    .u32(message.zDecoys)
    .u32(message.xDecoys)
    .raw(message.basis)
    .raw(message.zDecoy)
    .raw(message.zVacuum)
    .raw(message.xDecoy)
    .raw(message.xVacuum)
    .raw(message.xBit)
    .parts();
}

export function decodeSiftReply(body: Uint8Array): SiftReplyMessage {
  const reader = new ByteReader("siftReply", body);
  const sequence = reader.count();
  const frameId = reader.count();
  const cohort = reader.count();
  const flags = reader.oneOf([0, 1, 3]);
  const sent = reader.counts(6);
  const detections = readBits(reader);
  const zBits = readBits(reader);
  const xBits = readBits(reader);
  const zDecoys = readBits(reader);
  const xDecoys = readBits(reader);
  const basis = reader.raw(planeBytes(detections));
  const zDecoy = reader.raw(planeBytes(zBits));
  const zVacuum = reader.raw(planeBytes(zDecoys));
  const xDecoy = reader.raw(planeBytes(xBits));
  const xVacuum = reader.raw(planeBytes(xDecoys));
  const xBit = reader.raw(planeBytes(xBits));
  reader.end();
  return {
    sequence,
    frameId,
    cohort,
    endsCohort: (flags & 1) !== 0,
    endsBlock: (flags & 2) !== 0,
    sent,
    detections,
    zBits,
    xBits,
    basis,
    zDecoys,
    zDecoy,
    zVacuum,
    xDecoys,
    xDecoy,
    xVacuum,
    xBit,
  };
}

/** Why both sites leave a frame out. */
export const SKIP_REASONS = ["missing", "digest", "flushed"] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** Alice leaves a frame out; the message belongs to the transcript of the named block. */
export interface SkipMessage {
  readonly sequence: number;
  readonly frameId: number;
  readonly reason: SkipReason;
}

export function encodeSkip(message: SkipMessage): readonly Uint8Array[] {
  return new ByteWriter()
    .count(message.sequence)
    .count(message.frameId)
    .u8(SKIP_REASONS.indexOf(message.reason))
    .parts();
}

export function decodeSkip(body: Uint8Array): SkipMessage {
  const reader = new ByteReader("skip", body);
  const sequence = reader.count();
  const frameId = reader.count();
  const reason = SKIP_REASONS[reader.oneOf([0, 1, 2])] ?? "missing";
  reader.end();
  return { sequence, frameId, reason };
}

/** Bytes of a plane of that many bits. */
export function planeBytes(bits: number): number {
  return (bits + 7) >> 3;
}

function readBits(reader: ByteReader): number {
  const bits = reader.u32();
  if (bits > MAX_FRAME_DETECTIONS) throw reader.refuse("it names too many detections");
  return bits;
}
