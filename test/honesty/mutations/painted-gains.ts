import { predictLink } from "../../../physics/index.ts";
import { chance, normalFrom } from "./chance.ts";
import { changingFrames, type SampledFrame, withCodes } from "./frame-codes.ts";
import type { Mutation } from "./mutation.ts";

/** Relative noise that is laid on each count. */
const NOISE = 0.003;

/** No photons at all: the counts of the closed form with a little noise, dressed up as detections. */
export const paintedGains: Mutation = {
  name: "painted-gains",
  plants: "counts computed from the closed form with 0.3 % of noise",
  caughtBy: [4, 19],
  plant: (honest) =>
    changingFrames(honest, ({ seed }, optics) => {
      const uniform = chance(seed);
      return (frame) => {
        const { link, laserOn, fibreCut, interceptResend, splitFraction, blinding } = optics.conditions;
        const attacked = interceptResend.fraction > 0 || splitFraction > 0 || blinding !== undefined;
        if (!laserOn || fibreCut || attacked) return frame;
        return painted(frame, link, uniform);
      };
    }),
};

function painted(
  frame: SampledFrame,
  link: Parameters<typeof predictLink>[0],
  uniform: () => number,
): SampledFrame {
  const closed = predictLink(link);
  const noisy = (mean: number) => Math.max(0, Math.round(mean * (1 + NOISE * normalFrom(uniform))));
  const classes = Array.from({ length: 12 }, (_, at) => {
    const [basis, k, bobBasis] = [at < 6 ? 0 : 1, (at >> 1) % 3, at & 1];
    const qber = (basis === 0 ? closed.qberPerIntensity.z : closed.qberPerIntensity.x)[k]!;
    const chosen = bobBasis === 0 ? link.bobZProbability : 1 - link.bobZProbability;
    const clicks = noisy(frame.qtx.sent[basis * 3 + k]! * chosen * closed.gains[k]!);
    const wrong = noisy(clicks * (basis === bobBasis ? qber : 0.5));
    return { code: basis | (k << 2) | (bobBasis << 4), clicks, wrong };
  });
  const codes = new Uint8Array(classes.reduce((sum, { clicks }) => sum + clicks, 0));
  let detection = 0;
  for (const { code, clicks, wrong } of classes)
    for (let i = 0; i < clicks; i++) {
      const bit = uniform() < 0.5 ? 1 : 0;
      codes[detection++] = code | (bit << 1) | ((i < wrong ? 1 - bit : bit) << 5);
    }
  const doubleClicks = noisy(Number(frame.gateCount) * closed.doubleClicksPerGate);
  const zero = Math.round((codes.length + doubleClicks) / 2);
  const dressed = withCodes(frame, codes);
  const clicksPerDetector = [zero, codes.length + doubleClicks - zero] as const;
  return { ...dressed, qrx: { ...dressed.qrx, doubleClicks, clicksPerDetector } };
}
