import { bitAt, flipBit, setBit, setBitAtOrAbove, wordAt } from "./bitmap";
import { DENSE_PASSES, Frame, Pass, passOf } from "./cascade-layout";
import { bitIn, blockCount, markOdd, membersOf, middleOf, passParity, slotOf, startPass, toggle } from "./cascade-pass";

/** Appends this round's parities to the stream at bit `at`; returns the bit after them. */
export function emitFrame(frame: Frame, stream: usize, at: u32): u32 {
  if (frame.done) return at;
  const pass = passOf(frame, frame.current);
  let word: usize = stream + ((at >> 6) << 3);
  let fill: u32 = at & 63;
  let bits: u64 = fill ? load<u64>(word) : 0;
  let count: u32;
  if (frame.atTop) {
    count = blockCount(pass) - (frame.current > 0 ? 1 : 0);
    for (let i: u32 = 0; i < count; i++) {
      const from = i * pass.block;
      bits |= (<u64>passParity(pass, from, min<u32>(pass.slots, from + pass.block))) << fill;
      if (++fill == 64) {
        store<u64>(word, bits);
        word += 8;
        bits = 0;
        fill = 0;
      }
    }
  } else {
    count = frame.leafCount;
    for (let i: u32 = 0; i < count; i++) {
      const from = load<u32>(frame.leaves + (i << 3));
      const to = load<u32>(frame.leaves + (i << 3), 4);
      bits |= (<u64>passParity(pass, from, middleOf(pass, from, to))) << fill;
      if (++fill == 64) {
        store<u64>(word, bits);
        word += 8;
        bits = 0;
        fill = 0;
      }
    }
  }
  store<u64>(word, bits);
  return at + count;
}

/** Takes the differences of this round's parities from the stream at bit `at`; returns the bit after them. */
export function absorbFrame(frame: Frame, stream: usize, at: u32): u32 {
  if (frame.done) return at;
  const end = frame.atTop ? absorbTop(frame, stream, at) : absorbHalves(frame, stream, at);
  if (frame.leafCount == 0) nextWave(frame);
  return end;
}

function absorbTop(frame: Frame, stream: usize, at: u32): u32 {
  const pass = passOf(frame, frame.current);
  const derived: u32 = frame.current > 0 ? 1 : 0;
  const count = blockCount(pass) - derived;
  let last: u32 = 0;
  for (let i: u32 = 0; i < count; i++, at++) {
    if (!bitAt(stream, at)) continue;
    last ^= 1;
    markOdd(pass, i * pass.block);
  }
  if (derived && last) markOdd(pass, count * pass.block);
  if (frame.current >= DENSE_PASSES) frame.clean = last ? 0 : frame.clean + 1;
  frame.atTop = 0;
  return at;
}

function absorbHalves(frame: Frame, stream: usize, at: u32): u32 {
  const pass = passOf(frame, frame.current);
  const count = frame.leafCount;
  frame.leafCount = 0;
  if (pass.grain == 0) absorbDense(frame, pass, count, stream, at);
  else absorbSubset(frame, pass, count, stream, at);
  return at + count;
}

function absorbDense(frame: Frame, pass: Pass, count: u32, stream: usize, at: u32): void {
  const starts = pass.starts;
  const end = frame.leaves + (<usize>count << 3);
  let kept = frame.leaves;
  for (let leaf = frame.leaves; leaf < end; leaf += 8, at++) {
    const from = load<u32>(leaf);
    const to = load<u32>(leaf, 4);
    const middle = from + ((to - from + 1) >> 1);
    setBit(starts, middle);
    // Which half is odd is a coin toss: select, do not branch.
    const lower = bitAt(stream, at);
    const newFrom = select<u32>(from, middle, lower);
    const newTo = select<u32>(middle, to, lower);
    if (newTo - newFrom == 1) flip(frame, newFrom);
    else {
      store<u32>(kept, newFrom);
      store<u32>(kept, newTo, 4);
      kept += 8;
    }
  }
  frame.leafCount = <u32>((kept - frame.leaves) >> 3);
}

