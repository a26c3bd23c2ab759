// Blind time of both detectors.
import { BLIND_GATES_AT, FLAG_SEPARATE_BLIND, FLAGS_AT } from "../../sampler-layout";
import { table } from "./memory";

export const CLICK_ZERO: u32 = 0x40;
export const CLICK_ONE: u32 = 0x80;

/** Last blind gate of each detector. */
export let blindZero: i64 = -1;
export let blindOne: i64 = -1;
/** Gates that the frame's clicks blind, its end notwithstanding. */
let blindGates: i64 = 0;

/** True where a click leaves the other detector live. */
@inline
export function blindsOne(): bool {
  return (table(FLAGS_AT) & FLAG_SEPARATE_BLIND) != 0;
}

export function shiftBlind(gates: i64): void {
  blindZero = max<i64>(-1, blindZero - gates);
  blindOne = max<i64>(-1, blindOne - gates);
}

function blindFrom(position: i64): i64 {
  return max<i64>(0, max<i64>(blindZero, blindOne) - (position - 1));
}

export function beginBlind(position: i64): void {
  blindGates = blindFrom(position);
}

/** Blind gates of a frame that ends at `position`. */
export function blindBefore(position: i64): i64 {
  return blindGates - blindFrom(position);
}

/** Detectors that are live at a gate. */
@inline
export function liveAt(gate: i64): u32 {
  return (gate > blindZero ? CLICK_ZERO : 0) | (gate > blindOne ? CLICK_ONE : 0);
}

/** Blinds what `clicks` say at a gate. */
export function goBlind(gate: i64, clicks: u32): void {
  const until = gate + <i64>table(BLIND_GATES_AT);
  blindGates += until - max<i64>(gate, max<i64>(blindZero, blindOne));
  if (!blindsOne() || (clicks & CLICK_ZERO) != 0) blindZero = until;
  if (!blindsOne() || (clicks & CLICK_ONE) != 0) blindOne = until;
}

/** Takes in `gates` blind gates of clicks that left both detectors blind up to gate `until`. */
@inline
export function blindBoth(until: i64, gates: i64): void {
  blindZero = until;
  blindOne = until;
  blindGates += gates;
}
