import { predictLink } from "../../../physics/index.ts";
import { chance } from "./chance.ts";
import { changingFrames, codesOf, withCodes } from "./frame-codes.ts";
import type { Mutation } from "./mutation.ts";

/** Bob's matched bits are Alice's, flipped at the signal's error rate whatever the intensity. */
export const constantQber: Mutation = {
  name: "constant-qber",
  plants: "one error rate for all intensities",
  caughtBy: [5],
  plant: (honest) =>
    changingFrames(honest, ({ seed, link }) => {
      const uniform = chance(seed);
      const rate = predictLink(link).qberPerIntensity.z[0];
      return (frame) =>
        withCodes(
          frame,
          codesOf(frame).map((code) => {
            if ((code & 1) !== ((code >>> 4) & 1)) return code;
            const wrong = uniform() < rate ? 1 : 0;
            return (code & 0x1f) | ((((code >>> 1) & 1) ^ wrong) << 5);
          }),
        );
    }),
};
