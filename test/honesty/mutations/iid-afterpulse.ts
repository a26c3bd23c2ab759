import { predictLink } from "../../../physics/index.ts";
import type { Mutation } from "./mutation.ts";

/** Afterpulses as more dark counts: every gain and error rate stays right, but nothing follows anything. */
export const iidAfterpulse: Mutation = {
  name: "iid-afterpulse",
  plants: "afterpulses spread evenly over all gates",
  caughtBy: [8],
  plant: (honest) => (setup) => {
    const { background } = predictLink(setup.link);
    return honest({
      ...setup,
      link: { ...setup.link, afterpulseProbability: 0, darkCountsPerGate: background, noisePerGate: 0 },
    });
  },
};
