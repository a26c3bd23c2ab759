import type { LineSettings } from "./line-settings.ts";

/** What becomes of a character with a framing or parity error: left out, read as zero, or kept as sampled. */
export type BadCharacter = "drop" | "zero" | "keep";

/**
 * What a receiver with settings `to` reads when a sender with settings `from` sends `bytes` back to back on an idle
 * line. The sender's waveform is sampled as a UART does: at a falling edge it starts its own bit clock and samples the
 * middle of every bit. With equal settings the bytes come out unchanged.
 */
export function receiveAs(
  bytes: Uint8Array,
  from: LineSettings,
  to: LineSettings,
  badCharacter: BadCharacter,
): Uint8Array {
  const wave = waveform(bytes, from);
  const step = from.baud / to.baud;
  const level = (time: number): number => wave[Math.floor(time)] ?? 1;
  const received: number[] = [];
  let edge = fallingEdge(wave, 0);
  while (edge >= 0) {
    const sample = (bit: number): number => level(edge + (bit + 0.5) * step);
    if (sample(0) === 1) {
      edge = fallingEdge(wave, edge + 1);
      continue;
    }
    let value = 0;
    for (let bit = 0; bit < to.dataBits; bit++) value |= sample(1 + bit) << bit;
    let stop = 1 + to.dataBits;
    let good = true;
    if (to.parity !== "none") good = sample(stop++) === parityBit(value, to.parity);
    good &&= sample(stop) === 1;
    if (good || badCharacter === "keep") received.push(value);
    else if (badCharacter === "zero") received.push(0);
    edge = fallingEdge(wave, Math.ceil(edge + (stop + 0.5) * step));
  }
  return Uint8Array.from(received);
}

/** Line levels, one entry per sender bit, starting at the first start bit. */
function waveform(bytes: Uint8Array, settings: LineSettings): Uint8Array {
  const levels: number[] = [];
  for (const byte of bytes) {
    const value = byte & ((1 << settings.dataBits) - 1);
    levels.push(0);
    for (let bit = 0; bit < settings.dataBits; bit++) levels.push((value >> bit) & 1);
    if (settings.parity !== "none") levels.push(parityBit(value, settings.parity));
    for (let bit = 0; bit < settings.stopBits; bit++) levels.push(1);
  }
  return Uint8Array.from(levels);
}

function parityBit(value: number, parity: "even" | "odd"): number {
  let ones = 0;
  for (let rest = value; rest > 0; rest >>= 1) ones += rest & 1;
  return (ones & 1) ^ (parity === "odd" ? 1 : 0);
}

/** Index of the first low bit at or after `start` whose predecessor is high, or -1. */
function fallingEdge(wave: Uint8Array, start: number): number {
  for (let at = start; at < wave.length; at++) {
    if (wave[at] === 0 && (at === 0 || wave[at - 1] === 1)) return at;
  }
  return -1;
}
