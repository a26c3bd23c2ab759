import { messageCodec, u32 } from "../codec/kit.ts";
import { command } from "./declaration.ts";

/** Starts a key exchange. Not idempotent: each start makes a session with a number of its own. */
export const startKeyExchange = command({
  opcode: 0x0020,
  meaning: "start a key exchange; both ends of a link join the same one",
  idempotent: false,
  writes: true,
  request: messageCodec({
    detectionsPerFrame: u32("detections that fill a frame, from 1 to the device's limit"),
    creditFrames: u32("frames the device may send at once: the first credit limit is first frame + this"),
  }),
  reply: messageCodec({
    sessionNumber: u32("number of this key exchange at this device, rising"),
    firstFrameId: u32("id of the first frame to come"),
    detectionsPerFrame: u32("detections that fill a frame, as taken"),
  }),
});

/** Ends a key exchange; frames not yet sent are dropped. Stopping a stopped one succeeds. */
export const stopKeyExchange = command({
  opcode: 0x0021,
  meaning: "end a key exchange; frames not yet sent are dropped",
  idempotent: true,
  writes: true,
  request: messageCodec({ sessionNumber: u32("the key exchange to end; 0 for whichever runs") }),
  reply: messageCodec({ sessionNumber: u32("the key exchange that ended; 0 if none ran") }),
});
