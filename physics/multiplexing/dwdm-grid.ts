import { rangeError } from "../range.ts";

/** Anchor of the ITU-T G.694.1 grids. */
const ANCHOR_THZ = 193.1;
const TOLERANCE_THZ = 1e-7;

/** Fixed spacings of G.694.1 in GHz, and the 6.25 GHz steps of the flexible grid's central frequencies. */
export type GridSpacingGhz = 100 | 50 | 25 | 12.5 | 6.25;

/** Central frequency 193.1 + n x spacing, THz. */
export function gridFrequencyThz(n: number, spacingGhz: GridSpacingGhz): number {
  if (!Number.isInteger(n)) throw rangeError("n", n, "an integer");
  return ANCHOR_THZ + (n * spacingGhz) / 1000;
}

/**
 * Number n of the grid slot at that frequency.
 * @throws ConfigError QKD_PHYSICS_RANGE when the frequency does not lie on the grid; the message names the nearest slot.
 */
export function gridSlot(frequencyThz: number, spacingGhz: GridSpacingGhz): number {
  const n = Math.round(((frequencyThz - ANCHOR_THZ) * 1000) / spacingGhz);
  const nearest = gridFrequencyThz(n, spacingGhz);
  if (!(Math.abs(nearest - frequencyThz) <= TOLERANCE_THZ)) {
    throw rangeError(
      "frequencyThz",
      frequencyThz,
      `the ${spacingGhz} GHz grid, nearest ${nearest.toFixed(5)} THz`,
    );
  }
  return n;
}

/** Width in GHz of a flexible-grid slot of m units: 12.5 m. */
export function flexibleSlotWidthGhz(m: number): number {
  if (!Number.isInteger(m) || m < 1) throw rangeError("m", m, "an integer of at least 1");
  return 12.5 * m;
}
