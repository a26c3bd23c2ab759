/**
 * Milliseconds since 1970 as they were when this process began, and monotonic since: for how long something lasts, which
 * nobody lengthens or shortens by setting the system's clock. What is told to people and what is stored has the time of
 * `Date.now`.
 */
export function steadyMs(): number {
  return performance.timeOrigin + performance.now();
}
