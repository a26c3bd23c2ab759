import { finiteRate, type LinkParameters } from "../../physics/index.ts";
import { normalDraws } from "./normal-draws.ts";

/** What is drawn over: standard uncertainties of what the closed form is given. */
export interface RateUncertainty {
  readonly lossDb: number;
  readonly photonsShare: number;
  readonly misalignment: number;
  readonly darksShare: number;
}

/** Settings of the blocks that were measured. */
export interface RateBlocks {
  readonly blockBits: number;
  readonly reconciliationEfficiency: number;
  readonly epsilonSecrecy: number;
  readonly epsilonCorrectness: number;
}

export const RATE_DRAWS = 200;
const LOWER = 0.025;

/** Key rate of the closed form over what was measured: its middle, and the value that 97.5 % of the draws exceed, b/s. */
export function expectedRate(
  link: LinkParameters,
  blocks: RateBlocks,
  u: RateUncertainty,
): { readonly middleBps: number; readonly lowBps: number } {
  const rates = normalDraws(RATE_DRAWS, 4)
    .map(([loss = 0, photons = 0, error = 0, darks = 0]) => {
      const scale = (value: number, by: number) => Math.max(0, value * (1 + by));
      const e = (value: number) => Math.min(0.5, Math.max(0, value + error * u.misalignment));
      const [a, b, c] = link.intensities;
      const brighter = 1 + photons * u.photonsShare;
      const { secretBits, vacuumBits, blockS } = finiteRate(
        {
          ...link,
          channelLossDb: Math.max(0, link.channelLossDb + loss * u.lossDb),
          intensities: [a * brighter, b * brighter, c * brighter],
          misalignment: { z: e(link.misalignment.z), x: e(link.misalignment.x) },
          darkCountsPerGate: [
            scale(link.darkCountsPerGate[0], darks * u.darksShare),
            scale(link.darkCountsPerGate[1], darks * u.darksShare),
          ],
        },
        { bound: "composable", ...blocks },
      );
      // Both sites tell each other the error pattern, so that detections of vacuum pulses earn nothing.
      return Math.max(0, secretBits - vacuumBits) / blockS;
    })
    .sort((a, b) => a - b);
  return {
    middleBps: rates[Math.floor(rates.length / 2)] ?? 0,
    lowBps: rates[Math.floor(LOWER * rates.length)] ?? 0,
  };
}
