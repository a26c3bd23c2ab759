// Where bisection cuts a range on its way to one slot: bit m is set where a half begins at slot m of the range. The way is
// a chain of coin tosses, so it is looked up.

const TRACES: usize = memory.data(64 * 64 * 8, 64);
let drawn: bool = false;

/** Where a range of `length` slots, 64 at most, was cut until `slot` was left. */
@inline
export function traceOf(length: u32, slot: u32): u64 {
  return load<u64>(TRACES + (((<usize>(length - 1) << 6) + slot) << 3));
}

/** To be called before `traceOf`. */
export function drawTraces(): void {
  if (drawn) return;
  drawn = true;
  for (let length: u32 = 1; length <= 64; length++)
    for (let slot: u32 = 0; slot < length; slot++)
      store<u64>(TRACES + (((<usize>(length - 1) << 6) + slot) << 3), trace(length, slot));
}

function trace(length: u32, slot: u32): u64 {
  let start: u32 = 0;
  let starts: u64 = 0;
  while (length > 1) {
    const half = (length + 1) >> 1;
    const middle = start + half;
    starts |= (<u64>1) << middle;
    if (slot < middle) length = half;
    else {
      start = middle;
      length -= half;
    }
  }
  return starts;
}
