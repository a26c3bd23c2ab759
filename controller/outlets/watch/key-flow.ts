/** A block that ended. */
interface BlockMark {
  readonly atMs: number;
  readonly secretBits: number;
}

/** Blocks that ended, as the flow of key sees them. */
export interface KeyFlow {
  /** Expected or seen time between two blocks, ms. */
  readonly periodMs: number;
  readonly startedAtMs: number;
  readonly lastKeyAtMs: number | null;
  /** Blocks that the rate is reckoned from, oldest first. */
  readonly blocks: readonly BlockMark[];
}

/** How much a new interval moves the period. */
const LEARNING = 0.25;
/** A block is missed after so many periods, key after three. */
const MISSED = 2;
const STARVED = 3;
/** Blocks that end several times a second come in bunches: what is shorter than this is no period to miss one by. */
const LEAST_PERIOD_MS = 2000;
/** The rate is that of so long, or of the last two blocks. */
const RATE_MS = 10_000;

/** The flow before the first block, `periodMs` being what the closed form expects. */
export function newFlow(startedAtMs: number, periodMs: number): KeyFlow {
  return { periodMs: Math.max(LEAST_PERIOD_MS, periodMs), startedAtMs, lastKeyAtMs: null, blocks: [] };
}

/** A block ended at `atMs` and brought so many bits. Pure. */
export function flowStep(flow: KeyFlow, atMs: number, secretBits: number): KeyFlow {
  const before = flow.blocks.at(-1);
  const sinceMs = before === undefined ? Number.POSITIVE_INFINITY : atMs - before.atMs;
  // An interval with a break in it says nothing of the period, and no rate reaches over it.
  const regular = sinceMs < MISSED * flow.periodMs;
  const marks = [...(regular ? flow.blocks : []), { atMs, secretBits }];
  const old = marks.findLastIndex((mark) => atMs - mark.atMs >= RATE_MS);
  return {
    ...flow,
    periodMs: regular
      ? Math.max(LEAST_PERIOD_MS, flow.periodMs + LEARNING * (sinceMs - flow.periodMs))
      : flow.periodMs,
    lastKeyAtMs: secretBits > 0 ? atMs : flow.lastKeyAtMs,
    blocks: marks.slice(Math.max(0, Math.min(old, marks.length - 2))),
  };
}

/** Key made per second; 0 once a block is missing for two periods, null before the first. */
export function madeBps(flow: KeyFlow, nowMs: number): number | null {
  const [first, ...others] = flow.blocks;
  const last = flow.blocks.at(-1);
  if (first === undefined || last === undefined) return null;
  if (nowMs - last.atMs > MISSED * flow.periodMs) return 0;
  if (others.length === 0) return (1000 * first.secretBits) / flow.periodMs;
  const bits = others.reduce((sum, { secretBits }) => sum + secretBits, 0);
  return (1000 * bits) / Math.max(LEAST_PERIOD_MS, last.atMs - first.atMs);
}

/** When the last block ended, or null. */
export function lastBlockAtMs(flow: KeyFlow): number | null {
  return flow.blocks.at(-1)?.atMs ?? null;
}

/** Whether more than three block periods passed since the last key. */
export function isStarved(flow: KeyFlow, nowMs: number): boolean {
  return nowMs - (flow.lastKeyAtMs ?? flow.startedAtMs) > STARVED * flow.periodMs;
}
