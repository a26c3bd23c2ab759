import { finiteRate, linkPreset } from "../../physics/index.ts";

/** The efficiency that the comparison assumes of reconciliation: the target's. */
const EFFICIENCY = 1.05;

/** What the composable bound gives for blocks of mean counts, vacuum detections included, at f = 1.05. */
export function closedFormRateBps(link: { readonly lossDb: number; readonly blockBits: number }): number {
  const parameters = { ...linkPreset("yuan2018").link, channelLossDb: link.lossDb };
  const plan = {
    bound: "composable",
    blockBits: link.blockBits,
    reconciliationEfficiency: EFFICIENCY,
  } as const;
  return finiteRate(parameters, { ...plan, epsilonSecrecy: 1e-10, epsilonCorrectness: 1e-15 }).rateBps;
}
