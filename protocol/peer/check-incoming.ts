import { PeerError } from "../../errors/index.ts";
import { checkArgument, rule } from "../../options/index.ts";
import { peerMessageOf } from "./catalog.ts";
import { HEADER_RULE, type PeerHeader } from "./framing.ts";

const SENDER = rule.choice("alice", "bob");

/**
 * Throws PeerError QKD_PEER_PROTOCOL, naming the message, unless `sender` may send a message with this header: its kind
 * is known, the sender's to send, and its body no longer than the kind's limit. Nothing of a refused body is kept.
 */
export function checkIncoming(header: PeerHeader, sender: "alice" | "bob"): void {
  checkArgument("header", header, HEADER_RULE);
  checkArgument("sender", sender, SENDER);
  const { kind, bodyBytes } = header;
  const message = peerMessageOf(kind);
  if (message === undefined)
    throw refused(`a message of the unknown kind 0x${kind.toString(16).padStart(2, "0")}`, { kind });
  const { name, from, limitBytes } = message;
  if (from !== "either" && from !== sender)
    throw refused(`a ${name} message, which only ${from} may send`, { message: name });
  if (bodyBytes > limitBytes)
    throw refused(`a ${name} message of ${bodyBytes} bytes, at most ${limitBytes} are allowed`, {
      message: name,
      bodyBytes,
      limitBytes,
    });
}

function refused(what: string, context: Record<string, string | number>): PeerError {
  return new PeerError("QKD_PEER_PROTOCOL", `the peer sent ${what}`, { context });
}
