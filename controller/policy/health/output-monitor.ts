import type { TransceiverHealth } from "../../../drivers/index.ts";
import type { BlockReport } from "../../sources/distillation/block-report.ts";
import type { Indicator, IndicatorThresholds } from "./indicator.ts";

/** What the photodiode at the transmitter's output has shown so far. */
export interface OutputMonitor {
  /** Usual power at the monitor relative to the laser's, dB; learned from readings without a finding, null before one. */
  readonly tapDb: number | null;
  /** Present while light comes in from the line. */
  readonly indicator: Indicator | null;
  /** When such light was last seen, or null. */
  readonly seenAtMs: number | null;
}

export const NEW_OUTPUT_MONITOR: OutputMonitor = { tapDb: null, indicator: null, seenAtMs: null };

/** Readings further apart do not belong together: the laser may have been switched in between. */
const SAME_MOMENT_MS = 250;
/** Older readings are no news. */
const FRESH_MS = 5000;
const LEARNING = 0.1;
/** Frames may wait so long for sifting: light seen this much before a block opened may have met its pulses. */
const FRAME_WAIT_MS = 10_000;

/**
 * Trojan-horse light: the output monitor sees more than the laser's own power accounts for. Every other observable stays
 * as it is, because the light reads settings and disturbs nothing. Only the transmitter's site has this monitor.
 */
export function watchOutput(
  state: OutputMonitor,
  health: TransceiverHealth,
  atMs: number,
  { monitorExcessDb }: IndicatorThresholds,
): OutputMonitor {
  const reading = (name: string) => health.quantities.find((quantity) => quantity.name === name);
  const monitor = reading("monitorPowerDbm");
  const laser = reading("laserPowerDbm");
  if (monitor === undefined || laser === undefined) return state;
  if (Math.abs(monitor.ageMs - laser.ageMs) > SAME_MOMENT_MS || monitor.ageMs > FRESH_MS) return state;
  const tapDb = monitor.value - laser.value;
  const usual = state.tapDb ?? tapDb;
  const excess = tapDb - usual;
  if (excess <= monitorExcessDb) return { ...state, tapDb: usual + LEARNING * excess, indicator: null };
  return {
    tapDb: usual,
    seenAtMs: atMs - monitor.ageMs,
    indicator: {
      name: "trojanLight",
      attack: "trojanHorse",
      evidence: `output monitor ${monitor.value.toFixed(1)} dBm, ${excess.toFixed(1)} dB more than the laser's ${laser.value.toFixed(1)} dBm account for`,
    },
  };
}

/** Whether light from the line may have read the settings of this block's pulses. */
export function mayHaveBeenRead({ seenAtMs }: OutputMonitor, report: BlockReport): boolean {
  return seenAtMs !== null && seenAtMs >= report.openedAtMs - FRAME_WAIT_MS;
}
