import { createHash } from "node:crypto";
import { COMMANDS, type ReplyOf } from "../../protocol/index.ts";
import type { DeviceProfile, Role } from "./device-profile.ts";

const DAY_S = 86_400;
/** An emulated device was calibrated so long before its start, and is due a year after that. */
const CALIBRATED_BEFORE_DAYS = 90;
const CALIBRATION_DAYS = 365;
/** Relative standard uncertainty of the mean photon numbers: that of a calibrated power meter at these powers. */
const MEAN_PHOTONS_UNCERTAINTY = 0.01;
/** Wavelength of the pair's service channel: C band, 19 channels of 100 GHz off the usual quantum channel. */
const SERVICE_NM = 1535.04;

const PARTS: Readonly<Record<Role, readonly (readonly [name: string, model: string])[]>> = {
  qtx: [
    ["laser", "gain-switched DFB"],
    ["intensity modulator", "LiNbO3 Mach-Zehnder"],
    ["attenuator", "VOA"],
    ["interferometer", "asymmetric Mach-Zehnder"],
  ],
  qrx: [
    ["detector 0", "InGaAs APD"],
    ["detector 1", "InGaAs APD"],
    ["interferometer", "asymmetric Mach-Zehnder"],
  ],
};

/** What of a description does not change while the device runs. */
export type FixedDescription = Omit<ReplyOf<"describe">, "measurements" | "histograms" | "tunes">;

/** The description of an emulated device that starts at `startNs`, nanoseconds since 1970; serials follow from its own. */
export function emulatedDescription(
  profile: DeviceProfile,
  quantumNm: number,
  startNs: bigint,
): FixedDescription {
  const today = Math.floor(Number(startNs / 1_000_000_000n) / DAY_S);
  const calibratedAtS = (today - CALIBRATED_BEFORE_DAYS) * DAY_S;
  return {
    calibratedAtS,
    calibrationDueS: calibratedAtS + CALIBRATION_DAYS * DAY_S,
    meanPhotonsUncertainty: profile.role === "qtx" ? MEAN_PHOTONS_UNCERTAINTY : null,
    quantumNm,
    serviceNm: SERVICE_NM,
    parts: PARTS[profile.role].map(([name, model]) => ({
      name,
      model,
      serial: createHash("sha256")
        .update(`${profile.serial} ${name}`)
        .digest("hex")
        .slice(0, 8)
        .toUpperCase(),
    })),
    commands: Object.values(COMMANDS)
      .map(({ opcode }) => opcode)
      .sort((a, b) => a - b),
  };
}
