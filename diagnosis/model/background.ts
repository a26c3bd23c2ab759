import { type LinkParameters, predictLink } from "../../physics/index.ts";

const KNOWN = new WeakMap<LinkParameters, number>();

/**
 * Background clicks per gate of both detectors: dark counts, noise and afterpulses. What share of it the dark counts are is
 * known only where gaps between clicks were measured, the whole of it always.
 */
export function backgroundOf(link: LinkParameters): number {
  const known = KNOWN.get(link);
  if (known !== undefined) return known;
  const [zero, one] = predictLink(link).background;
  KNOWN.set(link, zero + one);
  return zero + one;
}
