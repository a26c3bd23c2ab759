import { photonNumber } from "../tests/01-photon-number.ts";
import { secondOrderCoherence } from "../tests/02-second-order-coherence.ts";
import { settingsIndependence } from "../tests/03-settings-independence.ts";
import { gains } from "../tests/04-gains.ts";
import { errorRates } from "../tests/05-error-rates.ts";
import { gapLaw } from "../tests/06-gap-law.ts";
import { deadTime } from "../tests/07-dead-time.ts";
import { afterpulses } from "../tests/08-afterpulses.ts";
import { doubleClicks } from "../tests/09-double-clicks.ts";
import { mismatchedBases } from "../tests/10-mismatched-bases.ts";
import { detectors } from "../tests/11-detectors.ts";
import { superposition } from "../tests/12-superposition.ts";
import { causality } from "../tests/13-causality.ts";
import { eavesdropper } from "../tests/14-eavesdropper.ts";
import { decoySoundness } from "../tests/15-decoy-soundness.ts";
import { distilledKey } from "../tests/16-distilled-key.ts";
import { noiseScaling } from "../tests/17-noise-scaling.ts";
import { presets } from "../tests/18-presets.ts";
import { uniformPValues } from "../tests/19-uniform-p-values.ts";
import { clicksInTime } from "../tests/20-clicks-in-time.ts";
import { settingsInOrder } from "../tests/21-settings-in-order.ts";
import { periods } from "../tests/22-periods.ts";
import { oneLight } from "../tests/23-one-light.ts";
import { instruments } from "../tests/24-instruments.ts";
import { sourceFlaws } from "../tests/25-source-flaws.ts";
import { publishedSession } from "../tests/26-published-session.ts";
import type { HonestyTest } from "./honesty-test.ts";

/** The whole suite in the order of its numbers. */
export const ALL_TESTS: readonly HonestyTest[] = [
  photonNumber,
  secondOrderCoherence,
  settingsIndependence,
  gains,
  errorRates,
  gapLaw,
  deadTime,
  afterpulses,
  doubleClicks,
  mismatchedBases,
  detectors,
  superposition,
  causality,
  eavesdropper,
  decoySoundness,
  distilledKey,
  noiseScaling,
  presets,
  uniformPValues,
  clicksInTime,
  settingsInOrder,
  periods,
  oneLight,
  instruments,
  sourceFlaws,
  publishedSession,
];
