import { type RulesOf, rule } from "../options/index.ts";
import type { LinkParameters } from "./link-parameters.ts";

export const PER_INTENSITY = rule.numbers(3);
const PER_DETECTOR = rule.numbers(2);

/** The form of link parameters; their ranges are asked by `checkLinkParameters`. */
export const LINK_RULES: RulesOf<LinkParameters> = {
  clockHz: rule.anyNumber,
  intensities: PER_INTENSITY,
  intensityProbabilities: PER_INTENSITY,
  aliceZProbability: rule.anyNumber,
  bobZProbability: rule.anyNumber,
  channelLossDb: rule.anyNumber,
  receiverLossDb: rule.anyNumber,
  detectorEfficiency: PER_DETECTOR,
  darkCountsPerGate: PER_DETECTOR,
  afterpulseProbability: rule.anyNumber,
  afterpulseDecay: rule.list(
    rule.object<LinkParameters["afterpulseDecay"][number]>({ weight: rule.anyNumber, gates: rule.anyNumber }),
  ),
  deadGates: rule.anyNumber,
  misalignment: rule.object<LinkParameters["misalignment"]>({ z: rule.anyNumber, x: rule.anyNumber }),
  noisePerGate: rule.anyNumber,
};
