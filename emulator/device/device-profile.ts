import { createHash } from "node:crypto";

/** End of the quantum channel. */
export type Role = "qtx" | "qrx";

/** What a device says of itself. */
export interface DeviceProfile {
  readonly role: Role;
  readonly vendor: string;
  readonly model: string;
  readonly serial: string;
  readonly firmware: string;
  readonly hardwareRevision: string;
  readonly clockHz: number;
  /** 16 bytes, the same at both ends. */
  readonly linkId: Uint8Array;
}

/** Largest raw-key frame: the transmitter's four planes of it fill half the payload limit. */
export const MAX_DETECTIONS_PER_FRAME = 1 << 20;

/** The profile of one end of an emulated link: serial numbers and link id follow from the seed. */
export function emulatedProfile(role: Role, clockHz: number, seed: bigint): DeviceProfile {
  const digest = createHash("sha256").update(`qkdlink emulated pair ${seed}`).digest();
  const number = digest.readUInt32BE(16 + (role === "qtx" ? 0 : 4)) % 1_000_000;
  return {
    role,
    vendor: "qkdlink",
    model: role === "qtx" ? "EMU-QTX" : "EMU-QRX",
    serial: `E${role === "qtx" ? "T" : "R"}${String(number).padStart(6, "0")}`,
    firmware: "1.0.0",
    hardwareRevision: "emulated",
    clockHz,
    linkId: Uint8Array.from(digest.subarray(0, 16)),
  };
}
