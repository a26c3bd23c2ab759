import { ConfigError } from "../../errors/index.ts";
import { checkArgument, rule } from "../../options/index.ts";

const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc;
});

/**
 * CRC-16/CCITT-FALSE of `bytes[start, end)`: polynomial 0x1021, start value 0xFFFF, nothing reflected. Throws ConfigError
 * QKD_CONFIG_INVALID for what are no such bytes.
 */
export function crc16(bytes: Uint8Array, start = 0, to?: number): number {
  checkArgument("bytes", bytes, rule.bytes);
  const end = to ?? bytes.length;
  if (!(start >= 0 && end <= bytes.length)) throw outside();
  let crc = 0xffff;
  for (let index = start; index < end; index++)
    crc = ((crc << 8) & 0xffff) ^ (TABLE[(crc >> 8) ^ (bytes[index] as number)] as number);
  return crc;
}

function outside(): ConfigError {
  return new ConfigError("QKD_CONFIG_INVALID", "start and end must lie within the bytes", {
    remedy: "correct start and end",
  });
}
