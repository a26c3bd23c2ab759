import { chance } from "./chance.ts";
import { changingFrames, codesOf, type SampledFrame, withCodes } from "./frame-codes.ts";
import type { Mutation } from "./mutation.ts";

/** Gates in which both detectors fire are thrown away, which opens the door to faked states. */
export const droppedDoubles: Mutation = {
  name: "dropped-doubles",
  plants: "double clicks discarded instead of turned into random bits",
  caughtBy: [9],
  plant: (honest) =>
    changingFrames(honest, ({ seed }) => {
      const uniform = chance(seed);
      return (frame) => {
        const dropped = doublesOf(frame, uniform);
        const { qrx, truth } = frame;
        const [zero, one] = qrx.clicksPerDetector;
        const kept = withCodes(
          frame,
          codesOf(frame).filter((_, i) => !dropped.has(i)),
        );
        const bare = {
          ...kept,
          qrx: {
            ...kept.qrx,
            doubleClicks: 0,
            clicksPerDetector: [zero - dropped.size, one - dropped.size] as const,
          },
        };
        if (truth === undefined) return bare;
        const gates = truth.gates.map((gate) =>
          gate.clicked[0] && gate.clicked[1] ? { ...gate, clicked: [false, false] as const } : gate,
        );
        return { ...bare, truth: { ...truth, gates } };
      };
    }),
};

/** Which detections were double clicks: known from the truth, else any ones of the same number. */
function doublesOf({ truth, qrx, detections }: SampledFrame, uniform: () => number): Set<number> {
  const doubles = new Set<number>();
  if (truth === undefined) {
    while (doubles.size < qrx.doubleClicks) doubles.add(Math.floor(uniform() * detections));
    return doubles;
  }
  let detection = 0;
  for (const { clicked } of truth.gates) {
    if (clicked[0] && clicked[1]) doubles.add(detection);
    if (clicked[0] || clicked[1]) detection++;
  }
  return doubles;
}
