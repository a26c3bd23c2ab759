// Stretches in which a click blinds both detectors or none: hits of one avalanche each, and releases between them.
import { BATCH, BLIND_GATES_AT } from "../sampler-layout";
import { avalanche, nextRelease, overflowed, release, spendCountdown, untilTrap } from "./sampler-afterpulses";
import { blindBoth, blindZero, CLICK_ONE, CLICK_ZERO } from "./sampler-blind";
import { addCodes, codesAt, detections, limit } from "./sampler-frame";
import { addFound, found, writeGaps } from "./sampler-gaps";
import { cursor, hitAhead, hits, specialAhead, useHits } from "./sampler-hits";
import { FOUND, HIT_CODES, HIT_OFFSETS, table } from "./sampler-memory";
import { hasCandidate } from "./sampler-passed";
import { see } from "./sampler-seen";
import { codeOfGate } from "./sampler-settings";
import { keepCodes, keepOffsets } from "./sampler-shuffles";

/** Gate behind the last one passed, if the stretch passed any. */
let passed: i64 = 0;

/**
 * Goes on from gate `position` to the frame's last detection, to gate `end`, to the batch's last hit, or to a gate that
 * takes more care; returns the gate behind the last one passed.
 */
export function runStretch(position: i64, end: u32, blinding: bool): i64 {
  passed = position;
  while (detections < limit && !overflowed) {
    // The last of these traps carriers or fills the frame.
    const most = min<u32>(untilTrap + 1, <u32>(limit - detections));
    const stop = <u32>min<i64>(<i64>end, nextRelease);
    const count = blinding ? passBlinding(stop, <usize>most) : passFree(stop, <usize>most);
    if (found > <usize>BATCH) writeGaps();
    if (count != <usize>most && !passRelease(end)) break;
  }
  return passed;
}

/** Hits before the next special one and before gate `stop`, up to `most`: each is a detection. Returns their number. */
@inline
function passFree(stop: u32, most: usize): usize {
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
  // A time of zero gates blinds nothing, but its end is remembered.
  detect(count, passed - 1, 0);
  return count;
}

@inline
function maskOf(a: v128, b: v128, c: v128, d: v128): i32 {
  return i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)));
}

/** The same where hits within the blind time of a detection are none. */
@inline
function passBlinding(stop: u32, most: usize): usize {
  const to = specialAhead();
  const from = cursor;
  // Window, blind time and their sum fit 31 bits.
  const blind = <i32>table(BLIND_GATES_AT);
  const apart = i32x4.splat(blind);
  const beyond = i32x4.splat(<i32>stop - 1);
  let until = <i32>blindZero;
  let count: usize = 0;
  while (cursor < to) {
    const offsets = HIT_OFFSETS + ((<usize>cursor) << 2);
    const a = v128.load(offsets);
    const b = v128.load(offsets, 16);
    const c = v128.load(offsets, 32);
    const d = v128.load(offsets, 48);
    const blinded = i32x4.splat(until);
    const behind = maskOf(
      i32x4.gt_s(a, beyond),
      i32x4.gt_s(b, beyond),
      i32x4.gt_s(c, beyond),
      i32x4.gt_s(d, beyond),
    );
    const open = maskOf(
      i32x4.gt_s(a, blinded),
      i32x4.gt_s(b, blinded),
      i32x4.gt_s(c, blinded),
      i32x4.gt_s(d, blinded),
    );
    // Far from the hit before, and so from all before; before the first one lies none that `until` does not know of.
    const far = maskOf(
      i32x4.gt_s(i32x4.sub(a, v128.load(offsets - 4)), apart),
      i32x4.gt_s(i32x4.sub(b, v128.load(offsets - 4, 16)), apart),
      i32x4.gt_s(i32x4.sub(c, v128.load(offsets - 4, 32)), apart),
      i32x4.gt_s(i32x4.sub(d, v128.load(offsets - 4, 48)), apart),
    );
    const number = min<i32>(16, to - cursor);
    const valid = ((1 << number) - 1) & ~behind;
    let live = (far | 1) & open & valid;
    // Of those close to the hit before, that one's life decides; where it is not live, an earlier one's.
    for (let unsure = ~(live | (live << 1)) & open & valid; unsure != 0; unsure &= unsure - 1) {
      const lane = ctz(unsure);
      const before = live & ((1 << lane) - 1);
      const last = <usize>(31 - clz(before)) << 2;
      if (before == 0 || load<i32>(offsets + (lane << 2)) - load<i32>(offsets + last) > blind)
        live |= 1 << lane;
    }
    let taken = popcnt(valid);
    const full = <usize>popcnt(live) >= most - count;
    if (full) {
      let rest = live;
      for (let left = most - count; left > 1; left--) rest &= rest - 1;
      taken = ctz(rest) + 1;
      live &= (2 << ctz(rest)) - 1;
    }
    keepCodes(codesAt + <usize>detections + count, v128.load(HIT_CODES + <usize>cursor), <usize>live);
    keepOffsets(FOUND + ((found + count) << 2), offsets, <usize>live);
    count += <usize>popcnt(live);
    if (live != 0) until = load<i32>(offsets + ((<usize>(31 - clz(live))) << 2)) + blind;
    useHits(<i32>taken);
    if (full || <i32>taken < number) break;
  }
  if (cursor == from) return 0;
  passed = <i64>load<u32>(HIT_OFFSETS + ((<usize>(cursor - 1)) << 2)) + 1;
  if (count > 0) detect(count, until, <i64>blind * <i64>count);
  return count;
}

/** Takes in `count` detections of one avalanche each that were written behind those found before. */
@inline
function detect(count: usize, blindUntil: i64, blindGates: i64): void {
  blindBoth(blindUntil, blindGates);
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
