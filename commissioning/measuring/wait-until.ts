import { setTimeout as sleep } from "node:timers/promises";
import { CommissionError } from "../../errors/index.ts";

const LOOK_EVERY_MS = 20;

/**
 * Waits until something is there; undefined when it is not within the time.
 * @throws CommissionError QKD_COMMISSION_STOPPED when the run is stopped meanwhile.
 */
export async function waitUntil<T>(
  look: () => T | undefined | Promise<T | undefined>,
  withinMs: number,
  signal: AbortSignal,
): Promise<T | undefined> {
  const end = performance.now() + withinMs;
  for (;;) {
    if (signal.aborted) throw new CommissionError("QKD_COMMISSION_STOPPED", "commissioning was stopped");
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() >= end) return undefined;
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}
