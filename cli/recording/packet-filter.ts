import { InvalidArgumentError } from "commander";
import type { Decoded, DecodedPacket, Plane } from "../../capture/index.ts";

/** Which packets are wanted; what is not named lets all pass. */
export interface PacketWish {
  /** Numbers from 1. */
  readonly unit?: readonly number[];
  /** Names of messages (`status`), kinds (`event`, `damaged`), or the beginning of a name up to a dot (`pqc`). */
  readonly kind?: readonly string[];
  readonly plane?: Plane;
  readonly fromNs?: bigint;
  readonly toNs?: bigint;
}

/** Whether a packet is wanted. */
export function wanted(packet: DecodedPacket, wish: PacketWish): boolean {
  const { unit, plane, fromNs, toNs } = wish;
  return (
    (unit === undefined || unit.includes(packet.facts.unit + 1)) &&
    (plane === undefined || plane === packet.plane) &&
    (fromNs === undefined || packet.atNs >= fromNs) &&
    (toNs === undefined || packet.atNs <= toNs) &&
    wantedKind(packet, wish)
  );
}

/** Whether a message is of a kind that is wanted. */
export function wantedKind({ name, kind }: Decoded, wish: PacketWish): boolean {
  return wish.kind?.some((one) => one === name || one === kind || name.startsWith(`${one}.`)) ?? true;
}

/** Reads a time: a date with or without time of day, UTC unless it says else. In ns since 1970. */
export function timeNs(text: string): bigint {
  const [, seconds = "", fraction = "", zone = ""] =
    /^(\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)?$/.exec(text) ?? [];
  const atMs = Date.parse(`${seconds.replace(" ", "T")}${seconds.length > 10 ? zone || "Z" : ""}`);
  if (Number.isNaN(atMs)) throw new InvalidArgumentError("a date, or a date and time, is needed.");
  return BigInt(atMs) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}
