/** How well filled an authentication reserve is. `low`: below a quarter of the pre-placed pads; `high`: 16 times those. */
export type ReserveLevel = "low" | "usual" | "high";

const LOW = 1 / 4;
const HIGH = 16;

/**
 * Level of a reserve by its emptier direction. `left` and `placed` in bytes: what is unused of each direction, and what
 * the pre-placed secret brought to each.
 */
export function reserveLevel(
  left: { readonly own: number; readonly peer: number },
  placed: number,
): ReserveLevel {
  const least = Math.min(left.own, left.peer);
  if (least < LOW * placed) return "low";
  return least >= HIGH * placed ? "high" : "usual";
}
