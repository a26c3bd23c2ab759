import { encodePeerHeader, PEER_HEADER_BYTES, peerMessageOf } from "../../protocol/index.ts";
import type { RedactedPacket } from "./redact-frame.ts";
import { redactPayload } from "./redact-payload.ts";

/**
 * What may be recorded of a message between controllers: tags, proofs, ciphertexts and bit planes are zeros, as long as they
 * were. Of an unknown kind the header alone is told.
 */
export function redactPeerMessage(kind: number, body: Uint8Array): RedactedPacket {
  const { bytes: redactedBody, redacted } = redactPayload(peerMessageOf(kind)?.rows, body);
  const bytes = new Uint8Array(PEER_HEADER_BYTES + body.length);
  bytes.set(encodePeerHeader({ kind, bodyBytes: body.length }));
  bytes.set(redactedBody, PEER_HEADER_BYTES);
  return { bytes, redacted, damaged: false, repeat: false, reason: "none" };
}
