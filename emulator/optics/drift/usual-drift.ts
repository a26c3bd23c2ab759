import { SlowNoise } from "./slow-noise.ts";

/** How far each part of a link is off at a moment. */
export interface LinkDrift {
  readonly lossDb: number;
  /** Arrival of the pulses against the gates, as the receiver's own re-centring leaves it. */
  readonly delayPs: number;
  readonly phaseRad: number;
  /** What the interferometers lose of their visibility, 0 or more. */
  readonly visibilityLoss: number;
  readonly laserDb: number;
  /** Output of the modulator's bias controller. */
  readonly modulatorV: number;
  /** Air around each housing. */
  readonly aliceAirK: number;
  readonly bobAirK: number;
  /** Relative change of each detector's efficiency. */
  readonly efficiency: readonly [number, number];
}

/** Standard deviation and correlation time of each part. Magnitudes are those of installed units in a rack: assumed, not fitted. */
const PARTS = {
  loss: [0.05, 3600],
  delay: [8, 600],
  phase: [0.05, 0.1],
  visibility: [0.002, 6 * 3600],
  laser: [0.03, 2 * 3600],
  modulator: [0.05, 300],
  aliceAir: [0.5, 1200],
  bobAir: [0.5, 1200],
  efficiency0: [0.005, 3600],
  efficiency1: [0.005, 3600],
} as const;

/** The air of a room follows the day by so much. */
const DAY_K = 2;
const DAY_S = 86_400;
/** Most that the slow parts move unseen between two looks. */
export const SLOW_STEP_S = 1;

/** The drift that every link of a seed has unless it is switched off: small, slow, and a function of seed and time alone. */
export class UsualDrift {
  readonly #parts: Readonly<Record<keyof typeof PARTS, SlowNoise>>;

  constructor(seed: bigint) {
    const parts = Object.entries(PARTS).map(([name, [, correlationS]]) => [
      name,
      new SlowNoise(seed, name, correlationS),
    ]);
    this.#parts = Object.fromEntries(parts) as Record<keyof typeof PARTS, SlowNoise>;
  }

  /** Everything at a moment: the phase at that moment, all slower parts as they were at the last full second. */
  at(seconds: number): LinkDrift {
    const second = Math.floor(seconds / SLOW_STEP_S) * SLOW_STEP_S;
    const part = (name: keyof typeof PARTS, time = second) => PARTS[name][0] * this.#parts[name].at(time);
    const day = DAY_K * Math.sin((2 * Math.PI * second) / DAY_S);
    return {
      lossDb: part("loss"),
      delayPs: part("delay"),
      phaseRad: part("phase", seconds),
      visibilityLoss: Math.abs(part("visibility")),
      laserDb: part("laser"),
      modulatorV: part("modulator"),
      aliceAirK: part("aliceAir") + day,
      bobAirK: part("bobAir") + day,
      efficiency: [part("efficiency0"), part("efficiency1")],
    };
  }
}
