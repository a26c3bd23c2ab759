import { type Baseline, explain, type Look } from "../../../diagnosis/index.ts";
import type { BlockReport } from "../../sources/distillation/index.ts";
import type { Explanation } from "../api/index.ts";
import { indicatorsOfBlocks } from "./health-indicators.ts";

/** What a diagnosis is asked. */
export interface Question {
  readonly baseline: Baseline;
  readonly look: Look;
  readonly reports: readonly BlockReport[];
}

/** What a diagnosis says, before it is dated. */
export type Answer = Omit<Explanation, "atMs" | "frames" | "baseline" | "waiting">;

/** The likely causes of what a site saw, by the same rules as between two units at hand. Pure. */
export function diagnosed({ baseline, look, reports }: Question): Answer {
  const indicators = indicatorsOfBlocks(baseline, reports, look);
  return { ...explain(baseline, look, { indicators: indicators.map(({ name }) => name) }), indicators };
}
