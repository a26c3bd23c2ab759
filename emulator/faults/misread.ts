import type { LineSettings } from "../ports/line-settings.ts";
import { receiveAs } from "../ports/uart.ts";
import type { WireDirection } from "./wire-fault.ts";

/** Bytes are taken in parts as short as this, so that the waveform of each stays small. */
const PART_BYTES = 4096;

/** What the other end reads when the device's end of a serial line runs at `deviceBaud` instead of what `line` says. */
export function misread(
  bytes: Uint8Array,
  line: LineSettings,
  deviceBaud: number,
  direction: WireDirection,
): Uint8Array[] {
  const device = { ...line, baud: deviceBaud };
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += PART_BYTES) {
    const part = bytes.subarray(at, at + PART_BYTES);
    const read =
      direction === "toClient"
        ? receiveAs(part, device, line, "keep")
        : receiveAs(part, line, device, "drop");
    if (read.length > 0) pieces.push(read);
  }
  return pieces;
}
