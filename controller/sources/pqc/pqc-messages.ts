import { PeerError } from "../../../errors/index.ts";

/** Kinds of post-quantum key making on the peer channel. */
export const PQC_KIND = { want: 0x40, offer: 0x41, answer: 0x42, confirm: 0x43, refuse: 0x44 } as const;

const BLOCK_ID_BYTES = 16;
const PUBLIC_KEY_BYTES = 1184;
const CIPHERTEXT_BYTES = 1088;
const MAC_BYTES = 32;

/** Bob asks Alice for blocks. `nextSequence`: the lowest block sequence that is free at Bob. */
export interface WantMessage {
  readonly blocks: number;
  readonly nextSequence: number;
}

/** Alice opens a round with a fresh ML-KEM-768 public key. */
export interface OfferMessage {
  readonly blockId: string;
  readonly sequence: number;
  readonly createdAtMs: number;
  readonly blockBytes: number;
  readonly publicKey: Uint8Array;
}

/** Bob's ciphertext, and the proof that he holds the same keys. */
export interface AnswerMessage {
  readonly blockId: string;
  readonly ciphertext: Uint8Array;
  readonly mac: Uint8Array;
}

/** Alice's proof. */
export interface ConfirmMessage {
  readonly blockId: string;
  readonly mac: Uint8Array;
}

/** Bob cannot take this offer; the next one must not have a lower sequence. */
export interface RefuseMessage {
  readonly blockId: string;
  readonly nextSequence: number;
}

// All integers big-endian; every message has one exact length.
const LENGTHS = {
  want: 8,
  offer: BLOCK_ID_BYTES + 4 + 8 + 4 + PUBLIC_KEY_BYTES,
  answer: BLOCK_ID_BYTES + CIPHERTEXT_BYTES + MAC_BYTES,
  confirm: BLOCK_ID_BYTES + MAC_BYTES,
  refuse: BLOCK_ID_BYTES + 4,
};

/** u32 blocks, u32 next sequence. */
export function encodeWant({ blocks, nextSequence }: WantMessage): Uint8Array {
  const body = Buffer.alloc(LENGTHS.want);
  body.writeUInt32BE(blocks, 0);
  body.writeUInt32BE(nextSequence, 4);
  return body;
}

/** Inverse of `encodeWant`; PeerError for another length. */
export function decodeWant(bytes: Uint8Array): WantMessage {
  const body = exact(bytes, LENGTHS.want);
  return { blocks: body.readUInt32BE(0), nextSequence: body.readUInt32BE(4) };
}

/** 16 bytes block id, u32 sequence, u64 creation time, u32 block bytes, 1184 bytes public key. */
export function encodeOffer({
  blockId,
  sequence,
  createdAtMs,
  blockBytes,
  publicKey,
}: OfferMessage): Uint8Array {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(sequence, 0);
  head.writeBigUInt64BE(BigInt(createdAtMs), 4);
  head.writeUInt32BE(blockBytes, 12);
  return Buffer.concat([Buffer.from(blockId, "hex"), head, publicKey]);
}

/** Inverse of `encodeOffer`; PeerError for another length. */
export function decodeOffer(bytes: Uint8Array): OfferMessage {
  const body = exact(bytes, LENGTHS.offer);
  return {
    blockId: body.toString("hex", 0, 16),
    sequence: body.readUInt32BE(16),
    createdAtMs: Number(body.readBigUInt64BE(20)),
    blockBytes: body.readUInt32BE(28),
    publicKey: body.subarray(32),
  };
}

/** 16 bytes block id, 1088 bytes ciphertext, 32 bytes MAC. */
export function encodeAnswer({ blockId, ciphertext, mac }: AnswerMessage): Uint8Array {
  return Buffer.concat([Buffer.from(blockId, "hex"), ciphertext, mac]);
}

/** Inverse of `encodeAnswer`; PeerError for another length. */
export function decodeAnswer(bytes: Uint8Array): AnswerMessage {
  const body = exact(bytes, LENGTHS.answer);
  const split = BLOCK_ID_BYTES + CIPHERTEXT_BYTES;
  return {
    blockId: body.toString("hex", 0, 16),
    ciphertext: body.subarray(BLOCK_ID_BYTES, split),
    mac: body.subarray(split),
  };
}

/** 16 bytes block id, 32 bytes MAC. */
export function encodeConfirm({ blockId, mac }: ConfirmMessage): Uint8Array {
  return Buffer.concat([Buffer.from(blockId, "hex"), mac]);
}

/** Inverse of `encodeConfirm`; PeerError for another length. */
export function decodeConfirm(bytes: Uint8Array): ConfirmMessage {
  const body = exact(bytes, LENGTHS.confirm);
  return { blockId: body.toString("hex", 0, 16), mac: body.subarray(BLOCK_ID_BYTES) };
}

/** 16 bytes block id, u32 next sequence. */
export function encodeRefuse({ blockId, nextSequence }: RefuseMessage): Uint8Array {
  const next = Buffer.alloc(4);
  next.writeUInt32BE(nextSequence);
  return Buffer.concat([Buffer.from(blockId, "hex"), next]);
}

/** Inverse of `encodeRefuse`; PeerError for another length. */
export function decodeRefuse(bytes: Uint8Array): RefuseMessage {
  const body = exact(bytes, LENGTHS.refuse);
  return { blockId: body.toString("hex", 0, 16), nextSequence: body.readUInt32BE(16) };
}

function exact(bytes: Uint8Array, length: number): Buffer {
  if (bytes.length !== length) {
    throw new PeerError("QKD_PEER_PROTOCOL", "a message of post-quantum key making has a wrong length", {
      context: { length: bytes.length, expected: length },
    });
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
