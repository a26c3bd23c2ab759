import { messageCodec, u64 } from "../codec/kit.ts";
import { command } from "./declaration.ts";

/**
 * Compares clocks: with t4 the driver's time of receipt, the device is ahead by ((t2 - t1) + (t3 - t4)) / 2 and the
 * round trip took (t4 - t1) - (t3 - t2). Never repeated: a cached reply would carry an old t3.
 */
export const timeSync = command({
  opcode: 0x0050,
  meaning: "compare clocks; times in ns since 1970-01-01T00:00:00Z",
  idempotent: false,
  writes: false,
  request: messageCodec({ t1Ns: u64("driver's time of sending") }),
  reply: messageCodec({
    t1Ns: u64("t1Ns of the request"),
    t2Ns: u64("device's time of receipt"),
    t3Ns: u64("device's time of answering"),
  }),
});
