export { checkArgument, checkOptions, type Mistake, optionMistakes } from "./check-options.ts";
export { nearestName } from "./nearest-name.ts";
export { maybe, partly, type Rule, type RulesOf, rule } from "./rule.ts";
