import type { PerIntensity } from "../../physics/index.ts";

/** Turn of the modulator's working point for each volt at its bias controller, radian: half-wave 5 V, a tenth of it acts. */
const TURN_PER_V = (Math.PI * 0.1) / (2 * 5);

/** Intensities with the modulator's bias off by so much: the signal sits on the fringe's top, decoy and vacuum do not. */
export function intensitiesAtOffset([u, v, w]: PerIntensity, offsetV: number): PerIntensity {
  const turned = (mean: number) =>
    Math.max(1e-7, u * Math.sin(Math.asin(Math.sqrt(mean / u)) + TURN_PER_V * offsetV) ** 2);
  const top = turned(u);
  const decoy = Math.min(turned(v), 0.98 * top);
  return [top, decoy, Math.min(turned(w), 0.98 * decoy)];
}
