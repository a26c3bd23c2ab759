import { flipBit, wordAt } from "./bitmap";
import {
  CELL_PASS,
  DENSE_PASSES,
  Frame,
  LINE,
  mapOf,
  subsetStateOf,
  oddCountOf,
  passOf,
  RANGE_BYTES,
  slotsOf,
  SUBSET_GRAIN,
  SUMMARY_BYTES,
  summaryOf,
} from "./layout";
import { splitMask, startMask, toggleMasks } from "./masks";
import { blockCount, slotOf, startPass, toggle } from "./pass";
import { lengthLeft, openDense, openSubset, rangeAt, shedEmpty } from "./range";
import { flipKey } from "./key-words";
import { leafEnd, oddAt, recordAt, storeOdd, SUMMARY_LOG } from "./leaf-map";
import { keepTouched, touch } from "./touch";

/** Opens an odd leaf for bisection; one of a single bit is flipped at once. */
@inline
export function descend(frame: Frame, from: u32, to: u32): void {
  const at = frame.ranges + <usize>frame.open * RANGE_BYTES;
  const index: u32 = frame.current;
  if (index < DENSE_PASSES) {
    openDense(at, mapOf(frame, index), from, to);
    if (to - from == 1) flipDense(frame, from);
    else frame.open++;
  } else {
    openSubset(at, frame, passOf(frame, index), from, to);
    settleSubset(frame, at);
  }
}

/** Counts the subset range behind the open ones as open, unless the wrong bit is known. */
export function settleSubset(frame: Frame, at: usize): void {
  const range = rangeAt(at);
  if (range.shape != 0) shedEmpty(frame, passOf(frame, frame.current), range);
  if (lengthLeft(range.shape) == 1) flipSubset(frame, range.from);
  else frame.open++;
}

/** Corrects the key bit in a slot of pass 0 or 1: the leaves of all other passes that hold it change oddness. */
export function flipDense(frame: Frame, slot: u32): void {
  frame.corrected++;
  const current: u32 = frame.current;
  const bit = current == 0 ? slot : load<u16>(frame.permutation + (slot << 1));
  const started: u32 = frame.started;
  if (frame.cohort.flips) flipKey(frame.firstMap, bit);
  // Most wrong bits are found before pass 1 begins.
  if (!frame.cohort.permuted) return;
  const permuted = current == 0 ? load<u16>(frame.inverse + (slot << 1)) : slot;
  if (frame.cohort.flips) flipKey(frame.secondMap, permuted);
  if (started == 1) return;
  if (current == 0) toggle(frame, 1, permuted);
  else toggle(frame, 0, bit);
  if (started > CELL_PASS) toggleSubsets(frame, bit);
}

/** The same for a slot of a later pass. */
export function flipSubset(frame: Frame, slot: u32): void {
  const current: u32 = frame.current;
  const bit = slot % passOf(frame, current).block;
  // A peer that sends nonsense may point at a slot without a key bit.
  if (bit >= frame.length || slotOf(frame, current, bit) != slot) return;
  frame.corrected++;
  const permuted = slotOf(frame, 1, bit);
  if (frame.cohort.flips) {
    flipKey(frame.firstMap, bit);
    flipKey(frame.secondMap, permuted);
  }
  toggle(frame, 0, bit);
  toggle(frame, 1, permuted);
  toggleSubsets(frame, bit);
}

function toggleSubsets(frame: Frame, bit: u32): void {
  if (frame.cohort.flips) flipBit(subsetStateOf(frame).key, bit);
  if (frame.current != CELL_PASS) toggle(frame, CELL_PASS, slotOf(frame, CELL_PASS, bit));
  if (frame.started > CELL_PASS + 1) toggleMasks(frame, bit);
}

