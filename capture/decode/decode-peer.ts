import { PeerError } from "../../errors/index.ts";
import {
  decodePeerHeader,
  describePeerMessage,
  PEER_HEADER_BYTES,
  peerMessageOf,
} from "../../protocol/index.ts";
import type { Decoded } from "./decoded.ts";
import { plainFields } from "./plain-value.ts";

/** What bytes between two controllers say: their messages, one behind the other. */
export function decodePeer(bytes: Uint8Array): Decoded[] {
  const decoded: Decoded[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [one, length] = message(bytes.subarray(at));
    decoded.push(one);
    at += length;
  }
  return decoded;
}

function message(bytes: Uint8Array): [Decoded, length: number] {
  try {
    const { kind, bodyBytes } = decodePeerHeader(bytes);
    const length = PEER_HEADER_BYTES + bodyBytes;
    if (length > bytes.length) return [garbage(bytes, "ends inside a message"), bytes.length];
    return [decoded(kind, bytes.subarray(PEER_HEADER_BYTES, length)), length];
  } catch (error) {
    if (error instanceof PeerError) return [garbage(bytes, error.message), bytes.length];
    throw error;
  }
}

function decoded(kind: number, body: Uint8Array): Decoded {
  const [title = "", ...lines] = describePeerMessage(kind, body);
  const declaration = peerMessageOf(kind);
  const facts = {
    name: declaration?.name ?? "unknown",
    kind: "message",
    title,
    lines,
    opcode: kind,
  } as const;
  if (declaration === undefined) return { ...facts, fields: {} };
  try {
    return { ...facts, fields: plainFields(declaration.rows, declaration.decode(body) as object) };
  } catch (error) {
    if (error instanceof PeerError) return { ...facts, fields: {}, malformed: error.message };
    throw error;
  }
}

function garbage({ length }: Uint8Array, reason: string): Decoded {
  const title = `${length} bytes passed over: ${reason}`;
  return { name: "damaged", kind: "damaged", title, lines: [], fields: { bytes: length, reason } };
}
