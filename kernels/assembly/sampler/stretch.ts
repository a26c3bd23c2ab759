// Stretches in which a click blinds both detectors or none: hits of one avalanche each, and releases between them.
import { BATCH, BLIND_GATES_AT } from "../../sampler-layout";
import { avalanche, nextRelease, overflowed, release, spendCountdown, untilTrap } from "./afterpulses";
import { blindBoth, blindZero, CLICK_ONE, CLICK_ZERO } from "./blind";
import { repairLive } from "./dead-time";
import { addCodes, codesAt, detections, limit } from "./frame";
import { addFound, found, writeGaps } from "./gaps";
import { cursor, hitAhead, hits, specialAhead, useHits } from "./hits";
import { FOUND, HIT_CODES, HIT_OFFSETS, table } from "./memory";
import { hasCandidate } from "./passed";
import { see } from "./seen";
import { codeOfGate } from "./settings";

/** Gate behind the last one passed, if the stretch passed any. */
let passed: i64 = 0;

/**
 * Goes on from gate `position` to the frame's last detection, to gate `end`, to the batch's last hit, or to a gate that
 * takes more care; returns the gate behind the last one passed.
 */
export function runStretch(position: i64, end: u32): i64 {
  passed = position;
  while (detections < limit && !overflowed) {
    // The last of these traps carriers or fills the frame.
    const most = min<u32>(untilTrap + 1, <u32>(limit - detections));
    const stop = <u32>min<i64>(<i64>end, nextRelease);
    if (cursor < hits && <i64>hitAhead() <= blindZero) repairLive(<i32>passed, <i32>blindZero);
    const count = passHits(stop, <usize>most);
    if (found > <usize>BATCH) writeGaps();
    if (count != <usize>most && !passRelease(end)) break;
  }
  return passed;
}

/** Hits before the next special one and before gate `stop`, up to `most`: each is a detection. Returns their number. */
@inline
function passHits(stop: u32, most: usize): usize {
  let count = min<usize>(<usize>(specialAhead() - cursor), most);
  if (count == 0) return 0;
  const codes = HIT_CODES + <usize>cursor;
  const offsets = HIT_OFFSETS + ((<usize>cursor) << 2);
  // A release follows its avalanche closely.
  if (load<u32>(offsets + ((count - 1) << 2)) >= stop) {
    count = 0;
    while (load<u32>(offsets + (count << 2)) < stop) count++;
    if (count == 0) return 0;
  }
  const to = FOUND + (found << 2);
  for (let i: usize = 0; i < count; i += 16) {
    const at = i << 2;
    v128.store(codesAt + <usize>detections + i, v128.load(codes + i));
    v128.store(to + at, v128.load(offsets + at));
    v128.store(to + at, v128.load(offsets + at, 16), 16);
    v128.store(to + at, v128.load(offsets + at, 32), 32);
    v128.store(to + at, v128.load(offsets + at, 48), 48);
  }
  useHits(<i32>count);
  passed = <i64>load<u32>(offsets + ((count - 1) << 2)) + 1;
  const blind = <i64>table(BLIND_GATES_AT);
  blindBoth(passed - 1 + blind, <i64>count * blind);
  detect(count);
  return count;
}

/** Takes in `count` detections of one avalanche each that were written behind those found before. */
@inline
function detect(count: usize): void {
  addCodes(<i32>count);
  addFound(count);
  if (<u32>count <= untilTrap) {
    spendCountdown(<u32>count);
    return;
  }
  spendCountdown(untilTrap);
  const code = <u32>load<u8>(codesAt + <usize>(detections - 1));
  avalanche(<i64>load<u32>(FOUND + ((found - 1) << 2)), (code & CLICK_ZERO) != 0 ? 0 : 1);
}

/** The next release, if it comes before the next hit and before gate `end`; false if it does not. */
@inline
function passRelease(end: u32): bool {
  const gate = nextRelease;
  if (gate >= <i64>end || cursor == hits || gate >= <i64>hitAhead()) return false;
  let clicks: u32 = 0;
  while (nextRelease == gate) clicks |= release() == 0 ? CLICK_ZERO : CLICK_ONE;
  passed = gate + 1;
  if (gate <= blindZero) return true;
  const settings = codeOfGate(<u32>gate);
  if (!hasCandidate(<u32>gate)) see(settings);
  const blind = <i64>table(BLIND_GATES_AT);
  blindBoth(gate + blind, blind);
  store<u8>(codesAt + <usize>detections, settings | clicks);
  store<u32>(FOUND + (found << 2), <u32>gate);
  addCodes(1);
  addFound(1);
  avalanche(gate, clicks == CLICK_ONE ? 1 : 0);
  if (clicks == (CLICK_ZERO | CLICK_ONE)) avalanche(gate, 1);
  return true;
}
