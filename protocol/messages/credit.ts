import { messageCodec, u32 } from "../codec/kit.ts";
import { command } from "./declaration.ts";

/**
 * Acknowledges frames and grants more. Both numbers are absolute, so a lost or repeated grant does no harm; numbers
 * below those of an earlier grant are ignored.
 */
export const credit = command({
  opcode: 0x0022,
  meaning: "acknowledge frames and grant more, in absolute frame ids",
  idempotent: true,
  writes: true,
  request: messageCodec({
    sessionNumber: u32("the running key exchange"),
    acknowledgedThrough: u32("every frame with an id below this was consumed"),
    creditLimit: u32("frames with an id below this may be sent"),
  }),
  reply: messageCodec({
    sessionNumber: u32("the running key exchange"),
    creditLimit: u32("the limit now in force"),
    nextFrameId: u32("id of the next frame to be sent"),
    droppedFrames: u32("frames dropped in this key exchange for want of credits"),
  }),
});
