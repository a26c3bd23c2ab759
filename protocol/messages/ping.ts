import { messageCodec, u64 } from "../codec/kit.ts";
import { command } from "./declaration.ts";

/** Is the device alive? Also the heartbeat: it must be written, since an unread unplug goes unnoticed. */
export const ping = command({
  opcode: 0x0001,
  meaning: "is the device alive; heartbeat",
  idempotent: true,
  writes: false,
  request: messageCodec({ token: u64("any number") }),
  reply: messageCodec({ token: u64("the number of the request") }),
});
