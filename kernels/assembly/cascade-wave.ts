import { flipBit, wordAt } from "./bitmap";
import { CELL_PASS, DENSE_PASSES, Frame, Pass, passOf, Range, RANGE_BYTES } from "./cascade-layout";
import { bitIn, slotOf, startPass, toggle } from "./cascade-pass";
import { splitMask, startMask, toggleMasks } from "./cascade-masks";
import { lengthLeft, openRange, rangeAt, shedEmpty } from "./cascade-range";
import { keepTouched, touch } from "./touch";
import { leafEnd, oddAt, storeOdd } from "./leaf-map";

/** Opens an odd leaf for bisection; one of a single bit is flipped at once. */
export function descend(frame: Frame, pass: Pass, from: u32, to: u32): void {
  const at = frame.ranges + <usize>frame.open * RANGE_BYTES;
  openRange(at, frame, pass, from, to);
  settle(frame, pass, rangeAt(at));
}

/** Counts the range behind the open ones as open, unless the wrong bit is known. */
export function settle(frame: Frame, pass: Pass, range: Range): void {
  if (pass.grain != 0 && range.shape != 0) shedEmpty(frame, pass, range);
  if (lengthLeft(range.shape) == 1) flip(frame, range.from);
  else frame.open++;
}

/** Corrects the key bit in a slot of the current pass: the leaves of all other passes that hold it change oddness. */
export function flip(frame: Frame, slot: u32): void {
  const current = frame.current;
  const bit = bitIn(frame, current, slot);
  // A peer that sends nonsense may point at a slot without a key bit.
  if (bit >= frame.length) return;
  if (current >= DENSE_PASSES && slotOf(frame, current, bit) != slot) return;
  frame.corrected++;
  const started = frame.started;
  if (frame.cohort.flips) {
    flipBit(frame.key, bit);
    flipBit(frame.permuted, slotOf(frame, 1, bit));
  }
  const mapped = min<u32>(started, CELL_PASS + 1);
  for (let index: u32 = 0; index < mapped; index++)
    if (index != current) toggle(frame, index, slotOf(frame, index, bit));
  if (started > mapped) toggleMasks(frame, bit);
}

/** Moves up to a wave of odd leaves of the current pass to the open list, in ascending order; they count as even. */
function takeOdd(frame: Frame, pass: Pass): void {
  const end = pass.slots >> pass.grain;
  let left = min<u32>(pass.oddCount, frame.cohort.waveLeaves);
  pass.oddCount -= left;
  frame.mostOpen = max<u32>(frame.mostOpen, left);
  if (pass.oddCount == 0) frame.oddPasses &= ~((<u64>1) << frame.current);
  for (let group: u32 = 0; left > 0; group++) {
    let words = wordAt(pass.summary, group);
    while (words != 0 && left > 0) {
      const word = (group << 6) + <u32>ctz<u64>(words);
      let bits = oddAt(pass.map, word);
      while (bits != 0 && left > 0) {
        const start = (word << 6) + <u32>ctz<u64>(bits);
        bits &= bits - 1;
        left--;
        descend(frame, pass, start << pass.grain, leafEnd(pass.map, start, end) << pass.grain);
      }
      storeOdd(pass.map, word, bits);
      if (bits == 0) words &= words - 1;
    }
    store<u64>(pass.summary + (<usize>group << 3), words);
  }
}

/** Reads ahead the words of leaf map and key that the next wave's summary names. */
export function touchNextWave(frame: Frame): void {
  const index = <u32>ctz<u64>(frame.oddPasses);
  if (index >= DENSE_PASSES) return;
  const pass = passOf(frame, index);
  let read: u64 = 0;
  for (let group: u32 = 0; group << 12 < pass.slots; group++)
    for (let words = wordAt(pass.summary, group); words != 0; words &= words - 1) {
      const word: usize = (group << 6) + <u32>ctz<u64>(words);
      read += touch(pass.map + (word << 4)) + touch(pass.key + (word << 3));
    }
  keepTouched(read);
}

/**
 * Picks the next wave: odd leaves of the lowest pass that has any; else new passes; else the end. Single masks are due
 * until there are `cleanWanted` of them and one more for each wave they began.
 */
export function nextWave(frame: Frame): void {
  const maxPasses = frame.cohort.maxPasses;
  while (true) {
    if (frame.corrected > frame.length) {
      frame.done = 1;
      return;
    }
    const oddPasses = frame.oddPasses | frame.oddSubsets | frame.oddComplements;
    if (oddPasses) {
      const odd = <u32>ctz<u64>(oddPasses);
      if ((frame.unsplit >> odd) & 1) splitMask(frame, odd);
      frame.current = odd;
      frame.open = 0;
      if (odd > CELL_PASS) frame.maskWaves++;
      takeOdd(frame, passOf(frame, odd));
      if (frame.open > 0) return;
      continue;
    }
    frame.topFirst = frame.started;
    if (frame.started <= CELL_PASS) {
      startPass(frame);
    } else {
      const due = min<u32>(maxPasses, CELL_PASS + 1 + frame.cleanWanted + frame.maskWaves);
      if (frame.started >= due) {
        frame.done = 1;
        return;
      }
      while (frame.started < due) startMask(frame);
    }
    // A pass of one block has nothing to compare.
    if (frame.started != 2 || passOf(frame, 1).slots > passOf(frame, 1).block) return;
    frame.topFirst = frame.started;
  }
}
