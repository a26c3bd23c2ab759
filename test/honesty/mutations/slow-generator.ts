import { changingFrames } from "./frame-codes.ts";
import type { Mutation } from "./mutation.ts";

/** Alice's bit generator delivers at half the clock: every other pulse repeats the bit before. */
export const slowGenerator: Mutation = {
  name: "slow-generator",
  plants: "Alice's bit used for two pulses in a row",
  caughtBy: [3],
  plant: (honest) =>
    changingFrames(honest, () => (frame) => {
      const { truth } = frame;
      if (truth === undefined) return frame;
      const emitted = (gate: bigint) => ({
        ...truth.emitted(gate),
        bit: truth.emitted(gate - (gate & 1n)).bit,
      });
      return { ...frame, truth: { ...truth, emitted } };
    }),
};
