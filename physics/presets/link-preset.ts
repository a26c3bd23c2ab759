import type { BoundName } from "../bound-name.ts";
import { nanometresOfTerahertz } from "../constants.ts";
import type { LinkParameters } from "../link-parameters.ts";
import { gridFrequencyThz } from "../multiplexing/index.ts";

/**
 * What a preset stands for: a record in a laboratory, a trial beside data channels, units in daily operation, or assumptions
 * that no published rate backs.
 */
export type PresetKind = "laboratory" | "trial" | "installed" | "assumed";

/** A published system as link parameters together with how its paper distilled keys. */
export interface LinkPreset {
  readonly title: string;
  readonly kind: PresetKind;
  /** Where the numbers come from and which of them are fitted or assumed. */
  readonly source: string;
  readonly link: LinkParameters;
  /** The bound the paper used. */
  readonly bound: BoundName;
  /** Reconciliation efficiency f = leak / (n h(Q)). */
  readonly reconciliationEfficiency: number;
  /** Total epsilon of secrecy and correctness. */
  readonly epsilon: number;
  /** Key-basis sifted bits of a block, where the paper fixes the block. */
  readonly blockBits?: number;
  /** Seconds of a session, where the paper fixes the time. */
  readonly sessionS?: number;
  /** Share of the time in which the system makes key. Published averages over days contain their pauses: then 1. */
  readonly availability: number;
  /** Fibre loss that `--fibre-km` assumes, dB per km. */
  readonly fibreDbPerKm: number;
  readonly quantumWavelengthNm: number;
  /** Fibre lengths that the title or the source speaks of, km: the preset gives key at each. */
  readonly describedKm: readonly number[];
}

/**
 * Quantum channel of the C-band presets: 193.4 THz of the ITU-T G.694.1 grid (1550.116 nm). Their papers say "1550 nm"; on the
 * grid, mixing products of other channels of the grid can fall on it.
 */
export const C_BAND_NM = nanometresOfTerahertz(gridFrequencyThz(3, 100));
