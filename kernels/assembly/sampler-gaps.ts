// Gaps between detections as unsigned LEB128.
import { FOUND } from "./sampler-memory";

let from: usize = 0;
let end: usize = 0;
/** Offset of the last detection whose gap is written, or of the frame's first gate. */
let last: i64 = 0;
/** Detections at FOUND whose gaps are not written yet; whoever adds some counts them here. */
export let found: usize = 0;

export function beginGaps(at: usize, start: i64): void {
  from = at;
  end = at;
  last = start;
  found = 0;
}

export function shiftGaps(gates: i64): void {
  writeGaps();
  last -= gates;
}

export function gapLength(): i32 {
  writeGaps();
  return <i32>(end - from);
}

/** Adds `count` detections that lie at FOUND behind the others already. */
@inline
export function addFound(count: usize): void {
  found += count;
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

/** The same for a gap of mostly one byte or two: which, nobody can predict. */
@inline
function appendShort(gap: u32): void {
  if (gap >= 1 << 14) {
    appendNumber(gap);
    return;
  }
  const two = <u32>(gap >= 128);
  store<u16>(end, (gap & 127) | (two << 7) | ((gap >> 7) << 8));
  end += 1 + <usize>two;
}

/** Gaps before sixteen offsets at `at`, saturated to bytes. */
@inline
function gapBytes(at: usize): v128 {
  const a = i32x4.sub(v128.load(at), v128.load(at - 4));
  const b = i32x4.sub(v128.load(at, 16), v128.load(at - 4, 16));
  const c = i32x4.sub(v128.load(at, 32), v128.load(at - 4, 32));
  const d = i32x4.sub(v128.load(at, 48), v128.load(at - 4, 48));
  return i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
}

/** Writes the gaps before the detections found. */
export function writeGaps(): void {
  const count = found;
  if (count == 0) return;
  appendNumber(<i64>load<u32>(FOUND) - last);
  for (let i: usize = 1; i < count; i += 16) {
    const bytes = gapBytes(FOUND + (i << 2));
    const number = min<usize>(16, count - i);
    // Bytes of 128 or more stand for longer numbers; behind the last gap lies rubbish.
    if ((i8x16.bitmask(bytes) & ((1 << <i32>number) - 1)) == 0) {
      v128.store(end, bytes);
      end += number;
    } else
      for (let j = i; j < i + number; j++)
        appendShort(load<u32>(FOUND + (j << 2)) - load<u32>(FOUND + (j << 2) - 4));
  }
  last = <i64>load<u32>(FOUND + ((count - 1) << 2));
  found = 0;
}
