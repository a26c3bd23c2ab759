import { arrivalAtGates, GATE_VARIANCE_PS2, PULSE_VARIANCE_PS2 } from "../../../physics/index.ts";
import type { OpticsConditions } from "../conditions.ts";
import { background } from "../effects/background.ts";
import { detectorState } from "../effects/detector.ts";
import { gateTiming } from "../effects/gate-window.ts";
import { drawBinomial, type Uniform } from "../random/binomial.ts";
import { normalBelow } from "../random/normal-below.ts";

/** Bins of a tagger's histogram: the edges of the first and the width of all, ps from the middle of the gate. */
export const TAG_BINS = { firstPs: -250, widthPs: 10, count: 50 } as const;

/** How often a detector's clicks came when: below the first bin, in each, beyond the last. */
export interface TagCounts {
  readonly below: number;
  readonly bins: readonly number[];
  readonly beyond: number;
}

/** Clicks of one detector by what made them, and when those by light come, ps from the middle of its gate. */
interface Tagged {
  readonly light: number;
  readonly carriers: number;
  readonly middlePs: number;
  readonly variancePs2: number;
}

/**
 * Sums of the times that a time tagger gives the clicks of each detector, ps from the middle of its gate. The sum of many
 * tags is normal, so one number stands for all of them.
 */
export function arrivalSumsPs(
  conditions: OpticsConditions,
  clicks: readonly [number, number],
  liveGates: number,
  uniform: Uniform,
): readonly [number, number] {
  const of = (detector: 0 | 1): number => {
    if (clicks[detector] === 0) return 0;
    const { light, carriers, middlePs, variancePs2 } = tagged(
      conditions,
      clicks[detector],
      detector,
      liveGates,
      uniform,
    );
    const variance = light * variancePs2 + carriers * GATE_VARIANCE_PS2;
    const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    return light * middlePs + Math.sqrt(variance) * normal;
  };
  return [of(0), of(1)];
}

/** The same clicks tag by tag, counted into bins: every click is in one of them. */
export function arrivalTags(
  conditions: OpticsConditions,
  clicks: readonly [number, number],
  liveGates: number,
  uniform: Uniform,
): readonly [TagCounts, TagCounts] {
  const of = (detector: 0 | 1): TagCounts => {
    const one = tagged(conditions, clicks[detector], detector, liveGates, uniform);
    const light = spread(one.light, one.middlePs, one.variancePs2, uniform);
    const carriers = spread(one.carriers, 0, GATE_VARIANCE_PS2, uniform);
    const all = light.map((count, index) => count + (carriers[index] ?? 0));
    return { below: all[0] ?? 0, bins: all.slice(1, -1), beyond: all.at(-1) ?? 0 };
  };
  return [of(0), of(1)];
}

/** Sum of tags that were counted into bins, each at the middle of its bin. */
export function sumOfTagsPs({ below, bins, beyond }: TagCounts): number {
  const { firstPs, widthPs, count } = TAG_BINS;
  const middle = (bin: number) => firstPs + (bin + 0.5) * widthPs;
  const outside = below * middle(-1) + beyond * middle(count);
  return bins.reduce((sum, one, bin) => sum + one * middle(bin), outside);
}

/**
 * A click by light comes where pulse and gate overlap: of a pulse of variance p that arrives at d, in a gate of variance g,
 * at d g / (g + p) with variance g p / (g + p). One by a carrier comes anywhere in the gate.
 */
function tagged(
  conditions: OpticsConditions,
  clicks: number,
  detector: 0 | 1,
  liveGates: number,
  uniform: Uniform,
): Tagged {
  const timing = gateTiming(conditions);
  const pulse = PULSE_VARIANCE_PS2 + (timing.broadeningPs ?? 0) ** 2;
  const both = GATE_VARIANCE_PS2 + pulse;
  const { dark, noise } = background(conditions);
  const { afterpulseProbability } = detectorState(conditions);
  const carriers = (dark[detector] + noise[detector]) * liveGates + afterpulseProbability * clicks;
  const light = drawBinomial(clicks, Math.min(1, Math.max(0, 1 - carriers / clicks)), uniform);
  return {
    light,
    carriers: clicks - light,
    middlePs: (arrivalAtGates(timing)[detector] * GATE_VARIANCE_PS2) / both,
    variancePs2: (GATE_VARIANCE_PS2 * pulse) / both,
  };
}

/** Counts of `tags` independent normal times below the bins, in each and beyond them: an exact multinomial, bin by bin. */
function spread(tags: number, middlePs: number, variancePs2: number, uniform: Uniform): number[] {
  const { firstPs, widthPs, count } = TAG_BINS;
  const counts: number[] = [];
  let [left, before] = [tags, 0];
  for (let edge = 0; edge <= count; edge++) {
    const below = normalBelow((firstPs + edge * widthPs - middlePs) / Math.sqrt(variancePs2));
    const here = before >= 1 ? 0 : drawBinomial(left, Math.min(1, (below - before) / (1 - before)), uniform);
    counts.push(here);
    left -= here;
    before = below;
  }
  return [...counts, left];
}
