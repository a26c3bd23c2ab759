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
export type Asked =
  | { readonly type: "begin"; readonly id: number }
  | { readonly type: "close"; readonly id: number }
  | { readonly type: "renew"; readonly id: number; readonly credentials: PeerCredentials }
  | { readonly type: "send"; readonly id: number; readonly messages: readonly OutgoingMessage[] };
