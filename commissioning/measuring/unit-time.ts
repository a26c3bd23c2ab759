import { setTimeout as sleep } from "node:timers/promises";
import type { Unit } from "../units/unit.ts";

const LOOK_EVERY_MS = 200;
/** A unit whose clock stands still is waited for no longer than this. */
const MOST_MS = 30_000;

/** Waits until a unit's own clock has gone on by so many seconds: instruments live by it. */
export async function unitTime(unit: Unit, seconds: number, signal: AbortSignal): Promise<void> {
  const uptimeMs = async () => Number((await unit.device.status()).uptimeMs);
  const from = await uptimeMs();
  const end = performance.now() + MOST_MS;
  while ((await uptimeMs()) - from < 1000 * seconds && performance.now() < end && !signal.aborted)
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
}
