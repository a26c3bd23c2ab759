import { rule } from "../../options/index.ts";
import type { FrameEvent } from "../../protocol/index.ts";

/** Which way something went on a line. */
export type WireDirection = "toDevice" | "fromDevice";

/**
 * Who is told of everything that passes the lines of a device, in the moment in which it passes: for recordings. What it
 * is told may be raw key and belongs to the driver: a tap changes nothing, keeps nothing of it that it has not
 * redacted, and never throws.
 */
export interface WireTap {
  /** A frame of the session plane, or bytes that were none. */
  session(direction: WireDirection, event: FrameEvent): void;
  /** Unit, function, data and CRC of a Modbus frame, whatever the line; `whole` is false for bytes that were none. */
  modbus(direction: WireDirection, frame: Uint8Array, whole: boolean): void;
}

export const WIRE_TAP = rule.having(["session", "modbus"], "the functions session and modbus");
