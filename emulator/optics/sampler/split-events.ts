import {
  NUMBER_TABLE_WORDS,
  SPLIT_AT,
  SPLIT_LOST_AT,
  SPLIT_NUMBER_AT,
  SPLIT_ROWS_AT,
} from "../../../kernels/index.ts";
import { drawPoissonNumber } from "../random/poisson-number.ts";

/** What reaches the detectors at one candidate: photoelectrons of each, and a click mask of background events. */
export interface SplitEvents {
  readonly photoelectrons: readonly [number, number];
  readonly others: number;
}

/**
 * Events at a candidate of a photon-number-splitting attack. The events are those of the untouched link (mode 0), of
 * Eve's loss-free line (mode 1), or of the background alone (mode 2). On Eve's line the pulse's photons are the
 * photoelectrons seen plus a Poisson number unseen; a pulse of fewer than two is blocked after all, and of the others
 * Eve keeps one photon, any of them alike.
 */
export function splitEvents(
  tables: Uint32Array,
  code: number,
  firstWord: number,
  next: () => number,
): SplitEvents {
  const modeWord = next();
  const mode = modeWord < tables[SPLIT_AT]! ? 0 : modeWord < tables[SPLIT_AT + 1]! ? 1 : 2;
  const row = SPLIT_ROWS_AT + 4 * (32 * mode + (code & 0x1f));
  let zero = 0;
  let one = 0;
  let others = 0;
  let word = firstWord;
  for (let left = drawPoissonNumber(tables, SPLIT_NUMBER_AT + NUMBER_TABLE_WORDS * mode, next()); ; ) {
    if (word < tables[row]!) zero++;
    else if (word < tables[row + 1]!) one++;
    else if (word < tables[row + 2]!) others |= 0x40;
    else if (word < tables[row + 3]!) others |= 0x80;
    if (--left === 0) break;
    word = next();
  }
  if (mode === 1 && zero + one > 0) {
    const lost = drawPoissonNumber(
      tables,
      SPLIT_LOST_AT + NUMBER_TABLE_WORDS * ((code >>> 2) & 3),
      next(),
      0,
    );
    const photons = zero + one + lost;
    if (photons < 2) return { photoelectrons: [0, 0], others };
    const kept = Math.floor((next() * photons) / 2 ** 32);
    if (kept < zero) zero--;
    else if (kept < zero + one) one--;
  }
  return { photoelectrons: [zero, one], others };
}
