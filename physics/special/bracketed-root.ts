/**
 * Argument in [low, high] at which an increasing function reaches zero, by the bracketing Illinois method. Huge and infinite
 * values are cut to +-1e4. Stops when the bracket is as narrow as `tolerance` relative to its upper end.
 */
export function increasingRoot(
  evaluate: (x: number) => number,
  low: number,
  high: number,
  tolerance = 1e-14,
): number {
  let left = low;
  let right = high;
  let leftValue = clamp(evaluate(left));
  let rightValue = clamp(evaluate(right));
  if (leftValue >= 0) return left;
  if (rightValue <= 0) return right;
  for (let step = 0; step < 1000 && right - left > tolerance * Math.abs(right); step++) {
    const secant = left - (leftValue * (right - left)) / (rightValue - leftValue);
    const stalled = step % 4 === 3;
    const middle = stalled || !(secant > left && secant < right) ? between(left, right) : secant;
    if (middle === left || middle === right) break;
    const value = clamp(evaluate(middle));
    if (value === 0) return middle;
    if (value < 0) {
      left = middle;
      leftValue = value;
      rightValue /= 2;
    } else {
      right = middle;
      rightValue = value;
      leftValue /= 2;
    }
  }
  return (left + right) / 2;
}

/** Middle of a bracket of positive numbers: geometric where it spans orders of magnitude. */
function between(left: number, right: number): number {
  if (left <= 0) return right / 1024;
  return right > 4 * left ? Math.sqrt(left * right) : (left + right) / 2;
}

const clamp = (value: number) => Math.max(-1e4, Math.min(1e4, value));
