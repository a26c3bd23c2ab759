import type { Explanation, ExplanationWait } from "../api/index.ts";

/** What a site says while it has nothing to explain. */
export function waitingExplanation(atMs: number, waiting: ExplanationWait): Explanation {
  return {
    atMs,
    answer: "not sure",
    causes: [],
    doubts: [],
    pair: null,
    noneOfThese: 0,
    changes: [],
    missing: [],
    next: waiting.remedy,
    indicators: [],
    frames: null,
    baseline: null,
    waiting,
  };
}

const minutes = (seconds: number): string =>
  seconds < 120 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;

/** The first look is not over. */
export const looking = (readyInS: number): ExplanationWait => ({
  state: "looking",
  sentence: `the site has not looked at its link for long enough: the first explanation comes in ${minutes(readyInS)}`,
  remedy: `ask again in ${minutes(readyInS)}`,
  readyInS: Math.ceil(readyInS),
});

/** There is no baseline yet. */
export const learning = (leftS: number): ExplanationWait => ({
  state: "learning",
  sentence: `the site learns its healthy link from the running one: ${minutes(leftS)} are left, as far as the link stays up`,
  remedy: `ask again in ${minutes(leftS)}, or name a file of explain --learn in dashboard.baseline`,
  readyInS: Math.ceil(leftS),
});

/** Nothing of the link was seen. */
export const dark = (nextS: number): ExplanationWait => ({
  state: "dark",
  sentence: "in its last look the site saw neither counts nor readings of its link",
  remedy: "look at what the site says of the connection to its unit and to the other site",
  readyInS: Math.ceil(nextS),
});
