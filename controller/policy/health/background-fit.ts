import type { LinkParameters } from "../../../physics/index.ts";
import type { LoadShare } from "../../sources/distillation/block-report.ts";
import { type LoadedLink, loadedLink } from "./loaded-link.ts";

/** A link whose background was chosen so that it shows a certain share of vacuum clicks. */
export interface BackgroundFit {
  /** Background clicks per gate beyond the link's own, below zero where there are fewer. */
  readonly extra: number;
  readonly model: LoadedLink;
}

const MAX_STEPS = 30;
const PRECISION = 1e-5;

/** Vacuum gain over signal gain of a model; light that does not arrive at all leaves both alike. */
export function vacuumShare({ gains }: LoadedLink): number {
  return gains[0] > 0 ? gains[2] / gains[0] : 1;
}

/**
 * The background that makes the vacuum gain `share` of the signal gain under the block's load, by false position between
 * none at all and one that explains every detection. A share that no background makes gives the nearer end.
 */
export function fitBackground(
  link: LinkParameters,
  load: readonly LoadShare[],
  share: number,
): BackgroundFit {
  const [dark0, dark1] = link.darkCountsPerGate;
  const brightest = load.reduce((most, { gates, detections }) => Math.max(most, detections / gates), 0);
  const at = (extra: number) => {
    const model = loadedLink(link, load, extra);
    return { extra, model, error: vacuumShare(model) - share };
  };
  let low = at(-(dark0 + dark1 + link.noisePerGate));
  if (low.error >= 0) return low;
  let high = at(Math.min(0.5, brightest));
  if (high.error <= 0) return high;
  let [lowError, highError] = [low.error, high.error];
  let last = high;
  for (let step = 0; step < MAX_STEPS; step++) {
    const next = at((low.extra * highError - high.extra * lowError) / (highError - lowError));
    // Illinois: an end that stays twice counts half, so that both ends move.
    if (next.error < 0) {
      if (last.error < 0) highError /= 2;
      [low, lowError] = [next, next.error];
    } else {
      if (last.error >= 0) lowError /= 2;
      [high, highError] = [next, next.error];
    }
    last = next;
    if (
      Math.abs(next.error) <= PRECISION * share ||
      high.extra - low.extra <= PRECISION * Math.abs(high.extra)
    )
      break;
  }
  return last;
}
