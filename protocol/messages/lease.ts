import { bool, choice, messageCodec, text8, u16 } from "../codec/kit.ts";
import { command } from "./declaration.ts";

/** What becomes of the volatile settings when a lease ends: back to what they were at its beginning, or left as they are. */
export const LEASE_ENDINGS = { restore: 0, keep: 1 } as const;
/** Longest lease without a renewal, seconds. */
export const MAX_LEASE_S = 600;

/** Keeps a device for one connection, so that two people do not set it at once. Asking again renews. */
export const lease = command({
  opcode: 0x0054,
  meaning: "keep the device for this connection, renew, give back or ask who keeps it",
  idempotent: true,
  writes: false,
  request: messageCodec({
    holder: text8("who wants it, a name for a person; empty only asks who has it"),
    seconds: u16("for how long from now, at most 600; 0 gives it back"),
    ending: choice(LEASE_ENDINGS, "what becomes of volatile settings when it ends"),
  }),
  reply: messageCodec({
    holder: text8("who has it now, empty for nobody"),
    seconds: u16("seconds that it still lasts, rounded up"),
    yours: bool("whether this connection has it"),
  }),
});
