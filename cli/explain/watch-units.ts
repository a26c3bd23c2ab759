import { setTimeout as sleep } from "node:timers/promises";
import { type CollectedLook, type LinkUnits, LookCollector } from "./look-collector.ts";

/** Instruments are read this often, the first time when they show what is now and not what was. */
const READ_MS = 500;
/** Frames that a second of usual light fills. */
const FRAMES_PER_S = 8;
const LEAST_DETECTIONS = 1024;
const MOST_DETECTIONS = 1 << 18;

/** Looks at a link for some time; an aborted signal ends it early, with what was collected so far. */
export async function watchUnits(
  units: LinkUnits,
  lookS: number,
  signal: AbortSignal,
  told: (passedS: number, gates: number) => void,
): Promise<CollectedLook> {
  const collector = new LookCollector(units);
  const { countRate0Hz, countRate1Hz } = await units.bob.device.status();
  const wanted = Math.round((countRate0Hz + countRate1Hz) / FRAMES_PER_S);
  const started = performance.now();
  const passedS = () => (performance.now() - started) / 1000;
  try {
    await collector.start(Math.min(MOST_DETECTIONS, Math.max(LEAST_DETECTIONS, wanted)));
    while (passedS() < lookS && !signal.aborted) {
      const restMs = Math.min(READ_MS, Math.max(0, (lookS - passedS()) * 1000));
      await sleep(restMs, undefined, { signal }).catch(() => {});
      await collector.read();
      told(passedS(), collector.gates);
    }
  } finally {
    await collector.stop();
  }
  return collector.take();
}
