import { chance } from "./chance.ts";
import { changingFrames, codesOf, withCodes } from "./frame-codes.ts";
import type { Mutation } from "./mutation.ts";

/** One in twenty of Bob's mismatched bits is simply Alice's. */
export const leakingBit: Mutation = {
  name: "leaking-bit",
  plants: "Alice's bit in 5 % of the mismatched detections",
  caughtBy: [10],
  plant: (honest) =>
    changingFrames(honest, ({ seed }) => {
      const uniform = chance(seed);
      return (frame) =>
        withCodes(
          frame,
          codesOf(frame).map((code) => {
            const crossed = (code & 1) !== ((code >>> 4) & 1);
            return crossed && uniform() < 0.05 ? (code & 0x1f) | (((code >>> 1) & 1) << 5) : code;
          }),
        );
    }),
};
