import { attenuationSweep } from "./attenuation-sweep.ts";
import { balance } from "./balance.ts";
import { clocks } from "./clocks.ts";
import { darkCounts } from "./dark-counts.ts";
import { delayScan } from "./delay-scan.ts";
import { doubles } from "./doubles.ts";
import { errorRates } from "./error-rates.ts";
import { frames } from "./frames.ts";
import { identity } from "./identity.ts";
import { lines } from "./lines.ts";
import { loss } from "./loss.ts";
import { phaseScan } from "./phase-scan.ts";
import { selfTest } from "./self-test.ts";
import { source } from "./source.ts";
import type { Step } from "./step.ts";
import { temperatures } from "./temperatures.ts";
import { vacuum } from "./vacuum.ts";

/** Every step in the order in which they run: afterpulses before vacuum pulses, because nothing else tells them apart. */
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
  vacuum,
  balance,
  doubles,
  loss,
  errorRates,
];
