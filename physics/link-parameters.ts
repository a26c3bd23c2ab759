/** A value per basis: Z is the key (majority) basis, X the test basis. */
export interface PerBasis<T = number> {
  readonly z: T;
  readonly x: T;
}

/** Three values in the order signal u, decoy v, vacuum w. */
export type PerIntensity<T = number> = readonly [u: T, v: T, w: T];

/**
 * Everything the closed-form link model needs (physics paper sections 1.1-1.4). Probabilities are per gate,
 * mean photon numbers are those leaving Alice, losses are positive decibels.
 */
export interface LinkParameters {
  readonly clockHz: number;
  /** Mean photon number of each intensity, u > v > w >= 0. */
  readonly intensities: PerIntensity;
  /** Probability that Alice sends each intensity; sums to one. */
  readonly intensityProbabilities: PerIntensity;
  /** Probability that Alice prepares Z. */
  readonly aliceZProbability: number;
  /** Probability that Bob measures Z. */
  readonly bobZProbability: number;
  /** Fibre with connectors and splices, from Alice's output to Bob's input. */
  readonly channelLossDb: number;
  /** Bob's optics in front of the detectors. */
  readonly receiverLossDb: number;
  /** Quantum efficiency of the two detectors (bit 0, bit 1). */
  readonly detectorEfficiency: readonly [number, number];
  /** Dark counts per gate of the two detectors. */
  readonly darkCountsPerGate: readonly [number, number];
  /** Mean number of afterpulses an avalanche causes in its own detector, over all later gates. */
  readonly afterpulseProbability: number;
  /** Decay of the afterpulse hazard in gates: weight and time constant of each exponential, weights sum to one. */
  readonly afterpulseDecay: readonly { readonly weight: number; readonly gates: number }[];
  /** Gates in which the whole receiver is blind after any click. */
  readonly deadGates: number;
  /** Wrong-detector fraction e_d = (1 - visibility) / 2 in each basis. */
  readonly misalignment: PerBasis;
  /** Raman, four-wave mixing and leak-through clicks per gate, both detectors summed. */
  readonly noisePerGate: number;
}
