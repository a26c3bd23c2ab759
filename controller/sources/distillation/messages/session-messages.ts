import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";

/** Bytes of a session nonce and of a settings digest. */
export const NONCE_BYTES = 16;
export const DIGEST_BYTES = 32;
const VERSION = 1;

/** Opens or answers a session. `echo` is the peer's nonce, zeros while unknown. */
export interface HelloMessage {
  readonly role: "alice" | "bob";
  readonly settingsDigest: Uint8Array;
  readonly nonce: Uint8Array;
  readonly echo: Uint8Array;
  readonly nextSequence: number;
}

export function encodeHello(message: HelloMessage): readonly Uint8Array[] {
  return new ByteWriter()
    .u8(VERSION)
    .u8(message.role === "alice" ? 0 : 1)
    .raw(message.settingsDigest)
    .raw(message.nonce)
    .raw(message.echo)
    .count(message.nextSequence)
    .parts();
}

export function decodeHello(body: Uint8Array): HelloMessage {
  const reader = new ByteReader("hello", body);
  reader.oneOf([VERSION]);
  const role = reader.oneOf([0, 1]) === 0 ? "alice" : "bob";
  const settingsDigest = reader.raw(DIGEST_BYTES).slice();
  const nonce = reader.raw(NONCE_BYTES).slice();
  const echo = reader.raw(NONCE_BYTES).slice();
  const nextSequence = reader.count();
  reader.end();
  return { role, settingsDigest, nonce, echo, nextSequence };
}

/** Announces which bytes of the sender's authentication reserve guard its side of a coming block. */
export interface OfferMessage {
  readonly sequence: number;
  readonly offset: number;
}

export function encodeOffer(message: OfferMessage): readonly Uint8Array[] {
  return new ByteWriter().count(message.sequence).count(message.offset).parts();
}

export function decodeOffer(body: Uint8Array): OfferMessage {
  const reader = new ByteReader("offer", body);
  const message = { sequence: reader.count(), offset: reader.count() };
  reader.end();
  return message;
}
