/** So far the two clocks may lie apart before somebody must have set the system's clock. */
const SET_MS = 2;

/**
 * Time since 1970 in ns, finer than the system's millisecond clock: the monotonic clock on top of the process's start.
 * After the system's clock was set, the millisecond clock is the truth.
 */
export function wallNs(): bigint {
  const fineMs = performance.timeOrigin + performance.now();
  const coarseMs = Date.now();
  return BigInt(Math.round((Math.abs(fineMs - coarseMs) < SET_MS ? fineMs : coarseMs) * 1e6));
}
