import type { RegisterDeclaration } from "./register.ts";

const plain = (
  address: number,
  type: "u16" | "u32",
  unit: string,
  meaning: string,
): RegisterDeclaration & { readonly role: "both" } => ({
  address,
  type,
  stepsPerUnit: 1,
  unit,
  role: "both",
  meaning,
});

/** Version of the register map that `mapVersion` tells. */
export const REGISTER_MAP_VERSION = 2;

/** Registers without ranges: state and counters. 32-bit counters start over at 2^32 - 1. */
export const COUNTERS = {
  mapVersion: plain(0, "u16", "", "version of this register map, 2"),
  role: plain(1, "u16", "", "0 transmitter (QTX), 1 receiver (QRX)"),
  state: plain(2, "u16", "", "0 idle, 1 calibrating, 2 online, 3 error"),
  activeAlarms: plain(3, "u16", "", "alarms now raised"),
  uptimeS: plain(4, "u32", "s", "seconds since start"),
  sessionNumber: plain(96, "u32", "", "the running key exchange, 0 if none"),
  framesProduced: plain(98, "u32", "", "frames completed in this key exchange"),
  framesDropped: plain(100, "u32", "", "frames dropped in this key exchange for want of credits"),
  detections: plain(102, "u32", "", "detections in this key exchange"),
  siftableDetections: plain(104, "u32", "", "detections in basis Z in this key exchange"),
  doubleClicks: plain(106, "u32", "", "gates in which both detectors clicked, in this key exchange"),
} as const satisfies Readonly<Record<string, RegisterDeclaration>>;
