import { afterpulses } from "./afterpulses.ts";
import { alarms } from "./alarms.ts";
import { attenuationSweep } from "./attenuation-sweep.ts";
import { balance } from "./balance.ts";
import { classical } from "./classical.ts";
import { clocks } from "./clocks.ts";
import { darkCounts } from "./dark-counts.ts";
import { delayScan } from "./delay-scan.ts";
import { doubles } from "./doubles.ts";
import { errorRates } from "./error-rates.ts";
import { fallback } from "./fallback.ts";
import { frames } from "./frames.ts";
import { identity } from "./identity.ts";
import { keyRate } from "./key-rate.ts";
import { keys } from "./keys.ts";
import { lines } from "./lines.ts";
import { loss } from "./loss.ts";
import { noise } from "./noise.ts";
import { phaseScan } from "./phase-scan.ts";
import { selfTest } from "./self-test.ts";
import { soak } from "./soak.ts";
import { source } from "./source.ts";
import type { Step } from "./step.ts";
import { temperatures } from "./temperatures.ts";
import { vacuum } from "./vacuum.ts";

/**
 * Every step in the order in which they run: afterpulses before vacuum pulses, because nothing else tells them apart;
 * alarms before key, because the sites' controllers are started once for all steps that need them.
 */
export const STEPS: readonly Step[] = [
  identity,
  lines,
  selfTest,
  clocks,
  temperatures,
  darkCounts,
  frames,
  delayScan,
  phaseScan,
  attenuationSweep,
  source,
  afterpulses,
  vacuum,
  balance,
  doubles,
  loss,
  noise,
  classical,
  errorRates,
  alarms,
  keyRate,
  fallback,
  keys,
  soak,
];
