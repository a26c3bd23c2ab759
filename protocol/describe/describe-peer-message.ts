import { PeerError } from "../../errors/index.ts";
import { checkArgument, rule } from "../../options/index.ts";
import { peerMessageOf } from "../peer/catalog.ts";
import { byteCount } from "./byte-count.ts";
import { describeFields } from "./describe-fields.ts";

/**
 * A message between controllers in words: a line of what it is, then a line for each field. Never throws for what came by a
 * connection.
 */
export function describePeerMessage(kind: number, body: Uint8Array): string[] {
  checkArgument("kind", kind, rule.whole(0, 0xff));
  checkArgument("body", body, rule.bytes);
  const message = peerMessageOf(kind);
  const number = `0x${kind.toString(16).padStart(2, "0")}`;
  if (message === undefined) return [`unknown message ${number}, ${byteCount(body.length)}`];
  const title = `${message.name} (${number}), ${byteCount(body.length)}: ${message.meaning}`;
  try {
    return [title, ...describeFields(message.rows, message.decode(body) as object)];
  } catch (error) {
    if (error instanceof PeerError) return [title, error.message];
    throw error;
  }
}
