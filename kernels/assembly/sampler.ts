// The event sampler: detectors, blind time and the frame being filled. Exports take and give plain numbers.
import { BATCH, BLIND_GATES_AT, FLAG_PREVIOUS, FLAG_SEPARATE_BLIND, FLAGS_AT } from "../sampler-layout";
import {
  avalanche,
  nextRelease,
  overflowed,
  release,
  reloadAfterpulses,
  shiftAfterpulses,
  spendCountdown,
  untilTrap,
} from "./sampler-afterpulses";
import { drawBatch, reloadCandidates } from "./sampler-candidates";
import { countDetections } from "./sampler-counts";
import { addFound, beginGaps, found, gapLength, shiftGaps, writeGaps } from "./sampler-gaps";
import { gatherHits, hits, prepareGather, specialFrom } from "./sampler-hits";
import {
  BEFORE,
  COUNTS,
  FOUND,
  GENERATORS,
  HIT_CODES,
  HIT_OFFSETS,
  OFFSETS,
  SEEN,
  TABLES,
  table,
} from "./sampler-memory";
import { prepareMix } from "./sampler-mix";
import { beginSeen, see, seeRange } from "./sampler-seen";
import { beginCandidates, candidatesBefore, hasCandidate } from "./sampler-passed";
import { codeOfGate } from "./sampler-settings";

const CLICK_ZERO: u32 = 0x40;
const CLICK_ONE: u32 = 0x80;

let position: i64 = 0;
let windowHigh: u32 = 0;
let windowLow: u32 = 0;
/** Candidates of the batch whose settings are counted. */
let counted: i32 = 0;
/** Hits of the batch that are used up. */
let cursor: i32 = 0;
let origin: i64 = 0;
let blindZero: i64 = -1;
let blindOne: i64 = -1;

let codesAt: usize = 0;
let limit: i32 = 0;
let detections: i32 = 0;
let lastSeen: i64 = -1;
let blindGates: i64 = 0;
let frameStart: i64 = 0;
let clicksOfZero: i32 = 0;
let clicksOfOne: i32 = 0;

export function samplerTables(): usize {
  return TABLES;
}
export function samplerSeed(): usize {
  return GENERATORS;
}
export function samplerSeen(): usize {
  samplerSettle();
  return SEEN;
}
export function samplerCounts(): usize {
  return COUNTS;
}
export function samplerPosition(): f64 {
  return <f64>position;
}
export function samplerDetections(): i32 {
  return detections;
}
export function samplerGapBytes(): i32 {
  return gapLength();
}
export function samplerBlindGates(): f64 {
  return <f64>(blindGates - blindAhead());
}
export function samplerGates(): f64 {
  return <f64>(position - frameStart);
}

function restart(): void {
  prepareMix(windowHigh);
  beginCandidates(0);
  counted = 0;
  gatherHits(0, false);
  cursor = 0;
  origin = position;
}

/** Ends the stretch: the tables may then be replaced, and `samplerLoad` called. */
export function samplerSettle(): void {
  if (!countsAtOnce()) seeTaken();
}

export function samplerLoad(): void {
  reloadAfterpulses();
  reloadCandidates();
  prepareGather();
  restart();
}

export function samplerEnterWindow(high: u32, low: u32, gates: i32): void {
  const shift = <i64>gates;
  samplerSettle();
  windowHigh = high;
  windowLow = low;
  position -= shift;
  frameStart -= shift;
  lastSeen -= shift;
  blindZero = max<i64>(-1, blindZero - shift);
  blindOne = max<i64>(-1, blindOne - shift);
  shiftGaps(shift);
  shiftAfterpulses(shift);
  restart();
}

export function samplerBeginFrame(maxDetections: i32, codes: usize, gaps: usize): void {
  // What the frame before looked at is not this one's.
  samplerSettle();
  limit = maxDetections;
  codesAt = codes;
  detections = 0;
  beginSeen();
  beginGaps(gaps, position);
  lastSeen = position - 1;
  blindGates = blindAhead();
  frameStart = position;
}

function blindAhead(): i64 {
  return max<i64>(0, max<i64>(blindZero, blindOne) - (position - 1));
}

/** Goes on to `until`: 0 reached it, 1 the frame is full, 2 too many carriers wait. */
export function samplerRun(until: i32): i32 {
  const end = <i64>until;
  const simple = !countsAtOnce() && !blindsOne();
  while (detections < limit) {
    if (cursor == hits && origin < end) refill();
    if (found > <usize>BATCH) writeGaps();
    // A blind time from before a change may be longer, or that of one detector.
    if (simple && blindZero == blindOne) {
      const all =
        table(BLIND_GATES_AT) > 0 || blindZero >= position ? runBlinding(end) : runFree(end);
      if (overflowed) return 2;
      if (all || (cursor == hits && origin < end)) continue;
    }
    const hit = cursor < hits ? <i64>load<u32>(HIT_OFFSETS + ((<usize>cursor) << 2)) : i64.MAX_VALUE;
    const gate = min<i64>(hit, nextRelease);
    if (gate >= end) {
      position = end;
      return 0;
    }
    visit(gate, hit == gate);
    position = gate + 1;
    if (overflowed) return 2;
  }
  return 1;
}

