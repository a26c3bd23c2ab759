import { bitAt } from "./bitmap";
import { CELL_PASS, Frame, Pass, passOf } from "./cascade-layout";
import { blockCount, middleOf, passCells, passParity, toggle } from "./cascade-pass";
import { descend, flip, nextWave } from "./cascade-wave";
import { beginLeaf } from "./leaf-map";

/** Appends this round's parities to the stream at bit `at`; returns the bit after them. */
export function emitFrame(frame: Frame, stream: usize, at: u32): u32 {
  if (frame.done) return at;
  if (frame.topFirst == frame.started) return emitLeaves(frame, stream, at);
  for (let index = frame.topFirst; index < frame.started; index++) at = emitBlocks(frame, index, stream, at);
  return at;
}

/** Blocks of a pass that are compared: all in place; later the last follows from the others. */
@inline
function comparedBlocks(pass: Pass, index: u32): u32 {
  return blockCount(pass) - (index > 0 ? 1 : 0);
}

function emitBlocks(frame: Frame, index: u32, stream: usize, at: u32): u32 {
  const pass = passOf(frame, index);
  const count = comparedBlocks(pass, index);
  let word: usize = stream + ((at >> 6) << 3);
  let fill: u32 = at & 63;
  let bits: u64 = fill ? load<u64>(word) : 0;
  const cells = index == CELL_PASS ? passCells(pass) : 0;
  for (let i: u32 = 0; i < count; i++) {
    const from = i * pass.block;
    if (index == CELL_PASS) bits |= (<u64>((cells >> i) & 1)) << fill;
    else bits |= (<u64>passParity(pass, from, min<u32>(pass.slots, from + pass.block))) << fill;
    if (++fill == 64) {
      store<u64>(word, bits);
      word += 8;
      bits = 0;
      fill = 0;
    }
  }
  store<u64>(word, bits);
  return at + count;
}

function emitLeaves(frame: Frame, stream: usize, at: u32): u32 {
  const pass = passOf(frame, frame.current);
  const count = frame.leafCount;
  let word: usize = stream + ((at >> 6) << 3);
  let fill: u32 = at & 63;
  let bits: u64 = fill ? load<u64>(word) : 0;
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
  store<u64>(word, bits);
  return at + count;
}

/** Takes the differences of this round's parities from the stream at bit `at`; returns the bit after them. */
export function absorbFrame(frame: Frame, stream: usize, at: u32): u32 {
  if (frame.done) return at;
  if (frame.topFirst == frame.started) {
    const pass = passOf(frame, frame.current);
    const count = frame.leafCount;
    frame.leafCount = 0;
    if (pass.grain == 0) absorbDense(frame, pass, count, stream, at);
    else absorbSubset(frame, pass, count, stream, at);
    at += count;
  } else {
    for (; frame.topFirst < frame.started; frame.topFirst++) at = absorbBlocks(frame, frame.topFirst, stream, at);
  }
  if (frame.leafCount == 0) nextWave(frame);
  return at;
}

function absorbBlocks(frame: Frame, index: u32, stream: usize, at: u32): u32 {
  const pass = passOf(frame, index);
  const count = comparedBlocks(pass, index);
  let last: u32 = 0;
  for (let i: u32 = 0; i < count; i++, at++) {
    if (!bitAt(stream, at)) continue;
    last ^= 1;
    toggle(frame, index, i * pass.block);
  }
  if (index > 0 && last) toggle(frame, index, count * pass.block);
  return at;
}

function absorbDense(frame: Frame, pass: Pass, count: u32, stream: usize, at: u32): void {
  const map = pass.map;
  const end = frame.leaves + (<usize>count << 3);
  let kept = frame.leaves;
  for (let leaf = frame.leaves; leaf < end; leaf += 8, at++) {
    const from = load<u32>(leaf);
    const to = load<u32>(leaf, 4);
    const middle = from + ((to - from + 1) >> 1);
    beginLeaf(map, middle);
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
    if (to - from > 64) beginLeaf(pass.map, middle >> pass.grain);
    if (bitAt(stream, at)) descend(frame, pass, from, middle);
    else descend(frame, pass, middle, to);
  }
}
