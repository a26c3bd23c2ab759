/** Key that the last blocks brought to this site's half, and when. */
export interface BlockSupply {
  readonly blocks: readonly { readonly bits: number; readonly periodMs: number }[];
  readonly lastAtMs: number | null;
}

/** What the link is sure to bring: nothing before `dueInMs`, then `bps`. */
export interface SureSupply {
  readonly bps: number;
  readonly dueInMs: number;
  /** Usual time between blocks; 0 before it is known. */
  readonly periodMs: number;
}

export const NO_SUPPLY: BlockSupply = { blocks: [], lastAtMs: null };

const REMEMBERED = 4;

/** Notes a block that ended, with or without key. The first one only marks a time. */
export function seeBlock({ blocks, lastAtMs }: BlockSupply, bits: number, atMs: number): BlockSupply {
  if (lastAtMs === null) return { blocks, lastAtMs: atMs };
  const block = { bits, periodMs: Math.max(1, atMs - lastAtMs) };
  return { blocks: [...blocks, block].slice(-REMEMBERED), lastAtMs: atMs };
}

/**
 * The least rate to count on, nothing while the link is down. Of the last four blocks the poorest is left out, so that
 * one that a cut fell into does not count for all; a block that is late lowers the rate until it comes.
 */
export function sureSupply({ blocks, lastAtMs }: BlockSupply, down: boolean, atMs: number): SureSupply {
  const rateOf = ({ bits, periodMs }: { bits: number; periodMs: number }) => bits / periodMs;
  const poorest = blocks.toSorted((a, b) => rateOf(a) - rateOf(b))[blocks.length === REMEMBERED ? 1 : 0];
  if (poorest === undefined || lastAtMs === null) return { bps: 0, dueInMs: 0, periodMs: 0 };
  const { bits, periodMs } = poorest;
  const elapsedMs = Math.max(0, atMs - lastAtMs);
  const lastingMs = Math.max(periodMs, elapsedMs);
  return { bps: down ? 0 : (1000 * bits) / lastingMs, dueInMs: lastingMs - elapsedMs, periodMs };
}
