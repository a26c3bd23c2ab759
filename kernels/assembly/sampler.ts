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
import { drawBatch, metAhead, metCode, reloadCandidates } from "./sampler-candidates";
import { BEFORE, CODES, FOUND, GENERATORS, OFFSETS, SEEN, TABLES, table } from "./sampler-memory";
import { codeOfGate } from "./sampler-settings";

const CLICK_ZERO: u32 = 0x40;
const CLICK_ONE: u32 = 0x80;

let position: i64 = 0;
let windowHigh: u32 = 0;
let windowLow: u32 = 0;
let batchCount: i32 = 0;
let cursor: i32 = 0;
/** Candidates of the batch whose settings are counted. */
let counted: i32 = 0;
let origin: i64 = 0;
let blindZero: i64 = -1;
let blindOne: i64 = -1;

let codesAt: usize = 0;
let gapsAt: usize = 0;
let gapsEnd: usize = 0;
let limit: i32 = 0;
let detections: i32 = 0;
let lastSeen: i64 = -1;
let blindGates: i64 = 0;
let frameStart: i64 = 0;
let lastDetection: i64 = 0;

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
export function samplerPosition(): f64 {
  return <f64>position;
}
export function samplerDetections(): i32 {
  return detections;
}
export function samplerGapBytes(): i32 {
  return <i32>(gapsEnd - gapsAt);
}
export function samplerBlindGates(): f64 {
  return <f64>(blindGates - blindAhead());
}
export function samplerGates(): f64 {
  return <f64>(position - frameStart);
}

function restart(): void {
  batchCount = 0;
  cursor = 0;
  counted = 0;
  origin = position;
}

/** Ends the stretch: the tables may then be replaced, and `samplerLoad` called. */
export function samplerSettle(): void {
  if (!countsAtOnce()) seeTaken();
}

export function samplerLoad(): void {
  reloadAfterpulses();
  reloadCandidates();
  restart();
}

export function samplerEnterWindow(high: u32, low: u32, gates: i32): void {
  const shift = <i64>gates;
  samplerSettle();
  windowHigh = high;
  windowLow = low;
  position -= shift;
  frameStart -= shift;
  lastDetection -= shift;
  lastSeen -= shift;
  blindZero = max<i64>(-1, blindZero - shift);
  blindOne = max<i64>(-1, blindOne - shift);
  shiftAfterpulses(shift);
  restart();
}

export function samplerBeginFrame(maxDetections: i32, codes: usize, gaps: usize): void {
  limit = maxDetections;
  codesAt = codes;
  gapsAt = gaps;
  gapsEnd = gaps;
  detections = 0;
  memory.fill(SEEN, 0, 48);
  counted = cursor;
  lastSeen = position - 1;
  blindGates = blindAhead();
  frameStart = position;
  lastDetection = position;
}

function blindAhead(): i64 {
  return max<i64>(0, max<i64>(blindZero, blindOne) - (position - 1));
}

