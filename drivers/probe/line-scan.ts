import type { Parity, SerialAddress } from "../transport/address.ts";

/** Speeds that the command protocol is met at, the usual one first. */
const COMMAND_BAUDS = [3_000_000, 115_200, 921_600, 1_000_000, 2_000_000, 460_800, 230_400, 57_600] as const;
const PARITIES: readonly Parity[] = ["none", "even", "odd"];

/**
 * Settings to try on a serial line whose own are unknown, the likeliest first: every speed without parity, then the
 * rest. Eight data bits, one stop bit: a receiver with one takes lines with two.
 */
export function linesToTry(path: string): readonly SerialAddress[] {
  return PARITIES.flatMap((parity) =>
    COMMAND_BAUDS.map((baud) => ({
      kind: "serial" as const,
      path,
      baud,
      parity,
      dataBits: 8 as const,
      stopBits: 1 as const,
    })),
  );
}