function absorbSubset(frame: Frame, pass: Pass, count: u32, stream: usize, at: u32): void {
  const leaves = frame.leaves;
  for (let i: u32 = 0; i < count; i++, at++) {
    const from = load<u32>(leaves + (i << 3));
    const to = load<u32>(leaves + (i << 3), 4);
    const middle = middleOf(pass, from, to);
    if (to - from > 64) setBit(pass.starts, middle >> pass.grain);
    if (bitAt(stream, at)) descend(frame, pass, from, middle);
    else descend(frame, pass, middle, to);
  }
}

/** Flips a range of one bit; keeps a longer one open. */
@inline
function descend(frame: Frame, pass: Pass, from: u32, to: u32): void {
  if (pass.grain != 0 && to - from <= 64) {
    let members = membersOf(frame, pass, from);
    while (to - from > 1) {
      const lower = (to - from + 1) >> 1;
      const upper = to - from - lower;
      if (((members >> lower) << (64 - upper)) == 0) to = from + lower;
      else if (members << (64 - lower) == 0) {
        from += lower;
        members >>= lower;
      } else break;
    }
  }
  if (to - from == 1) {
    flip(frame, from);
    return;
  }
  const at = frame.leaves + (frame.leafCount++ << 3);
  store<u32>(at, from);
  store<u32>(at, to, 4);
}

/** Corrects the key bit in a slot of the current pass: every other pass's range that holds it changes its oddness. */
function flip(frame: Frame, slot: u32): void {
  const current = frame.current;
  const bit = bitIn(frame, current, slot);
  if (current < DENSE_PASSES ? bit >= frame.length : !holdsBit(frame, current, slot)) return;
  frame.corrected++;
  const started = frame.started;
  if (frame.cohort.flips) {
    flipBit(frame.key, bit);
    if (started > 1) flipBit(frame.permuted, slotOf(frame, 1, bit));
  }
  for (let index: u32 = 0; index < started; index++)
    if (index != current) toggle(passOf(frame, index), slotOf(frame, index, bit));
}

@inline
function holdsBit(frame: Frame, index: u32, slot: u32): bool {
  return (membersOf(frame, passOf(frame, index), slot) & 1) != 0;
}

/** Moves up to a wave of odd ranges of the current pass from its bitmap to the open list, in ascending order. */
function takeOdd(frame: Frame, pass: Pass): void {
  const end = pass.slots >> pass.grain;
  let left = min<u32>(pass.oddCount, frame.cohort.waveLeaves);
  pass.oddCount -= left;
  for (let group: u32 = 0; left > 0; group++) {
    let words = wordAt(pass.oddWords, group);
    while (words != 0 && left > 0) {
      const word = (group << 6) + <u32>ctz<u64>(words);
      let bits = wordAt(pass.odd, word);
      while (bits != 0 && left > 0) {
        const start = (word << 6) + <u32>ctz<u64>(bits);
        bits &= bits - 1;
        left--;
        const next = setBitAtOrAbove(pass.starts, start + 1, end);
        descend(frame, pass, start << pass.grain, next << pass.grain);
      }
      store<u64>(pass.odd + (word << 3), bits);
      if (bits == 0) words &= words - 1;
    }
    store<u64>(pass.oddWords + (group << 3), words);
  }
}

/** Picks the next wave: odd ranges of the lowest pass that has any, else a new pass, else the end. */
export function nextWave(frame: Frame): void {
  while (true) {
    if (frame.corrected > frame.length) {
      frame.done = 1;
      return;
    }
    let odd: u32 = 0;
    while (odd < frame.started && passOf(frame, odd).oddCount == 0) odd++;
    if (odd < frame.started) {
      frame.current = odd;
      frame.leafCount = 0;
      takeOdd(frame, passOf(frame, odd));
      if (frame.leafCount > 0) return;
      continue;
    }
    const started = frame.started;
    if (frame.clean >= frame.cleanWanted || started >= DENSE_PASSES + frame.cohort.maxSubsets) {
      frame.done = 1;
      return;
    }
    const pass = startPass(frame);
    frame.current = started;
    if (started > 0 && blockCount(pass) == 1) continue;
    frame.atTop = 1;
    return;
  }
}
