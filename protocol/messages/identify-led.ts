import { messageCodec, u16 } from "../codec/kit.ts";
import { command } from "./declaration.ts";

/** Blinks the device's LED, so that a person finds it in the rack. */
export const identifyLed = command({
  opcode: 0x0052,
  meaning: "blink the identify LED",
  idempotent: true,
  writes: false,
  request: messageCodec({ durationS: u16("seconds from now, 0 stops") }),
  reply: messageCodec({}),
});
