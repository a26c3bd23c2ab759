/** A sequence of fair bits, 32 a word, first bit lowest; valid from word `from` on. */
export interface BitStream {
  readonly name: string;
  readonly words: Uint32Array;
  readonly from: number;
}

/** A parity of bits at several places: its score is standard normal if the bits are fair and independent. */
export interface ParityScore {
  readonly what: string;
  readonly score: number;
}

export function bitStream(name: string, bits: Uint8Array): BitStream {
  const words = new Uint32Array(bits.length >>> 5);
  for (let i = 0; i < words.length << 5; i++) if (bits[i] !== 0) words[i >>> 5]! |= 1 << (i & 31);
  return { name, words, from: 0 };
}

/** The stream as it was `lag` places earlier, at least one. */
export function earlier({ name, words, from }: BitStream, lag: number): BitStream {
  const [shift, whole] = [lag & 31, lag >>> 5];
  const moved = new Uint32Array(words.length);
  const first = from + ((lag + 31) >>> 5);
  for (let at = first; at < moved.length; at++) {
    const word = words[at - whole]!;
    moved[at] = shift === 0 ? word : (word << shift) | (words[at - whole - 1]! >>> (32 - shift));
  }
  return { name: `${name} ${lag} earlier`, words: moved, from: first };
}

/** Place by place whether two streams differ. */
export function differing(one: BitStream, other: BitStream): BitStream {
  const from = Math.max(one.from, other.from);
  const words = new Uint32Array(one.words.length);
  for (let at = from; at < words.length; at++) words[at] = one.words[at]! ^ other.words[at]!;
  return { name: `${one.name} x ${other.name}`, words, from };
}

/**
 * Score of how often two streams differ. Parities of different sets of places are uncorrelated, whatever else these have in
 * common, so squares of scores may be added up.
 */
export function parityScore(one: BitStream, other: BitStream): ParityScore {
  const [a, b] = [one.words, other.words];
  const from = Math.max(one.from, other.from);
  let ones = 0;
  for (let at = from; at < a.length; at++) {
    const word = a[at]! ^ b[at]!;
    const pairs = word - ((word >>> 1) & 0x55555555);
    const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
    ones += Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return scoreOf(`${one.name} x ${other.name}`, ones, (a.length - from) << 5);
}

/** Score of how often a stream is one. */
export function biasScore(stream: BitStream): ParityScore {
  const nothing = { ...stream, words: new Uint32Array(stream.words.length) };
  return { ...parityScore(stream, nothing), what: stream.name };
}

const scoreOf = (what: string, ones: number, count: number) => ({
  what,
  score: (count - 2 * ones) / Math.sqrt(count),
});

/** Sum of the squares and the largest of many scores. */
export function summarised(scores: readonly ParityScore[]) {
  const squares = scores.reduce((sum, { score }) => sum + score * score, 0);
  const largest = scores.reduce((a, b) => (Math.abs(b.score) > Math.abs(a.score) ? b : a));
  return { squares, largest, count: scores.length };
}
