import { blinding } from "./attacks/blinding.ts";
import { interceptResend } from "./attacks/intercept-resend.ts";
import { photonSplitting } from "./attacks/photon-splitting.ts";
import { timeShift } from "./attacks/time-shift.ts";
import { trojanLight } from "./attacks/trojan-light.ts";
import { darken } from "./channels/darken.ts";
import { light } from "./channels/light.ts";
import { power } from "./channels/power.ts";
import { afterpulse } from "./devices/afterpulse.ts";
import { age } from "./devices/age.ts";
import { ambient } from "./devices/ambient.ts";
import { attenuator } from "./devices/attenuator.ts";
import { biasSag } from "./devices/bias-sag.ts";
import { clockSlip } from "./devices/clock-slip.ts";
import { deviceFault } from "./devices/device-fault.ts";
import { extinction } from "./devices/extinction.ts";
import { laserFailure } from "./devices/laser-failure.ts";
import { modeHop } from "./devices/mode-hop.ts";
import { oneDetector } from "./devices/one-detector.ts";
import { phaseDrift } from "./devices/phase-drift.ts";
import { strayLight } from "./devices/stray-light.ts";
import { visibility } from "./devices/visibility.ts";
import { bend } from "./fibre/bend.ts";
import { clean } from "./fibre/clean.ts";
import { cut } from "./fibre/cut.ts";
import { dirt } from "./fibre/dirt.ts";
import { gateDrift } from "./fibre/gate-drift.ts";
import { repair } from "./fibre/repair.ts";
import { sway } from "./fibre/sway.ts";
import { baudMismatch } from "./wires/baud-mismatch.ts";
import { bitFlips } from "./wires/bit-flips.ts";
import { delay } from "./wires/delay.ts";
import { duplicates } from "./wires/duplicates.ts";
import { halfOpen } from "./wires/half-open.ts";
import { hangUp } from "./wires/hang-up.ts";
import { modbusException } from "./wires/modbus-exception.ts";
import { stall } from "./wires/stall.ts";
import { trickle } from "./wires/trickle.ts";
import { truncation } from "./wires/truncation.ts";

/** What can happen on a timeline, and on a running link just as well. */
export const TIMELINE_HAPPENINGS = {
  cut,
  repair,
  bend,
  sway,
  dirt,
  clean,
  light,
  darken,
  power,
  ambient,
  age,
  laserFailure,
  visibility,
  phaseDrift,
  modeHop,
  gateDrift,
  extinction,
  attenuator,
  oneDetector,
  afterpulse,
  biasSag,
  strayLight,
  clockSlip,
  interceptResend,
  photonSplitting,
  blinding,
  timeShift,
  trojanLight,
  deviceFault,
  bitFlips,
  truncation,
  duplicates,
  delay,
  stall,
  trickle,
  halfOpen,
  hangUp,
  baudMismatch,
  modbusException,
} as const;

/** Name of an event of a timeline. */
export type TimelineEventName = keyof typeof TIMELINE_HAPPENINGS;
