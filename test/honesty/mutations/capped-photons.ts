import { changingFrames } from "./frame-codes.ts";
import type { Mutation } from "./mutation.ts";

/** A source that never emits two photons, against which no decoy would be needed. */
export const cappedPhotons: Mutation = {
  name: "capped-photons",
  plants: "never more than one photon a pulse",
  caughtBy: [1, 2],
  plant: (honest) =>
    changingFrames(honest, () => (frame) => {
      const { truth } = frame;
      if (truth === undefined) return frame;
      const emitted = (gate: bigint) => {
        const pulse = truth.emitted(gate);
        return { ...pulse, photons: Math.min(1, pulse.photons) };
      };
      return { ...frame, truth: { ...truth, emitted } };
    }),
};
