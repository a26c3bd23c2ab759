import { choice, f64, fixedBytes, messageCodec, nameSet, record, text8, u16, u32 } from "../codec/kit.ts";
import { command } from "./declaration.ts";

/** Optional parts of the protocol that a device offers, bit 0 first. */
export const CAPABILITIES = [
  "keyExchange",
  "calibration",
  "selfTest",
  "modbusTelemetry",
  "identifyLed",
  "timeSync",
  "deviceLog",
  "factoryReset",
] as const;

/** One optional part of the protocol. */
export type Capability = (typeof CAPABILITIES)[number];

/** Which end of the quantum channel a device is: transmitter (Alice) or receiver (Bob). */
export const ROLES = { qtx: 0, qrx: 1 } as const;

/** Who the device is, what it can do and what it can take. The first command of every session. */
export const identify = command({
  opcode: 0x0002,
  meaning: "who the device is, what it can do, what it can take",
  idempotent: true,
  writes: false,
  request: messageCodec({}),
  reply: messageCodec({
    protocolVersion: u16("version of this protocol that the device speaks, 1"),
    role: choice(ROLES, "end of the quantum channel"),
    vendor: text8("maker"),
    model: text8("type designation"),
    serial: text8("serial number, unique for the maker"),
    firmware: text8("firmware version"),
    hardwareRevision: text8("hardware version"),
    clockHz: f64("gates per second"),
    linkId: fixedBytes(16, "names the pair: the same at both ends of a link"),
    capabilities: nameSet(CAPABILITIES, "optional parts of the protocol that the device offers"),
    limits: record({
      maxPayloadBytes: u32("longest payload that the device accepts or sends"),
      maxDetectionsPerFrame: u32("largest raw-key frame"),
      maxCreditFrames: u32("most frames that may be granted ahead of the acknowledged ones"),
    }),
  }),
});
