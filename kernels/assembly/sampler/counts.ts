// Counts of detections by how the settings and bits of both sides compare.
import { COUNTS } from "./memory";

/**
 * Counts over six planes of `length` detections, `stride` bytes apart. They are read by words of 64 bits, zeros past the
 * last detection: what could count zeros is taken from the rest.
 */
export function countDetections(planes: usize, stride: usize, length: u32): void {
  let receiverOne: u64 = 0;
  let unequal: u64 = 0;
  let bothOne: u64 = 0;
  let bothOneWrong: u64 = 0;
  let bothZeroWrong: u64 = 0;
  let raised: u64 = 0;
  let raisedWrong: u64 = 0;
  let levelTwo: u64 = 0;
  const bytes = <usize>((length + 7) >> 3);
  for (let at: usize = 0; at < bytes; at += 8) {
    const word = planes + at;
    const sender = load<u64>(word);
    const high = load<u64>(word + 3 * stride);
    const receiver = load<u64>(word + 4 * stride);
    const wrong = load<u64>(word + stride) ^ load<u64>(word + 5 * stride);
    const differ = sender ^ receiver;
    const both = sender & receiver;
    const above = (load<u64>(word + 2 * stride) | high) & ~differ;
    receiverOne += popcnt<u64>(receiver);
    unequal += popcnt<u64>(differ);
    bothOne += popcnt<u64>(both);
    bothOneWrong += popcnt<u64>(both & wrong);
    bothZeroWrong += popcnt<u64>(wrong & ~(sender | receiver));
    raised += popcnt<u64>(above);
    raisedWrong += popcnt<u64>(above & wrong);
    levelTwo += popcnt<u64>(high & ~differ);
  }
  const equal = length - <u32>unequal;
  put(0, length - <u32>receiverOne);
  put(1, equal - <u32>bothOne);
  put(2, <u32>bothOne);
  put(3, <u32>bothZeroWrong);
  put(4, <u32>bothOneWrong);
  put(5, equal - <u32>raised);
  put(6, <u32>(bothZeroWrong + bothOneWrong - raisedWrong));
  put(7, <u32>levelTwo);
}

@inline
function put(index: usize, count: u32): void {
  store<u32>(COUNTS + (index << 2), count);
}
