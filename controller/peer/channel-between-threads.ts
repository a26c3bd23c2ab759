import type { PlainError } from "../../errors/index.ts";
import type { OutgoingMessage, PeerState } from "./peer-channel.ts";

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
  | { readonly type: "renew"; readonly reason: PlainError }
  | { readonly type: "send"; readonly messages: readonly OutgoingMessage[] };

/** The same with the number under which it is answered. */
export type Asked = Question & { readonly id: number };
