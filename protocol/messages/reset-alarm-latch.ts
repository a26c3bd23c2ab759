import { messageCodec } from "../codec/kit.ts";
import { command } from "./declaration.ts";

/** Clears latched alarms whose cause is gone, as the coil of the same name does. */
export const resetAlarmLatch = command({
  opcode: 0x0033,
  meaning: "clear latched alarms whose cause is gone",
  idempotent: true,
  writes: true,
  request: messageCodec({}),
  reply: messageCodec({}),
});
