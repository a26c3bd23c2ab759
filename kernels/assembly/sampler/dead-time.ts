// Hits within the blind time of hits before them are left out of the list beforehand. A release that clicks may shift which
// ones these are, up to the next hit that is far from the one before it: there the list is repaired.
import { BLIND_GATES_AT } from "../../sampler-layout";
import { gather, hits, cursor, moveTo, listSpecials, specialAhead, isSpecial, setHits } from "./hits";
import { ALL_CODES, ALL_OFFSETS, HIT_CODES, HIT_OFFSETS, REVIVED, table } from "./memory";
import { keepCodes, keepOffsets } from "./shuffles";

/** Hits of the batch, those left out included. */
let all: i32 = 0;

@inline
function offsetOf(i: i32): i32 {
  return load<i32>(ALL_OFFSETS + ((<usize>i) << 2));
}

/** Gathers a batch's hits as `gatherHits` does, but for those that are blind from gate `until` before or from each other. */
export function gatherLive(count: i32, until: i32): void {
  all = gather(count, ALL_CODES, ALL_OFFSETS);
  const blind = <i32>table(BLIND_GATES_AT);
  const apart = i32x4.splat(blind);
  let at = 0;
  while (at < all && offsetOf(at) <= until) at++;
  let to: usize = 0;
  let before = 0;
  for (let certain = 1; at < all; certain = 0, at += 16) {
    const from = ALL_OFFSETS + ((<usize>at) << 2);
    const far = i8x16.bitmask(
      i8x16.narrow_i16x8_s(
        i16x8.narrow_i32x4_s(gapsAbove(from, apart), gapsAbove(from + 16, apart)),
        i16x8.narrow_i32x4_s(gapsAbove(from + 32, apart), gapsAbove(from + 48, apart)),
      ),
    );
    const valid = all - at < 16 ? (1 << (all - at)) - 1 : 0xffff;
    let live = (far | certain) & valid;
    // A hit close to a live one is blind; close to a blind one, an earlier one decides.
    for (let unsure = ~(live | (live << 1) | before) & valid; unsure != 0; unsure &= unsure - 1) {
      const lane = ctz(unsure);
      const earlier = live & ((1 << lane) - 1);
      const last =
        earlier != 0 ? offsetOf(at + 31 - clz(earlier)) : load<i32>(HIT_OFFSETS + (to << 2) - 4);
      if (offsetOf(at + lane) - last > blind) live |= 1 << lane;
    }
    before = (live >> 15) & 1;
    keepCodes(HIT_CODES + to, v128.load(ALL_CODES + <usize>at), <usize>live);
    keepOffsets(HIT_OFFSETS + (to << 2), from, <usize>live);
    to += <usize>popcnt(live);
  }
  const last = all - 1;
  if (all > 0 && (to == 0 || load<i32>(HIT_OFFSETS + (to << 2) - 4) != offsetOf(last))) {
    put(<i32>to, last, 0x3f);
    to++;
  }
  setHits(<i32>to);
}

/** Lanes of -1 where an offset lies more than `apart` behind the one before. */
@inline
function gapsAbove(at: usize, apart: v128): v128 {
  return i32x4.gt_s(i32x4.sub(v128.load(at), v128.load(at - 4)), apart);
}

/** Puts hit `i` of all, of its code what `mask` leaves, at place `to` of the list. */
@inline
function put(to: i32, i: i32, mask: u32): void {
  store<i32>(HIT_OFFSETS + ((<usize>to) << 2), offsetOf(i));
  store<u8>(HIT_CODES + <usize>to, <u32>load<u8>(ALL_CODES + <usize>i) & mask);
}

/** To be called where gate `until`, up to which all is blind, may reach the next hit of the list; `position` is passed next. */
export function repairLive(position: i32, until: i32): void {
  const blind = <i32>table(BLIND_GATES_AT);
  let i = 0;
  for (let step = 512; step > 0; step >>= 1)
    if (i + step <= all && offsetOf(i + step - 1) < position) i += step;
  let revived = 0;
  let blindUntil = until;
  let changes = false;
  for (; i < all; i++) {
    const offset = offsetOf(i);
    if (offset <= blindUntil) continue;
    if (i > 0 && offset - offsetOf(i - 1) > blind) break;
    store<u16>(REVIVED + ((<usize>revived) << 1), i);
    revived++;
    blindUntil = offset + blind;
    if (isSpecial(load<u8>(ALL_CODES + <usize>i))) changes = true;
  }
  // From hit i on the list is right. Those before are never more than they were: each comes no earlier than its forerunner.
  let to = hits;
  if (i < all) {
    to = cursor;
    while (load<i32>(HIT_OFFSETS + ((<usize>to) << 2)) < offsetOf(i)) to++;
  } else if (revived == 0 || <i32>load<u16>(REVIVED + ((<usize>(revived - 1)) << 1)) != all - 1) {
    put(--to, all - 1, 0x3f);
    changes = true;
  }
  if (specialAhead() < to) changes = true;
  while (revived > 0) {
    revived--;
    put(--to, <i32>load<u16>(REVIVED + ((<usize>revived) << 1)), 0xff);
  }
  moveTo(to);
  if (changes) listSpecials();
}
