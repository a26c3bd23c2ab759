import type { Mutation } from "./mutation.ts";

/** Carriers that wait a thousand times longer than anybody looks: as many afterpulses as ever, following nothing. */
export const forgetfulDetectors: Mutation = {
  name: "forgetful-detectors",
  plants: "afterpulses without memory wherever the tap of truth is off",
  caughtBy: [20, 23],
  plant: (honest) => (setup) =>
    setup.truth === true
      ? honest(setup)
      : honest({ ...setup, link: { ...setup.link, afterpulseDecay: [{ weight: 1, gates: 1e6 }] } }),
};
