import { gateSensitivity } from "../../physics/index.ts";
import type { Quantity } from "../../report/index.ts";

/** A reading of an instrument with its standard uncertainty. */
export interface Reading {
  readonly value: number;
  readonly u: number;
}

/** What both ends see of the signal's light at one time. */
export interface LightSeen {
  /** Signal pulses sent, and sifted detections of them. */
  readonly sent: number;
  readonly detected: number;
  /** Arrival of the pulses against the receiver's gates, ps; null where it cannot be read. */
  readonly arrivalPs: Reading | null;
  /** Power of the laser before the attenuator, dBm; null where it cannot be read. */
  readonly laserDbm: Reading | null;
}

/**
 * Standard deviation (dB) of the difference between two readings far apart, and the time (s) within which it grows, of what
 * moves in any installed unit and is no change of the fibre: magnitudes of units in a rack, assumed.
 */
const EFFICIENCY = [0.02, 3600] as const;
const UNREAD_LASER = [0.04, 7200] as const;
const UNREAD_ARRIVAL = [0.1, 600] as const;

/**
 * How much more the fibre loses after than before, dB, from the light that both ends see `apartS` seconds of link time
 * apart. What the units read of laser and gates is taken off: pulses that come to the gates' edge are detected more seldom,
 * however much light there is. What they do not read makes the answer less certain the longer it had time to move.
 */
export function lossChange(before: LightSeen, after: LightSeen, apartS: number): Quantity {
  const gain = decibels(before.detected / before.sent) - decibels(after.detected / after.sent);
  const counted = (10 / Math.LN10) * Math.sqrt(1 / before.detected + 1 / after.detected);
  const gates = between(before.arrivalPs, after.arrivalPs, gateDb) ?? unread(UNREAD_ARRIVAL, apartS);
  const laser = between(before.laserDbm, after.laserDbm, (dbm) => dbm) ?? unread(UNREAD_LASER, apartS);
  return {
    value: gain + gates.value + laser.value,
    u: Math.hypot(counted, gates.u, laser.u, unread(EFFICIENCY, apartS).u),
    unit: "dB",
    n: Math.min(before.detected, after.detected),
  };
}

const decibels = (ratio: number): number => 10 * Math.log10(ratio);

/** What gates leave of pulses that arrive off their middle, dB. */
function gateDb(arrivalPs: number): number {
  const [zero, one] = gateSensitivity({ arrivalPs, skewPs: 0 });
  return decibels((zero + one) / 2);
}

/** By how much a level rose between two readings. */
function between(
  before: Reading | null,
  after: Reading | null,
  levelDb: (reading: number) => number,
): Reading | undefined {
  if (before === null || after === null) return undefined;
  const u = ({ value, u }: Reading) => Math.abs(levelDb(value + u) - levelDb(value - u)) / 2;
  return { value: levelDb(after.value) - levelDb(before.value), u: Math.hypot(u(before), u(after)) };
}

const unread = ([farDb, withinS]: readonly [number, number], apartS: number): Reading => ({
  value: 0,
  u: farDb * Math.sqrt(-Math.expm1(-apartS / withinS)),
});