/** True where each look at a setting is counted as it happens: two candidates may look at one gate. */
@inline
function countsAtOnce(): bool {
  return (table(FLAGS_AT) & FLAG_PREVIOUS) != 0;
}

/** True where a click leaves the other detector live. */
@inline
function blindsOne(): bool {
  return (table(FLAGS_AT) & FLAG_SEPARATE_BLIND) != 0;
}

function refill(): void {
  if (!countsAtOnce()) seeTaken();
  const candidates = drawBatch(<u32>origin, windowLow, windowHigh);
  beginCandidates(candidates);
  gatherHits(candidates, countsAtOnce());
  cursor = 0;
  counted = 0;
  origin = candidates == BATCH ? <i64>load<u32>(OFFSETS + (BATCH - 1) * 4) + 1 : i64.MAX_VALUE;
}

/** Detections up to the next avalanche that traps a carrier, that one included, or to the frame's end. */
@inline
function room(): u32 {
  return min<u32>(untilTrap + 1, <u32>(limit - detections));
}

/** First gate behind the stretch that only hits decide. */
@inline
function stopBefore(end: i64): u32 {
  return <u32>min<i64>(end, nextRelease);
}

/**
 * Hits up to the next special thing, each an avalanche and a detection; the last one may trap a carrier. True if there
 * was no more room.
 */
@inline
function runFree(end: i64): bool {
  const most = room();
  let count = <usize>min<u32>(<u32>(specialFrom(cursor) - cursor), most);
  const beyond = i32x4.splat(<i32>stopBefore(end) - 1);
  const codes = HIT_CODES + <usize>cursor;
  const offsets = HIT_OFFSETS + ((<usize>cursor) << 2);
  const to = FOUND + (found << 2);
  for (let i: usize = 0; i < count; i += 16) {
    const at = i << 2;
    const a = v128.load(offsets + at);
    const b = v128.load(offsets + at, 16);
    const c = v128.load(offsets + at, 32);
    const d = v128.load(offsets + at, 48);
    v128.store(codesAt + <usize>detections + i, v128.load(codes + i));
    v128.store(to + at, a);
    v128.store(to + at, b, 16);
    v128.store(to + at, c, 32);
    v128.store(to + at, d, 48);
    const first = i16x8.narrow_i32x4_s(i32x4.gt_s(a, beyond), i32x4.gt_s(b, beyond));
    const second = i16x8.narrow_i32x4_s(i32x4.gt_s(c, beyond), i32x4.gt_s(d, beyond));
    const mask = i8x16.bitmask(i8x16.narrow_i16x8_s(first, second));
    if (mask != 0) count = min<usize>(count, i + <usize>ctz(mask));
  }
  if (count == 0) return false;
  cursor += <i32>count;
  position = <i64>load<u32>(offsets + ((count - 1) << 2)) + 1;
  // A time of zero gates blinds nothing, but its end is remembered as by `goBlind`.
  detect(count, position - 1);
  return count == <usize>most;
}

/** The same where a click blinds both detectors. */
@inline
function runBlinding(end: i64): bool {
  const to = plainEnd(stopBefore(end));
  if (to == cursor) return false;
  const most = <usize>room();
  // Window, blind time and their sum fit 31 bits.
  const blind = <i32>table(BLIND_GATES_AT);
  let blindUntil = <i32>blindZero;
  let offset = 0;
  let count: usize = 0;
  let i = <usize>cursor;
  const codes = codesAt + <usize>detections;
  const offsets = FOUND + (found << 2);
  // Two exits apart: joined they would be computed as numbers.
  while (true) {
    offset = load<i32>(HIT_OFFSETS + (i << 2));
    store<i32>(offsets + (count << 2), offset);
    store<u8>(codes + count, load<u8>(HIT_CODES + i));
    const live = offset > blindUntil;
    count += <usize>live;
    blindUntil = live ? offset + blind : blindUntil;
    i++;
    if (i == <usize>to) break;
    if (count == most) break;
  }
  cursor = <i32>i;
  position = <i64>offset + 1;
  if (count == 0) return false;
  blindGates += <i64>blind * <i64>count;
  detect(count, blindUntil);
  return count == most;
}

