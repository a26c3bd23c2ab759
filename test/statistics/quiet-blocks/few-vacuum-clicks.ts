import { eavesdropperIndicators, expectationOf } from "../../../controller/index.ts";
import { LINK_PRESETS, type PresetName } from "../../../physics/index.ts";
import { PoissonSampler } from "./poisson-sampler.ts";
import { CHARGE_NA, quietBlock, quietLink } from "./quiet-block.ts";

export const linkAt = (preset: PresetName, channelLossDb: number) => ({
  ...LINK_PRESETS[preset].link,
  channelLossDb,
});

/** What is raised over quiet blocks of 1e5 bits, where some 35 vacuum clicks tell the background. Seed 12. */
export function raisedByFewClicks(lossDb: number, timesDark: number, blocks: number): string[] {
  const random = new PoissonSampler(12);
  const configured = linkAt("t12", lossDb === 17 ? 15 : lossDb);
  const [zero, one] = configured.darkCountsPerGate;
  const actual = {
    ...configured,
    channelLossDb: lossDb,
    darkCountsPerGate: [zero * timesDark, one * timesDark] as const,
  };
  const quiet = quietLink(actual, 1e5);
  const expected = expectationOf(configured);
  const raised: string[] = [];
  for (let block = 0; block < blocks; block++)
    for (const { evidence } of eavesdropperIndicators(quietBlock(quiet, random), expected, CHARGE_NA))
      raised.push(evidence);
  return raised;
}
