import { PeerError } from "../../errors/index.ts";

/** Bytes in front of each body: u32 length of the body, u8 kind, three zero bytes. The same in every version. */
export const PEER_HEADER_BYTES = 8;

/** What the header in front of a body says. */
export interface PeerHeader {
  readonly kind: number;
  readonly bodyBytes: number;
}

/** The header of a message of that kind and body length. */
export function encodePeerHeader({ kind, bodyBytes }: PeerHeader): Uint8Array {
  const header = new Uint8Array(PEER_HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint32(0, bodyBytes);
  view.setUint8(4, kind);
  return header;
}

/** Reads the first eight bytes. Throws PeerError QKD_PEER_PROTOCOL unless the unused ones are zero. */
export function decodePeerHeader(header: Uint8Array): PeerHeader {
  const view = new DataView(header.buffer, header.byteOffset, PEER_HEADER_BYTES);
  if ((view.getUint32(4) & 0xff_ffff) !== 0)
    throw new PeerError("QKD_PEER_PROTOCOL", "the peer sent a malformed message header");
  return { kind: view.getUint8(4), bodyBytes: view.getUint32(0) };
}
