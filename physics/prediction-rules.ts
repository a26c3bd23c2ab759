import { checkArgument, checkOptions, rule } from "../options/index.ts";
import type { LinkParameters } from "./link-parameters.ts";
import type { LinkPrediction } from "./link-prediction.ts";
import { LINK_RULES, PER_INTENSITY } from "./link-rules.ts";

const PER_BASIS = rule.like({ z: rule.anyNumber, x: rule.anyNumber });

const PREDICTION = rule.like(
  {
    gains: PER_INTENSITY,
    qberPerIntensity: rule.like({ z: PER_INTENSITY, x: PER_INTENSITY }),
    qber: PER_BASIS,
    background: rule.numbers(2),
    siftedPerGate: PER_BASIS,
    liveFraction: rule.anyNumber,
  },
  "what predictLink gives",
);

/** Refuses what predictLink never gave. */
export function checkPrediction(prediction: LinkPrediction): void {
  checkArgument("prediction", prediction, PREDICTION);
}

/** Refuses a link that has not the form of one beside a prediction that is none; its ranges predictLink has seen. */
export function checkPredicted(link: LinkParameters, prediction: LinkPrediction): void {
  checkOptions("a link", link, LINK_RULES);
  checkPrediction(prediction);
}
