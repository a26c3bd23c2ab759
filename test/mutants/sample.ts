import type { Breach } from "./breach.ts";

/** `count` different breaches, chosen by a seed (mulberry32, Tommy Ettinger's 32-bit generator) among all. */
export function sampleOf(all: readonly Breach[], count: number, seed: number): Breach[] {
  const left = [...all];
  const chosen: Breach[] = [];
  let state = seed >>> 0;
  while (chosen.length < count && left.length > 0) {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    const index = ((mixed ^ (mixed >>> 14)) >>> 0) % left.length;
    chosen.push(...left.splice(index, 1));
  }
  return chosen;
}