/** End of the hits before the next special one and before gate `stop`. */
@inline
function plainEnd(stop: u32): i32 {
  const to = specialFrom(cursor);
  if (to == cursor || load<u32>(HIT_OFFSETS + ((<usize>(to - 1)) << 2)) < stop) return to;
  // A release follows its avalanche closely.
  let near = cursor;
  while (load<u32>(HIT_OFFSETS + ((<usize>near) << 2)) < stop) near++;
  return near;
}

/** Takes in `count` detections of one avalanche each that were written behind those found before. */
@inline
function detect(count: usize, blindUntil: i64): void {
  blindZero = blindUntil;
  blindOne = blindUntil;
  detections += <i32>count;
  addFound(count);
  if (<u32>count <= untilTrap) {
    spendCountdown(<u32>count);
    return;
  }
  spendCountdown(untilTrap);
  const code = <u32>load<u8>(codesAt + <usize>(detections - 1));
  avalanche(<i64>load<u32>(FOUND + ((found - 1) << 2)), (code & CLICK_ZERO) != 0 ? 0 : 1);
}

/** Counts the settings of the candidates passed since the last time. */
function seeTaken(): void {
  const to = candidatesBefore(position, counted);
  seeRange(counted, to);
  counted = to;
}

/** One gate with a hit, a release, or both. */
function visit(gate: i64, isHit: bool): void {
  let code: u32 = 0;
  while (nextRelease == gate) code |= release() == 0 ? CLICK_ZERO : CLICK_ONE;
  if (isHit) {
    code |= <u32>load<u8>(HIT_CODES + <usize>cursor);
    if (countsAtOnce()) {
      // Every candidate is a hit then.
      if (gate - 1 > lastSeen) see(load<u8>(BEFORE + <usize>cursor));
      see(code);
      lastSeen = gate;
    }
    cursor++;
  }
  let live: u32 = 0;
  if (gate > blindZero) live |= CLICK_ZERO;
  if (gate > blindOne) live |= CLICK_ONE;
  const clicks = code & live;
  if (clicks == 0) return;
  if (!isHit) {
    code |= codeOfGate(windowLow + <u32>gate);
    if (!hasCandidate(<u32>gate)) see(code);
    lastSeen = gate;
  }
  // Which detector clicked alone nobody can predict; that both did is rare.
  avalanche(gate, clicks == CLICK_ONE ? 1 : 0);
  if (clicks == (CLICK_ZERO | CLICK_ONE)) avalanche(gate, 1);
  goBlind(gate, clicks);
  store<u8>(codesAt + <usize>detections, (code & 0x3f) | clicks);
  detections++;
  store<u32>(FOUND + (found << 2), <u32>gate);
  addFound(1);
}

function goBlind(gate: i64, clicks: u32): void {
  const until = gate + <i64>table(BLIND_GATES_AT);
  blindGates += until - max<i64>(gate, max<i64>(blindZero, blindOne));
  if (!blindsOne() || (clicks & CLICK_ZERO) != 0) blindZero = until;
  if (!blindsOne() || (clicks & CLICK_ONE) != 0) blindOne = until;
}

/** Codes of detections, where a click of the second detector is bit 5 unless both clicked: then it is random already. */
@inline
function withBit(codes: v128): v128 {
  const doubles = i8x16.eq(v128.and(codes, i8x16.splat(<i8>0xc0)), i8x16.splat(<i8>0xc0));
  const bits = i16x8.shr_u(v128.and(codes, i8x16.splat(<i8>0x80)), 2);
  const single = v128.or(v128.and(codes, i8x16.splat(<i8>0xdf)), bits);
  return v128.bitselect(codes, single, doubles);
}

/** Clicks of a detector among the codes split last. */
export function samplerClicks(detector: i32): i32 {
  return detector == 0 ? clicksOfZero : clicksOfOne;
}

/**
 * Splits the frame's codes into six planes of `stride` bytes from `planes` on and counts detections and each detector's
 * clicks; both areas reach to a multiple of 64 codes. Codes past the frame's end become zeros.
 */
export function samplerPlanes(planes: usize, stride: usize): void {
  const length = <usize>detections;
  memory.fill(codesAt + length, 0, 64);
  let zeros = 0;
  let ones = 0;
  const end = (length + 63) & ~63;
  for (let i: usize = 0; i < end; i += 16) {
    let codes = withBit(v128.load(codesAt + i));
    ones += popcnt<i32>(i8x16.bitmask(codes));
    codes = i8x16.add(codes, codes);
    zeros += popcnt<i32>(i8x16.bitmask(codes));
    const to = planes + (i >> 3);
    for (let plane: usize = 6; plane > 0; plane--) {
      codes = i8x16.add(codes, codes);
      store<u16>(to + (plane - 1) * stride, <u16>i8x16.bitmask(codes));
    }
  }
  clicksOfZero = zeros;
  clicksOfOne = ones;
  countDetections(planes, stride, <u32>length);
}
