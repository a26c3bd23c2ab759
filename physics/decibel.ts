import { checkArgument, rule } from "../options/index.ts";

/** Power fraction that passes a loss of `lossDb` decibels. */
export function transmittanceOfLoss(lossDb: number): number {
  checkArgument("lossDb", lossDb, rule.anyNumber);
  return 10 ** (-lossDb / 10);
}

/** Loss in decibels of a power fraction in (0, 1]. */
export function lossOfTransmittance(transmittance: number): number {
  checkArgument("transmittance", transmittance, rule.anyNumber);
  return -10 * Math.log10(transmittance);
}

/** Power in watts of a level in dBm. */
export function wattsOfDbm(levelDbm: number): number {
  checkArgument("levelDbm", levelDbm, rule.anyNumber);
  return 1e-3 * 10 ** (levelDbm / 10);
}
