import { rule } from "../../../options/index.ts";

export const TIME_OR_NULL = rule.either(rule.anyNumber, rule.nothing);

/** A `Held` of a state that is handed in. */
export const HELD_RULE = rule.like({ active: rule.flag, changingSinceMs: TIME_OR_NULL });