/** Goes on to `until`: 0 reached it, 1 the frame is full, 2 too many carriers wait. */
export function samplerRun(until: i32): i32 {
  const end = <i64>until;
  const simple = (table(FLAGS_AT) & (FLAG_PREVIOUS | FLAG_SEPARATE_BLIND)) == 0;
  while (detections < limit) {
    if (cursor == batchCount && origin < end) refill();
    if (simple) {
      if (metAhead) runQuietly(end, true);
      else runQuietly(end, false);
    }
    if (detections == limit) break;
    if (cursor == batchCount && origin < end) continue;
    const candidate = cursor < batchCount ? <i64>load<u32>(OFFSETS + ((<usize>cursor) << 2)) : i64.MAX_VALUE;
    const gate = min<i64>(candidate, nextRelease);
    if (gate >= end) {
      position = end;
      return 0;
    }
    visit(gate, candidate == gate);
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

function refill(): void {
  if (!countsAtOnce()) seeTaken();
  batchCount = drawBatch(<u32>origin, windowLow, windowHigh);
  cursor = 0;
  counted = 0;
  origin = batchCount == BATCH ? <i64>load<u32>(OFFSETS + (BATCH - 1) * 4) + 1 : i64.MAX_VALUE;
}

/**
 * Candidates of the batch for as long as nothing special happens: no release before them, no avalanche that traps, one
 * blind time for both detectors. The same decisions as `visit`, without its branches: codes and offsets move up, those
 * without a click are overwritten by the next.
 */
@inline
function runQuietly(end: i64, ahead: bool): void {
  const stop = <u32>min<i64>(end, nextRelease);
  const to = min<i32>(batchCount, cursor + limit - detections);
  const blind = <i64>table(BLIND_GATES_AT);
  const codes = codesAt + <usize>detections;
  let blindUntil = blindZero;
  let countdown = untilTrap;
  let found: usize = 0;
  let i = cursor;
  for (; i < to; i++) {
    const offset = load<u32>(OFFSETS + ((<usize>i) << 2));
    if (offset >= stop) break;
    const code = ahead ? <u32>load<u8>(CODES + <usize>i) : metCode(i);
    const clicked = <u32>(code >= CLICK_ZERO) & <u32>(<i64>offset > blindUntil);
    const both = <u32>(code >= 0xc0);
    const avalanches = clicked + (both & clicked);
    if (avalanches > countdown) break;
    countdown -= avalanches;
    const bit = select<u32>(code & 0x20, (code >> 2) & 0x20, both);
    store<u32>(FOUND + (found << 2), offset);
    store<u8>(codes + found, (code & 0xdf) | bit);
    found += <usize>clicked;
    blindUntil = select<i64>(<i64>offset + blind, blindUntil, clicked);
  }
  if (i == cursor) return;
  cursor = i;
  position = <i64>load<u32>(OFFSETS + ((<usize>(i - 1)) << 2)) + 1;
  if (found == 0) return;
  detections += <i32>found;
  spendCountdown(untilTrap - countdown);
  blindGates += blind * <i64>found;
  blindZero = blindUntil;
  blindOne = blindUntil;
  writeGaps(found);
}

/** Appends the gaps of the offsets found: sixteen at a time where each fits a byte. */
@inline
function writeGaps(found: usize): void {
  writeGap(<i64>load<u32>(FOUND) - lastDetection);
  for (let i: usize = 1; i < found; i += 16) {
    const at = FOUND + (i << 2);
    const a = i32x4.sub(v128.load(at), v128.load(at - 4));
    const b = i32x4.sub(v128.load(at, 16), v128.load(at - 4, 16));
    const c = i32x4.sub(v128.load(at, 32), v128.load(at - 4, 32));
    const d = i32x4.sub(v128.load(at, 48), v128.load(at - 4, 48));
    const bytes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
    const number = min<usize>(16, found - i);
    // Saturation keeps a gap of 128 or more at 128 or more; behind the last gap lies rubbish.
    if ((i8x16.bitmask(bytes) & ((1 << <i32>number) - 1)) == 0) {
      v128.store(gapsEnd, bytes);
      gapsEnd += number;
    } else
      for (let j: usize = 0; j < number; j++) {
        const offset = at + (j << 2);
        writeGap(<i64>(load<u32>(offset) - load<u32>(offset - 4)));
      }
  }
  lastDetection = <i64>load<u32>(FOUND + ((found - 1) << 2));
}

/** Appends one gap as unsigned LEB128. */
@inline
function writeGap(gap: i64): void {
  let rest = gap;
  while (rest >= 128) {
    store<u8>(gapsEnd, <u8>rest | 128);
    gapsEnd++;
    rest >>= 7;
  }
  store<u8>(gapsEnd, <u8>rest);
  gapsEnd++;
}

/** Counts the settings of the candidates taken since the last time. */
function seeTaken(): void {
  if (counted < cursor) seeRange(counted, cursor);
  counted = cursor;
}

/** Counts the settings of candidates from..to - 1. */
function seeRange(from: i32, to: i32): void {
  if (to - from < 8) {
    for (let i = from; i < to; i++) count(load<u8>(CODES + <usize>i));
    return;
  }
  const inside = ((to == 64 ? 0 : (<u64>1 << to)) - 1) & ~((<u64>1 << from) - 1);
  for (let basis: u32 = 0; basis < 2; basis++)
    for (let level: u32 = 0; level < 3; level++) {
      const wanted = i8x16.splat(<i8>(basis | (level << 2)));
      let mask: u64 = 0;
      for (let part = 0; part < 4; part++) {
        const codes = v128.and(v128.load(CODES + ((<usize>part) << 4)), i8x16.splat(0xd));
        mask |= (<u64>(<u32>i8x16.bitmask(i8x16.eq(codes, wanted)))) << (part << 4);
      }
      add(basis * 3 + level, popcnt<u64>(mask & inside));
    }
}

@inline
function add(index: u32, number: u64): void {
  const at = SEEN + ((<usize>index) << 3);
  store<f64>(at, load<f64>(at) + <f64>number);
}

@inline
function count(settings: u32): void {
  add((settings & 1) * 3 + ((settings >> 2) & 3), 1);
}

/** One gate with a candidate, a release, or both. */
function visit(gate: i64, isCandidate: bool): void {
  let code: u32 = 0;
  while (nextRelease == gate) code |= release() == 0 ? CLICK_ZERO : CLICK_ONE;
  if (isCandidate) {
    code |= metAhead ? <u32>load<u8>(CODES + <usize>cursor) : metCode(cursor);
    if (countsAtOnce()) {
      if (gate - 1 > lastSeen) count(load<u32>(BEFORE + ((<usize>cursor) << 2)));
      count(code);
      lastSeen = gate;
    }
    cursor++;
  }
  let live: u32 = 0;
  if (gate > blindZero) live |= CLICK_ZERO;
  if (gate > blindOne) live |= CLICK_ONE;
  const clicks = code & live;
  if (clicks == 0) return;
  if (!isCandidate) {
    code |= codeOfGate(windowLow + <u32>gate, windowHigh);
    count(code);
    lastSeen = gate;
  }
  if ((clicks & CLICK_ZERO) != 0) avalanche(gate, 0);
  if ((clicks & CLICK_ONE) != 0) avalanche(gate, 1);
  goBlind(gate, clicks);
  record(gate, (code & 0x3f) | clicks);
}

function goBlind(gate: i64, clicks: u32): void {
  const separate = (table(FLAGS_AT) & FLAG_SEPARATE_BLIND) != 0;
  const until = gate + <i64>table(BLIND_GATES_AT);
  blindGates += until - max<i64>(gate, max<i64>(blindZero, blindOne));
  if (!separate || (clicks & CLICK_ZERO) != 0) blindZero = until;
  if (!separate || (clicks & CLICK_ONE) != 0) blindOne = until;
}

function record(gate: i64, code: u32): void {
  const bit = (code & 0xc0) == 0xc0 ? (code >> 5) & 1 : code >> 7;
  store<u8>(codesAt + <usize>detections, (code & 0xdf) | (bit << 5));
  detections++;
  writeGap(gate - lastDetection);
  lastDetection = gate;
}

/**
 * Splits the frame's codes into eight planes of `stride` bytes from `planes` on; both areas reach to a multiple of 16
 * codes. Codes past the frame's end become zeros.
 */
export function samplerPlanes(planes: usize, stride: usize): void {
  const length = <usize>detections;
  memory.fill(codesAt + length, 0, 16);
  for (let i: usize = 0; i < length; i += 16) {
    let codes = v128.load(codesAt + i);
    const to = planes + (i >> 3);
    for (let plane: usize = 8; plane > 0; plane--) {
      store<u16>(to + (plane - 1) * stride, <u16>i8x16.bitmask(codes));
      codes = i8x16.add(codes, codes);
    }
  }
}