/** Moves up to a wave of odd leaves of the current pass to the open list, in ascending order; they count as even. */
function takeOdd(frame: Frame): void {
  const index: u32 = frame.current;
  const map = mapOf(frame, index);
  const summary = summaryOf(frame, index);
  const grain = index < DENSE_PASSES ? 0 : SUBSET_GRAIN;
  const end = slotsOf(frame, index) >> grain;
  const odd = load<u32>(oddCountOf(frame, index));
  let left = min<u32>(odd, frame.cohort.waveLeaves);
  store<u32>(oddCountOf(frame, index), odd - left);
  frame.mostOpen = max<u32>(frame.mostOpen, left);
  if (left == odd) frame.oddPasses &= ~((<u64>1) << index);
  for (let group: u32 = 0; left > 0; group++) {
    let some = wordAt(summary, group);
    while (some != 0 && left > 0) {
      let word = ((group << 6) + <u32>ctz<u64>(some)) << SUMMARY_LOG;
      const behind = word + (1 << SUMMARY_LOG);
      let bits: u64 = 0;
      for (; word < behind && bits == 0; word++) {
        bits = oddAt(map, word);
        if (bits == 0) continue;
        while (bits != 0 && left > 0) {
          const start = (word << 6) + <u32>ctz<u64>(bits);
          bits &= bits - 1;
          left--;
          descend(frame, start << grain, leafEnd(map, start, end) << grain);
        }
        storeOdd(map, word, bits);
      }
      if (bits == 0) some &= some - 1;
    }
    store<u64>(summary + (<usize>group << 3), some);
  }
}

/** Reads ahead the records that the next wave's summary names, and those behind them: leaves of pass 1 are long. */
export function touchNextWave(frame: Frame): void {
  const index = <u32>ctz<u64>(frame.oddPasses);
  if (index >= DENSE_PASSES) return;
  const map = mapOf(frame, index);
  const summary = summaryOf(frame, index);
  let read: u64 = 0;
  for (let group: u32 = 0; group < <u32>SUMMARY_BYTES >> 3; group++)
    for (let some = wordAt(summary, group); some != 0; some &= some - 1) {
      const line = recordAt(map, ((group << 6) + <u32>ctz<u64>(some)) << SUMMARY_LOG);
      read += touch(line) + touch(line + LINE);
      if (index == 1) read += touch(line + 2 * LINE);
    }
  keepTouched(read);
}

/** Whether pass 1 is what the frame begins next. */
export function beginsSecond(frame: Frame): bool {
  return frame.started == 1 && frame.topFirst == 1 && frame.open == 0 && frame.oddPasses == 0;
}

/**
 * Picks the next wave: odd leaves of the lowest pass that has any; else new passes; else the end. Single masks are due
 * until there are `cleanWanted` of them and one more for each wave they began.
 */
export function nextWave(frame: Frame): void {
  while (true) {
    if (frame.corrected > frame.length) {
      frame.done = 1;
      return;
    }
    const state = subsetStateOf(frame);
    let oddPasses = frame.oddPasses;
    if (frame.started > CELL_PASS) oddPasses |= state.oddSubsets | state.oddComplements;
    if (oddPasses) {
      const odd = <u32>ctz<u64>(oddPasses);
      if (odd > CELL_PASS) {
        if ((state.unsplit >> odd) & 1) splitMask(frame, odd);
        state.waves++;
      }
      frame.current = <u8>odd;
      frame.open = 0;
      takeOdd(frame);
      if (frame.open > 0) return;
      continue;
    }
    const started: u32 = frame.started;
    frame.topFirst = <u8>started;
    if (started <= CELL_PASS) {
      startPass(frame);
    } else {
      const due = min<u32>(frame.cohort.maxPasses, CELL_PASS + 1 + state.cleanWanted + state.waves);
      if (started >= due) {
        frame.done = 1;
        return;
      }
      while (frame.started < due) startMask(frame);
    }
    // A pass of one block has nothing to compare.
    if (frame.started != 2 || blockCount(frame, 1) > 1) return;
    frame.topFirst = frame.started;
  }
}
