import { checkArgument, rule } from "../../options/index.ts";

/** CRC-16/MODBUS of `bytes[start, end)`; on the wire its low byte comes first (Modbus over Serial Line 1.02, 6.2.2). */
export function modbusCrc16(bytes: Uint8Array, start = 0, end = bytes?.length): number {
  checkArgument("bytes", bytes, rule.bytes);
  checkArgument("start", start, rule.whole(0, bytes.length));
  checkArgument("end", end, rule.whole(0, bytes.length));
  let crc = 0xffff;
  for (let index = start; index < end; index++) {
    crc ^= bytes[index] ?? 0;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  }
  return crc;
}
