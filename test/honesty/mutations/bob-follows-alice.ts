import type { OpticsFrame } from "../../../emulator/index.ts";
import { chance } from "./chance.ts";
import { changingFrames, codesOf, type SampledFrame, withCodes } from "./frame-codes.ts";
import type { Mutation } from "./mutation.ts";

/** Bob's basis is the one that Alice chose for the detection so many before; his bit is what that basis would give. */
function following(behind: number): (seed: bigint) => (frame: SampledFrame) => SampledFrame {
  return (seed) => {
    const uniform = chance(seed);
    const before: number[] = new Array<number>(behind).fill(0);
    return (frame) => ({ ...frame, ...(withCodes(frame, codesOf(frame).map(changed)) as OpticsFrame) });

    function changed(code: number): number {
      const basis = before.shift()!;
      before.push(code & 1);
      const toss = uniform() < 0.5 ? 0x20 : 0;
      const right = (code & 2) << 4;
      const wasMatched = (code & 1) === ((code >>> 4) & 1);
      const isMatched = (code & 1) === basis;
      const bit = wasMatched === isMatched ? code & 0x20 : isMatched ? right : toss;
      return (code & 0xf) | (basis << 4) | bit;
    }
  };
}

export const bobFollowsAlice: Mutation = {
  name: "bob-follows-alice",
  plants: "Bob's basis is Alice's of the detection before",
  caughtBy: [21],
  plant: (honest) => changingFrames(honest, ({ seed }) => following(1)(seed)),
};

export const bobFollowsLater: Mutation = {
  name: "bob-follows-later",
  plants: "Bob's basis is Alice's of the thousandth detection before",
  caughtBy: [22],
  plant: (honest) => changingFrames(honest, ({ seed }) => following(1000)(seed)),
};
