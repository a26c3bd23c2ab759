const FIRST_MS = 500;
const MOST_MS = 30_000;

/** How long a link waits before its next start after so many that failed in a row. */
export function restartAfterMs(failed: number): number {
  return Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(failed, 20));
}
