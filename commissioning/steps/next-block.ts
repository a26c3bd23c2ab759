import { waitUntil } from "../measuring/wait-until.ts";
import type { Sites } from "../sites/open-sites.ts";

/** How many blocks there are once there are more than `seen`, or undefined where none comes within `patienceMs`. */
export function nextBlock(
  { blocks }: Pick<Sites, "blocks">,
  seen: number,
  patienceMs: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  return waitUntil(() => (blocks.length > seen ? blocks.length : undefined), patienceMs, signal);
}
