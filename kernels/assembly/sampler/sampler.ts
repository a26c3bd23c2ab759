// The event sampler: detectors gate by gate and the frame being filled. Exports take and give plain numbers.
import { BATCH, BLIND_GATES_AT, FLAG_PREVIOUS, FLAGS_AT } from "../../sampler-layout";
import {
  avalanche,
  nextRelease,
  overflowed,
  release,
  reloadAfterpulses,
  shiftAfterpulses,
} from "./afterpulses";
import {
  beginBlind,
  blindBefore,
  blindOne,
  blindsOne,
  blindZero,
  CLICK_ONE,
  CLICK_ZERO,
  goBlind,
  liveAt,
  shiftBlind,
} from "./blind";
import { drawBatch, reloadCandidates } from "./candidates";
import { gatherLive } from "./dead-time";
import { addCodes, beginCodes, codesAt, detections, limit } from "./frame";
import { addFound, beginGaps, found, gapLength, shiftGaps, writeGaps } from "./gaps";
import { cursor, gatherHits, hitAhead, hits, useHits } from "./hits";
import { BEFORE, COUNTS, FOUND, GENERATORS, HIT_CODES, OFFSETS, SEEN, TABLES, table } from "./memory";
import { moveWindow, prepareMix } from "./mix";
import { beginCandidates, candidatesBefore, hasCandidate } from "./passed";
import { beginSeen, see, seeRange } from "./seen";
import { codeOfGate } from "./settings";
import { prepareShuffles } from "./shuffles";
import { runStretch } from "./stretch";

export { samplerClicks, samplerPlanes } from "./frame";

let position: i64 = 0;
/** Candidates of the batch whose settings are counted. */
let counted: i32 = 0;
let origin: i64 = 0;
/** True where the hits listed are those that no earlier ones blind. */
let listed: bool = false;
let lastSeen: i64 = -1;
let frameStart: i64 = 0;

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
  return <f64>blindBefore(position);
}
export function samplerGates(): f64 {
  return <f64>(position - frameStart);
}

function restart(): void {
  prepareMix();
  beginCandidates(0);
  counted = 0;
  gatherHits(0, false);
  listed = false;
  origin = position;
}

/** Ends the stretch: the tables may then be replaced, and `samplerLoad` called. */
export function samplerSettle(): void {
  if (!countsAtOnce()) seeTaken();
}

export function samplerLoad(): void {
  reloadAfterpulses();
  reloadCandidates();
  prepareShuffles();
  restart();
}

export function samplerEnterWindow(high: u32, low: u32, gates: i32): void {
  const shift = <i64>gates;
  samplerSettle();
  moveWindow(high, low);
  position -= shift;
  frameStart -= shift;
  lastSeen -= shift;
  shiftBlind(shift);
  shiftGaps(shift);
  shiftAfterpulses(shift);
  restart();
}

export function samplerBeginFrame(maxDetections: i32, codes: usize, gaps: usize): void {
  // What the frame before looked at is not this one's.
  samplerSettle();
  beginCodes(maxDetections, codes);
  beginSeen();
  beginGaps(gaps, position);
  beginBlind(position);
  lastSeen = position - 1;
  frameStart = position;
}

/** Goes on to `until`: 0 reached it, 1 the frame is full, 2 too many carriers wait. */
export function samplerRun(until: i32): i32 {
  const end = <i64>until;
  const simple = !countsAtOnce() && !blindsOne();
  while (detections < limit) {
    if (cursor == hits && origin < end) refill();
    if (found > <usize>BATCH) writeGaps();
    if (simple && listed) {
      position = runStretch(position, until);
      if (overflowed) return 2;
      if (detections == limit) break;
      if (cursor == hits && origin < end) continue;
    }
    const hit = cursor < hits ? <i64>hitAhead() : i64.MAX_VALUE;
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

function refill(): void {
  if (!countsAtOnce()) seeTaken();
  const candidates = drawBatch(<u32>origin);
  beginCandidates(candidates);
  counted = 0;
  // A blind time from before a change may be that of one detector.
  listed = !blindsOne() && blindZero == blindOne;
  if (!countsAtOnce() && listed && (table(BLIND_GATES_AT) > 0 || blindZero >= position))
    gatherLive(candidates, <i32>blindZero);
  else gatherHits(candidates, countsAtOnce());
  origin = candidates == BATCH ? <i64>load<u32>(OFFSETS + (BATCH - 1) * 4) + 1 : i64.MAX_VALUE;
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
    useHits(1);
  }
  const clicks = code & liveAt(gate);
  if (clicks == 0) return;
  if (!isHit) {
    code |= codeOfGate(<u32>gate);
    if (!hasCandidate(<u32>gate)) see(code);
    lastSeen = gate;
  }
  // Which detector clicked alone nobody can predict; that both did is rare.
  avalanche(gate, clicks == CLICK_ONE ? 1 : 0);
  if (clicks == (CLICK_ZERO | CLICK_ONE)) avalanche(gate, 1);
  goBlind(gate, clicks);
  store<u8>(codesAt + <usize>detections, (code & 0x3f) | clicks);
  addCodes(1);
  store<u32>(FOUND + (found << 2), <u32>gate);
  addFound(1);
}
