import type { LinkParameters } from "../../physics/index.ts";
import type { Look, ObservableName } from "../observables/observables.ts";

/** A link as it was when it was learnt: the measure of everything that it shows later. */
export interface Baseline {
  /** Closed-form parameters fitted to its counts. */
  readonly link: LinkParameters;
  /** Mean of the looks, each value with the uncertainty of its mean. */
  readonly look: Look;
  /** Variance of an observable from look to look beyond that of counting, as far as the looks were spread over time. */
  readonly scatter: Readonly<Partial<Record<ObservableName, number>>>;
  /** Looks that were far enough apart to be independent; the scatter counts for so many. */
  readonly independentLooks: number;
}
