import { choice, count64, f64, messageCodec, optional, u32, u64 } from "../codec/kit.ts";
import { command, event } from "./declaration.ts";

/** What a device is doing. */
export const DEVICE_STATES = { idle: 0, calibrating: 1, online: 2, error: 3 } as const;

const status = messageCodec({
  state: choice(DEVICE_STATES, "what the device is doing"),
  uptimeMs: u64("milliseconds since start"),
  sessionNumber: u32("the running key exchange, 0 if none"),
  qberPpm: optional(u32("ppm"), "running estimate of the error rate over both bases, in ppm"),
  visibility: optional(f64(""), "interference visibility, 0 to 1"),
  countRate0Hz: f64("clicks per second of the detector of bit 0; 0 at a transmitter"),
  countRate1Hz: f64("clicks per second of the detector of bit 1; 0 at a transmitter"),
  laserTemperatureC: optional(f64(""), "laser temperature in degrees Celsius; transmitter"),
  detectorTemperatureC: optional(
    f64(""),
    "temperature of the warmer data detector in degrees Celsius; receiver",
  ),
  internalTemperatureC: f64("temperature inside the housing in degrees Celsius"),
  framesProduced: count64("frames completed in this key exchange"),
  framesSent: count64("frames sent in this key exchange"),
  framesDropped: count64("frames dropped in this key exchange for want of credits"),
  detectionsDropped: count64("detections in the dropped frames"),
  frameErrors: u32("times that bytes were no frame, or a frame no request, since start"),
  requestErrors: u32("requests answered with an error since start"),
  activeAlarms: u32("alarms now raised"),
});

/** The condition of the device on request. */
export const getStatus = command({
  opcode: 0x0030,
  meaning: "condition of the device",
  idempotent: true,
  writes: false,
  request: messageCodec({}),
  reply: status,
});

/** The same at the interval of the parameter `statusIntervalMs`, and at once when the state changes. */
export const statusEvent = event({
  opcode: 0x8030,
  meaning: "condition of the device, every statusIntervalMs and at every change of state",
  event: status,
});
