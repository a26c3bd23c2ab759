import { rangeError, requireInRange } from "../range.ts";

/** Anchor of the ITU-T G.694.1 grids. */
const ANCHOR_THZ = 193.1;
const TOLERANCE_THZ = 1e-7;
const POSITIVE = { min: 0, openMin: true } as const;

/** Fixed spacings of G.694.1 in GHz, and the 6.25 GHz steps of the flexible grid's central frequencies. */
export type GridSpacingGhz = 100 | 50 | 25 | 12.5 | 6.25;

/** Central frequency 193.1 + n x spacing, THz. */
export function gridFrequencyThz(n: number, spacingGhz: GridSpacingGhz): number {
  requireInRange("n", n, { integer: true });
  requireInRange("spacingGhz", spacingGhz, POSITIVE);
  return ANCHOR_THZ + (n * spacingGhz) / 1000;
}

/**
 * Number n of the grid slot at that frequency.
 * @throws ConfigError QKD_PHYSICS_RANGE when the frequency does not lie on the grid; the message names the nearest slot.
 */
export function gridSlot(frequencyThz: number, spacingGhz: GridSpacingGhz): number {
  requireInRange("frequencyThz", frequencyThz, {});
  requireInRange("spacingGhz", spacingGhz, POSITIVE);
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
  requireInRange("m", m, { min: 1, integer: true });
  return 12.5 * m;
}
