import { nanometresOfTerahertz, terahertzOfNanometres } from "../../physics/index.ts";

/** A classical channel on the quantum channel's fibre. Its place is given by wavelength or by frequency. */
export interface PlannedChannel {
  readonly name: string;
  readonly wavelengthNm?: number;
  readonly thz?: number;
  readonly direction: "forward" | "backward";
  readonly launchDbm: number;
  /** Number of the receiver that the units read its power at, 1 to 4. */
  readonly receiver?: number;
}

/** Wavelengths are written with two or three decimals: they may miss the frequency that is meant by this much. */
const ROUNDING_THZ = 0.0008;

/** Vacuum frequency of a channel, THz; of one without a place NaN. */
export function channelThz({ thz, wavelengthNm }: PlannedChannel): number {
  if (thz !== undefined) return thz;
  return wavelengthNm === undefined ? Number.NaN : terahertzOfNanometres(wavelengthNm);
}

/** Vacuum wavelength of a channel, nm; of one without a place NaN. */
export function channelNm(channel: PlannedChannel): number {
  return channel.wavelengthNm ?? nanometresOfTerahertz(channelThz(channel));
}

/** The place of a channel as it was written, for people. */
export function channelPlace({ thz, wavelengthNm }: PlannedChannel): string {
  return wavelengthNm === undefined ? `${thz} THz` : `${wavelengthNm} nm`;
}

/** What is wrong with the place of a channel; null for nothing. */
export function channelFault({ name, thz, wavelengthNm }: PlannedChannel): string | null {
  if (thz === undefined && wavelengthNm === undefined)
    return `channel ${name} has neither wavelengthNm nor thz`;
  if (thz === undefined || wavelengthNm === undefined) return null;
  if (Math.abs(terahertzOfNanometres(wavelengthNm) - thz) <= ROUNDING_THZ) return null;
  return `channel ${name}: ${wavelengthNm} nm is not ${thz} THz, that is ${nanometresOfTerahertz(thz).toFixed(3)} nm`;
}
