import { PeerError } from "../../errors/index.ts";
import { checkArgument, rule } from "../../options/index.ts";

/** Bytes in front of each body: u32 length of the body, u8 kind, three zero bytes. The same in every version. */
export const PEER_HEADER_BYTES = 8;

/** What the header in front of a body says. */
export interface PeerHeader {
  readonly kind: number;
  readonly bodyBytes: number;
}

export const HEADER_RULE = rule.like(
  { kind: rule.whole(0, 0xff), bodyBytes: rule.whole(0, 0xffff_ffff) },
  "a kind of 8 bits and a length of 32 bits",
);

/** The header of a message of that kind and body length. */
export function encodePeerHeader(peerHeader: PeerHeader): Uint8Array {
  checkArgument("header", peerHeader, HEADER_RULE);
  const { kind, bodyBytes } = peerHeader;
  const header = new Uint8Array(PEER_HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint32(0, bodyBytes);
  view.setUint8(4, kind);
  return header;
}

/** Reads the first eight bytes. Throws PeerError QKD_PEER_PROTOCOL unless they are there and the unused ones zero. */
export function decodePeerHeader(header: Uint8Array): PeerHeader {
  checkArgument("header", header, rule.bytes);
  if (header.length < PEER_HEADER_BYTES) throw malformed();
  const view = new DataView(header.buffer, header.byteOffset, PEER_HEADER_BYTES);
  if ((view.getUint32(4) & 0xff_ffff) !== 0) throw malformed();
  return { kind: view.getUint8(4), bodyBytes: view.getUint32(0) };
}

function malformed(): PeerError {
  return new PeerError("QKD_PEER_PROTOCOL", "the peer sent a malformed message header");
}
