import type { OpticsConditions } from "../conditions.ts";

/** Why a detector fired, as a bit mask. */
export const CAUSE = { photon: 1, dark: 2, noise: 4, afterpulse: 8 } as const;

/** What really happened at one gate that had a candidate event or a released carrier. */
export interface GateTruth {
  readonly gate: bigint;
  /** Alice's settings: basis, bit, intensity code. */
  readonly basis: number;
  readonly bit: number;
  readonly intensity: number;
  readonly bobBasis: number;
  /** Eve's basis (0 Z, 1 X) where she measured the pulse. */
  readonly eveBasis: number | undefined;
  /** Signal photons that freed an electron in a detector, whether it was live or not. */
  readonly photoelectrons: number;
  /** Masks of `CAUSE` for the two detectors. */
  readonly causes: readonly [number, number];
  readonly live: readonly [boolean, boolean];
  readonly clicked: readonly [boolean, boolean];
}

/** One pulse as it left Alice. */
export interface EmittedPulse {
  readonly basis: number;
  readonly bit: number;
  /** Intensity code 0 u, 1 v, 2 w. */
  readonly intensity: number;
  readonly photons: number;
}

/** The tap of truth of one frame, for tests only: none of it ever reaches a wire. */
export interface FrameTruth {
  readonly conditions: OpticsConditions;
  readonly gates: readonly GateTruth[];
  /**
   * What left Alice at any gate of the frame, detected or not. The photons are the photoelectrons plus a Poisson number
   * of lost ones: a Poisson number splits into independent Poisson numbers. Valid until the conditions change.
   * @throws ConfigError QKD_CONFIG_INVALID under photon splitting, where what was blocked is not followed.
   */
  emitted(gate: bigint): EmittedPulse;
}
