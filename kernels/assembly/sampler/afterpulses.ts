import {
  CARRIER_NUMBER_AT,
  GEOMETRIC_TABLE_WORDS,
  MAX_PENDING,
  RELEASE_AT,
  RELEASE_PARTS_AT,
  RELEASE_WEIGHT_AT,
  TRAP_AT,
} from "../../sampler-layout";
import { AFTER_STREAM, DELAYS, PENDING, table } from "./memory";
import { drawGeometric, drawNumber, scalarWord } from "./random";

let waiting: i32 = 0;
/** Carriers that the next trapping avalanche leaves. */
let carriers: i32 = 0;
/** Avalanches that will trap nothing before one does. */
export let untilTrap: u32 = 0;
export let overflowed: bool = false;
/** Offset of the earliest release. */
export let nextRelease: i64 = i64.MAX_VALUE;

@inline
function slot(i: i32): usize {
  return PENDING + ((<usize>i) << 3);
}

/** Draws the next trap long before it is due: nothing then waits for its words. */
function drawTrap(): void {
  const first = scalarWord(AFTER_STREAM);
  untilTrap = drawGeometric(TRAP_AT, first, AFTER_STREAM);
  carriers = <i32>drawNumber(CARRIER_NUMBER_AT, scalarWord(AFTER_STREAM));
  for (let i = 0; i < carriers; i++) {
    const part = drawPart();
    const word = scalarWord(AFTER_STREAM);
    const delay = 1 + drawGeometric(RELEASE_AT + part * GEOMETRIC_TABLE_WORDS, word, AFTER_STREAM);
    store<u32>(DELAYS + ((<usize>i) << 2), delay);
  }
}

function lookAhead(): void {
  nextRelease = waiting == 0 ? i64.MAX_VALUE : load<i64>(slot(waiting - 1)) >> 1;
}

export function reloadAfterpulses(): void {
  drawTrap();
}

export function shiftAfterpulses(gates: i64): void {
  for (let i = 0; i < waiting; i++) store<i64>(slot(i), load<i64>(slot(i)) - 2 * gates);
  lookAhead();
}

/** Removes the earliest release and returns its detector. */
export function release(): u32 {
  const detector = <u32>(load<i64>(slot(--waiting)) & 1);
  lookAhead();
  return detector;
}

/** Counts `avalanches` that are known to trap nothing. */
@inline
export function spendCountdown(avalanches: u32): void {
  untilTrap -= avalanches;
}

/** An avalanche at `offset` in `detector`. */
export function avalanche(offset: i64, detector: u32): void {
  if (untilTrap > 0) {
    untilTrap--;
    return;
  }
  for (let i = 0; i < carriers; i++)
    insert(2 * (offset + <i64>load<u32>(DELAYS + ((<usize>i) << 2))) + <i64>detector);
  lookAhead();
  drawTrap();
}

/** Exponential of a carrier's release. */
@inline
function drawPart(): i32 {
  const last = <i32>table(RELEASE_PARTS_AT) - 1;
  if (last == 0) return 0;
  const choice = scalarWord(AFTER_STREAM);
  let part = 0;
  while (part < last && choice >= table(RELEASE_WEIGHT_AT + part)) part++;
  return part;
}

function insert(entry: i64): void {
  if (waiting == MAX_PENDING) {
    overflowed = true;
    return;
  }
  let at = waiting++;
  while (at > 0 && load<i64>(slot(at - 1)) < entry) {
    store<i64>(slot(at), load<i64>(slot(at - 1)));
    at--;
  }
  store<i64>(slot(at), entry);
}
