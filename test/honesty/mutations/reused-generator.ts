import { predictLink } from "../../../physics/index.ts";
import { chance } from "./chance.ts";
import { changingFrames, codesOf, withCodes } from "./frame-codes.ts";
import type { Mutation } from "./mutation.ts";

/** Both sites seed the same generator alike: Bob always chooses Alice's basis. */
export const reusedGenerator: Mutation = {
  name: "reused-generator",
  plants: "Alice's and Bob's bases drawn from one generator",
  caughtBy: [3],
  plant: (honest) =>
    changingFrames(honest, ({ seed, link }) => {
      const uniform = chance(seed);
      const rate = predictLink(link).qberPerIntensity.z[0];
      return (frame) => {
        const alike = withCodes(
          frame,
          codesOf(frame).map((code) => {
            if ((code & 1) === ((code >>> 4) & 1)) return code;
            const wrong = uniform() < rate ? 1 : 0;
            return (code & 0xf) | ((code & 1) << 4) | ((((code >>> 1) & 1) ^ wrong) << 5);
          }),
        );
        const { truth } = frame;
        if (truth === undefined) return alike;
        const gates = truth.gates.map((gate) => ({ ...gate, bobBasis: gate.basis }));
        return { ...alike, truth: { ...truth, gates } };
      };
    }),
};
