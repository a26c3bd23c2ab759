import type { PeerMessage } from "../../protocol/index.ts";
import type { PeerChannel } from "./peer-channel.ts";

/** Sends one declared message. Rejects with PeerError while the channel is down. */
export type SendMessage = <T>(message: PeerMessage<T>, value: T) => Promise<void>;

/** How an owner speaks over a channel without knowing anything of bytes. */
export function sendOver(channel: PeerChannel): SendMessage {
  return (message, value) => channel.send(message.kind, message.encode(value));
}
