import { afterpulse } from "./afterpulse.ts";
import { attenuatorOff } from "./attenuator-off.ts";
import { blinding } from "./blinding.ts";
import type { CauseDeclaration } from "./cause.ts";
import { deadTime } from "./dead-time.ts";
import { detectorBias } from "./detector-bias.ts";
import { detectorUnequal } from "./detector-unequal.ts";
import { dispersion } from "./dispersion.ts";
import { gateDelay } from "./gate-delay.ts";
import { healthy } from "./healthy.ts";
import { interceptResend } from "./intercept-resend.ts";
import { lightUnmetered } from "./light-unmetered.ts";
import { modulatorBias } from "./modulator-bias.ts";
import { noisyDetector } from "./noisy-detector.ts";
import { patternEffect } from "./pattern-effect.ts";
import { phaseOffset } from "./phase-offset.ts";
import { phaseTracking } from "./phase-tracking.ts";
import { pns } from "./pns.ts";
import { quantumPathLoss } from "./quantum-path-loss.ts";
import { ramanMetered } from "./raman-metered.ts";
import { saturation } from "./saturation.ts";
import { sharedFibreLoss } from "./shared-fibre-loss.ts";
import { sway } from "./sway.ts";
import { syncSlip } from "./sync-slip.ts";
import { timingJitter } from "./timing-jitter.ts";
import { trojan } from "./trojan.ts";
import { visibilityLoss } from "./visibility-loss.ts";
import { warmDetector } from "./warm-detector.ts";
import { weakLaser } from "./weak-laser.ts";

/** Every cause that a diagnosis weighs against the others. */
export const CAUSES = {
  healthy,
  sharedFibreLoss,
  quantumPathLoss,
  sway,
  weakLaser,
  attenuatorOff,
  modulatorBias,
  visibilityLoss,
  phaseOffset,
  phaseTracking,
  syncSlip,
  warmDetector,
  noisyDetector,
  lightUnmetered,
  ramanMetered,
  detectorBias,
  saturation,
  detectorUnequal,
  gateDelay,
  afterpulse,
  interceptResend,
  pns,
  blinding,
  trojan,
  patternEffect,
  deadTime,
  timingJitter,
  dispersion,
} as const satisfies Readonly<Record<string, CauseDeclaration>>;

export type CauseName = keyof typeof CAUSES;

export const CAUSE_NAMES = Object.keys(CAUSES) as readonly CauseName[];
