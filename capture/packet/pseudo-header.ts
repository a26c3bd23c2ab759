import type { GarbageReason } from "../../protocol/index.ts";

/** What a recorded line carries. */
export type Plane = "session" | "modbus" | "peer";

/** Link types of a capture, from the range that pcap keeps for users (DLT_USER0 and on). */
export const LINK_TYPES: Readonly<Record<Plane, number>> = { session: 147, modbus: 148, peer: 149 };

/** Bytes in front of each packet: version, direction, unit, flags, reason, three zero bytes. */
export const PSEUDO_HEADER_BYTES = 8;
const VERSION = 1;

const DIRECTIONS = { toDevice: 0, fromDevice: 1, said: 2, heard: 3 } as const;
/** Which way a packet went: to or from a unit, or to or from the other site. */
export type PacketDirection = keyof typeof DIRECTIONS;
const DIRECTION_NAMES = Object.keys(DIRECTIONS) as PacketDirection[];

const DAMAGED = 1;
const REDACTED = 2;
const REPEAT = 4;

/** Why bytes were no frame, in the order of their numbers; 0 where a packet is one. */
export const REASONS = [
  "none",
  "noise",
  "header",
  "version",
  "flags",
  "length",
  "payload",
  "incomplete",
  "modbus",
] as const satisfies readonly (GarbageReason | "none" | "modbus")[];
/** Why a damaged packet was no frame. */
export type DamageReason = (typeof REASONS)[number];

/** What is known of a packet beside its bytes. */
export interface PacketFacts {
  readonly direction: PacketDirection;
  /** Number of the unit in the recording, from 0. */
  readonly unit: number;
  /** The bytes were no frame: they are zeros, as many as there were. */
  readonly damaged: boolean;
  /** Something was set to zero. */
  readonly redacted: boolean;
  /** A request that was sent before. */
  readonly repeat: boolean;
  readonly reason: DamageReason;
}

/** The eight bytes in front of a packet. */
export function encodePseudoHeader(facts: PacketFacts): Uint8Array {
  const flags = (facts.damaged ? DAMAGED : 0) | (facts.redacted ? REDACTED : 0) | (facts.repeat ? REPEAT : 0);
  return Uint8Array.of(
    VERSION,
    DIRECTIONS[facts.direction],
    facts.unit,
    flags,
    REASONS.indexOf(facts.reason),
    0,
    0,
    0,
  );
}

/** Reads them; undefined for bytes that are none of this version. */
export function decodePseudoHeader(bytes: Uint8Array): PacketFacts | undefined {
  const [version, direction = 0xff, unit = 0, flags = 0, reason = 0xff] = bytes;
  const name = DIRECTION_NAMES[direction];
  const why = REASONS[reason];
  if (bytes.length < PSEUDO_HEADER_BYTES || version !== VERSION || name === undefined || why === undefined)
    return undefined;
  return {
    direction: name,
    unit,
    damaged: (flags & DAMAGED) !== 0,
    redacted: (flags & REDACTED) !== 0,
    repeat: (flags & REPEAT) !== 0,
    reason: why,
  };
}

/** The plane of a link type, or undefined for one of others. */
export function planeOf(linkType: number): Plane | undefined {
  return (Object.keys(LINK_TYPES) as Plane[]).find((plane) => LINK_TYPES[plane] === linkType);
}
