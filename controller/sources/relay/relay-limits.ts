/** Shares of a block, at most. */
export const MOST_SHARES = 8;
/** Nodes of a way, both ends included, at most. */
export const MOST_NODES = 17;
/** Blocks whose shares a target waits for at once: 32 MiB of shares, if all were as long as they may be. */
export const MOST_GATHERED = 64;
/** How long a block may be waited for, whatever its origin says. */
export const MOST_WAITED_MS = 60_000;
