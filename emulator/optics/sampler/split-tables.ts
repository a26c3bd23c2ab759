import * as layout from "../../../kernels/index.ts";
import type { Background } from "../effects/background.ts";
import type { PhotonSplitting } from "../effects/photon-splitting.ts";
import { poissonNumberTable } from "../random/poisson-number.ts";

/** What the sampler needs to know of the three modes of a split link. */
interface SplitLink {
  readonly attack: PhotonSplitting;
  /** Means of the photoelectrons of a row on the untouched link and on Eve's line. */
  readonly honest: (row: number) => readonly [number, number];
  readonly eve: (row: number) => readonly [number, number];
  readonly background: Background;
  /** Mean photon number of each intensity. */
  readonly photons: readonly number[];
}

const word32 = (probability: number) => Math.min(2 ** 32 - 1, Math.round(probability * 2 ** 32));

/**
 * Writes the tables of a photon-splitting attack and returns the rate of candidates. A gate is untouched, forwarded or
 * blocked by Eve's independent choices; in each mode events are a Poisson number with its own highest mean, so
 * candidates are again a geometric process and the mode of one is drawn by its share.
 */
export function setSplitTables(words: Uint32Array, split: SplitLink): number {
  const { attack, background } = split;
  const other = [background.dark[0] + background.noise[0], background.dark[1] + background.noise[1]] as const;
  const rows = Array.from({ length: 32 }, (_, row) => row).filter((row) => (row & 0xc) !== 0xc);
  const photo = [split.honest, split.eve, () => [0, 0] as const];
  const chosen = [
    1 - attack.fraction,
    attack.fraction * attack.forwarded,
    attack.fraction * (1 - attack.forwarded),
  ];
  const shares = photo.map((means, mode) => {
    const brightest = Math.max(...rows.map((row) => means(row)[0] + means(row)[1]));
    const highest = other[0] + other[1] + brightest;
    words.set(poissonNumberTable(highest), layout.SPLIT_NUMBER_AT + layout.NUMBER_TABLE_WORDS * mode);
    for (const row of rows) {
      const [zero, one] = means(row);
      const at = layout.SPLIT_ROWS_AT + 4 * (32 * mode + row);
      let sum = 0;
      for (const [i, mean] of [zero, one, other[0], other[1]].entries()) {
        sum += mean;
        words[at + i] = highest > 0 ? word32(sum / highest) : 0;
      }
    }
    return chosen[mode]! * -Math.expm1(-highest);
  });
  for (const [k, mean] of split.photons.entries()) {
    const row = k << 2;
    const unseen = Math.max(0, mean - split.eve(row)[0] - split.eve(row)[1]);
    words.set(poissonNumberTable(unseen, 0), layout.SPLIT_LOST_AT + layout.NUMBER_TABLE_WORDS * k);
  }
  const candidate = shares[0]! + shares[1]! + shares[2]!;
  words[layout.SPLIT_AT] = candidate > 0 ? word32(shares[0]! / candidate) : 0;
  words[layout.SPLIT_AT + 1] = candidate > 0 ? word32((shares[0]! + shares[1]!) / candidate) : 0;
  return -Math.log1p(-candidate);
}
