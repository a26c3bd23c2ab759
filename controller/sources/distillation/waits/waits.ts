/** Something that this site waits for. */
export interface Wait {
  /** The message that must come, or the part of this controller that must answer. */
  readonly awaited: string;
  /** Number of the block, or null. */
  readonly sequence: number | null;
  /** Changes with progress, with which the wait begins anew. Heartbeats are no progress. */
  readonly mark: string;
  readonly limitMs: number;
  /** Whose work it is. */
  readonly of: "peer" | "own";
  /** May last as well because the peer cannot help it; then it says nothing against the connection. */
  readonly excusable: boolean;
}

/** A wait beyond its limit. */
export interface Expiry {
  readonly wait: Wait;
  readonly waitedMs: number;
}

/** The waits of a site, each with the time it has lasted. */
export interface WaitState {
  readonly atMs: number | null;
  readonly lasting: ReadonlyMap<string, Expiry>;
}

export const NO_WAITS: WaitState = { atMs: null, lasting: new Map() };

/**
 * Time between two steps that counts, at most: a site that was itself stopped, or whose clock was set, does not blame the
 * peer for it. Steps lie a quarter of a second apart or less.
 */
export const COUNTED_STEP_MS = 1000;

/** Lets time pass for what is waited for now; the wait that is furthest beyond its limit, or null. Pure. */
export function waitsStep(
  state: WaitState,
  due: readonly Wait[],
  nowMs: number,
): readonly [WaitState, Expiry | null] {
  const passedMs = state.atMs === null ? 0 : Math.min(COUNTED_STEP_MS, Math.max(0, nowMs - state.atMs));
  const lasting = new Map<string, Expiry>();
  let worst: Expiry | null = null;
  for (const wait of due) {
    const name = `${wait.awaited}/${wait.sequence}`;
    const before = state.lasting.get(name);
    const waitedMs = before !== undefined && before.wait.mark === wait.mark ? before.waitedMs + passedMs : 0;
    const entry = { wait, waitedMs };
    lasting.set(name, entry);
    if (waitedMs > wait.limitMs && (worst === null || beyond(entry) > beyond(worst))) worst = entry;
  }
  return [{ atMs: nowMs, lasting }, worst];
}

function beyond({ wait, waitedMs }: Expiry): number {
  return waitedMs - wait.limitMs;
}
