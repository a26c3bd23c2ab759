import type { DistillationSettings } from "../../controller/index.ts";
import { cellOf } from "../../diagnosis/index.ts";
import { expectedLink } from "../plan/expected-link.ts";
import { measuredLink } from "./link-at-hand.ts";
import { longReading } from "./long-reading.ts";
import type { StepContext } from "./step.ts";

/** Link time that a block takes: long enough that its statistics cost little, short enough that three are soon there. */
const BLOCK_S = 4;
const SMALLEST_BITS = 100_000;
const LARGEST_BITS = 2e7;

/** Settings of both sites for this link: blocks of some seconds, expectations from what was measured. */
export async function siteSettings(context: StepContext): Promise<DistillationSettings> {
  const reading = await longReading(context);
  const { clockHz } = context.alice.device.identity;
  let siftedZ = 0;
  for (const intensity of [0, 1, 2])
    for (let bits = 0; bits < 4; bits++)
      siftedZ += reading.cells[cellOf(0, intensity, bits >> 1, 0, bits & 1)] ?? 0;
  const perS = (siftedZ / reading.gates) * clockHz;
  return {
    link: expectedLink(context.plan, await measuredLink(context)),
    blockBits: Math.round(Math.min(LARGEST_BITS, Math.max(SMALLEST_BITS, perS * BLOCK_S))),
    epsilonSecrecy: 1e-10,
    epsilonCorrectness: 1e-15,
    maxLeakFraction: 0.6,
  };
}
