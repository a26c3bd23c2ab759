import { changingFrames } from "./frame-codes.ts";
import type { Mutation } from "./mutation.ts";

export const fixedCurrent: Mutation = {
  name: "fixed-current",
  plants: "a photocurrent of 40 nA whatever the detectors do",
  caughtBy: [24],
  plant: (honest) =>
    changingFrames(honest, () => (frame) => ({ ...frame, qrx: { ...frame.qrx, photocurrentNa: 40 } })),
};
