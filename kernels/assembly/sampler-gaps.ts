// Gaps between detections as unsigned LEB128.
import { gapBytes } from "./sampler-hits";

let from: usize = 0;
let end: usize = 0;
/** Offset of the detection before, or of the frame's first gate. */
let last: i64 = 0;

export function beginGaps(at: usize, start: i64): void {
  from = at;
  end = at;
  last = start;
}

export function shiftGaps(gates: i64): void {
  last -= gates;
}

export function gapLength(): i32 {
  return <i32>(end - from);
}

/** Appends the gap before a detection. */
@inline
export function appendGap(offset: i64): void {
  appendNumber(offset - last);
  last = offset;
}

@inline
function appendNumber(gap: i64): void {
  let rest = gap;
  while (rest >= 128) {
    store<u8>(end, <u8>rest | 128);
    end++;
    rest >>= 7;
  }
  store<u8>(end, <u8>rest);
  end++;
}

/** Appends the gaps before `count` detections at `offsets`; `ready` are their bytes but for the first, or 0. */
@inline
export function appendGaps(offsets: usize, ready: usize, count: usize): void {
  appendNumber(<i64>load<u32>(offsets) - last);
  for (let i: usize = 1; i < count; i += 16) {
    const bytes = ready != 0 ? v128.load(ready + i) : gapBytes(offsets + (i << 2));
    const number = min<usize>(16, count - i);
    // Bytes of 128 or more stand for longer numbers; behind the last gap lies rubbish.
    if ((i8x16.bitmask(bytes) & ((1 << <i32>number) - 1)) == 0) {
      v128.store(end, bytes);
      end += number;
    } else
      for (let j = i; j < i + number; j++)
        appendNumber(<i64>(load<u32>(offsets + (j << 2)) - load<u32>(offsets + (j << 2) - 4)));
  }
  last = <i64>load<u32>(offsets + ((count - 1) << 2));
}
