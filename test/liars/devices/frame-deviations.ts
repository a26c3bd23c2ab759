import { encodeFrame, type FrameHead } from "../../../protocol/index.ts";
import type { FrameDeviation } from "./lying-device.ts";

const reheaded = (name: string, change: (head: FrameHead) => FrameHead): FrameDeviation => ({
  name,
  of: "order",
  frames: (head, payload) => [encodeFrame(change(head), payload)],
});

/** What can be wrong with the frame around any message. */
export const FRAME_DEVIATIONS: readonly FrameDeviation[] = [
  reheaded("in answer to the next request", (head) => ({ ...head, sequence: (head.sequence + 1) & 0xffff })),
  reheaded("in answer to an older request", (head) => ({ ...head, sequence: (head.sequence - 1) & 0xffff })),
  reheaded("as an event", (head) => ({ ...head, kind: "event" })),
  reheaded("as a reply", (head) => ({ ...head, kind: "reply" })),
  reheaded("as a request", (head) => ({ ...head, kind: "request" })),
  reheaded("as a refusal", (head) => ({ ...head, kind: "error" })),
  reheaded("under another opcode", (head) => ({ ...head, opcode: head.opcode ^ 1 })),
  {
    name: "with a wrong checksum",
    of: "value",
    frames: (head, payload) => {
      const bytes = encodeFrame(head, payload);
      bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) ^ 1;
      return [bytes];
    },
  },
  {
    name: "without its end",
    of: "size",
    frames: (head, payload) => [encodeFrame(head, payload).slice(0, -3)],
  },
  {
    name: "behind noise that looks like a frame",
    of: "size",
    frames: (head, payload) => {
      const bytes = encodeFrame(head, payload);
      return [bytes.slice(0, 9), bytes.slice(0, 3), bytes];
    },
  },
];
