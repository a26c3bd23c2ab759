import type { PlainError } from "../../errors/index.ts";
import type { OutgoingMessage, PeerState } from "./peer-channel.ts";
import type { PeerCredentials } from "./peer-credentials.ts";

/** From the thread that holds the channel. */
export type Told =
  | {
      readonly type: "state";
      readonly state: PeerState["state"];
      readonly epoch: number;
      readonly error: PlainError | null;
    }
  | { readonly type: "message"; readonly kind: number; readonly body: Uint8Array }
  | {
      readonly type: "done";
      readonly id: number;
      readonly port: number | null;
      readonly error: PlainError | null;
    };

/** To it. */
export type Question =
  | { readonly type: "begin" }
  | { readonly type: "close" }
  | { readonly type: "reconnect"; readonly reason: PlainError }
  | { readonly type: "renew"; readonly credentials: PeerCredentials }
  | { readonly type: "send"; readonly messages: readonly OutgoingMessage[] };

/** The same with the number under which it is answered; `heard`: so many bytes of messages were taken from between the threads. */
export type Asked = (Question & { readonly id: number }) | { readonly type: "heard"; readonly bytes: number };

/** What a message takes of the way between threads, where it is more than its body. */
export function bytesBetweenThreads(body: Uint8Array): number {
  return 256 + body.length;
}
