import { arrivalAtGates, GATE_VARIANCE_PS2, PULSE_VARIANCE_PS2 } from "../../../physics/index.ts";
import type { OpticsConditions } from "../conditions.ts";
import { background } from "../effects/background.ts";
import { detectorState } from "../effects/detector.ts";
import { gateTiming } from "../effects/gate-window.ts";
import { drawBinomial, type Uniform } from "../random/binomial.ts";

/**
 * Sums of the times that a time tagger gives the clicks of each detector, ps from the middle of its gate. A click by light
 * comes where pulse and gate overlap: of a pulse of variance p that arrives at d, in a gate of variance g, at
 * d g / (g + p) with variance g p / (g + p). One by a carrier comes anywhere in the gate. The sum of many tags is normal, so
 * one number stands for all of them.
 */
export function arrivalSumsPs(
  conditions: OpticsConditions,
  clicks: readonly [number, number],
  liveGates: number,
  uniform: Uniform,
): readonly [number, number] {
  const timing = gateTiming(conditions);
  const centres = arrivalAtGates(timing);
  const pulse = PULSE_VARIANCE_PS2 + (timing.broadeningPs ?? 0) ** 2;
  const both = GATE_VARIANCE_PS2 + pulse;
  const { dark, noise } = background(conditions);
  const { afterpulseProbability } = detectorState(conditions);
  const of = (detector: 0 | 1): number => {
    const count = clicks[detector];
    if (count === 0) return 0;
    const carriers = (dark[detector] + noise[detector]) * liveGates + afterpulseProbability * count;
    const light = drawBinomial(count, Math.min(1, Math.max(0, 1 - carriers / count)), uniform);
    const variance = (light * GATE_VARIANCE_PS2 * pulse) / both + (count - light) * GATE_VARIANCE_PS2;
    const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    return (light * centres[detector] * GATE_VARIANCE_PS2) / both + Math.sqrt(variance) * normal;
  };
  return [of(0), of(1)];
}
