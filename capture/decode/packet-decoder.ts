import type { FramingOptions } from "../../protocol/index.ts";
import {
  decodePseudoHeader,
  type PacketFacts,
  type Plane,
  PSEUDO_HEADER_BYTES,
  planeOf,
} from "../packet/pseudo-header.ts";
import type { CapturePacket } from "../pcapng/capture-reader.ts";
import { decodeModbus } from "./decode-modbus.ts";
import { decodePeer } from "./decode-peer.ts";
import { decodeSession } from "./decode-session.ts";
import type { Decoded } from "./decoded.ts";

/** A packet of a recording with what it says. */
export interface DecodedPacket extends Decoded {
  readonly atNs: bigint;
  readonly plane: Plane;
  readonly facts: PacketFacts;
  /** Name of its interface. */
  readonly on: string;
  /** Events that are missing before this one, told by its sequence. */
  readonly eventGap?: number;
}

/**
 * Puts the packets of a recording into words, in their order: what a Modbus reply means hangs on the request before it, and
 * that events are missing on the event before.
 */
export class PacketDecoder {
  readonly #framing: FramingOptions;
  readonly #requests = new Map<number, Uint8Array>();
  readonly #nextEvents = new Map<number, number>();

  constructor(framing: FramingOptions = {}) {
    this.#framing = framing;
  }

  /** Nothing for a packet that no recorder of this kind wrote. */
  decode({ atNs, bytes, interface: from }: CapturePacket): DecodedPacket[] {
    const plane = planeOf(from.linkType);
    const facts = decodePseudoHeader(bytes);
    if (plane === undefined || facts === undefined) return [];
    const frame = bytes.subarray(PSEUDO_HEADER_BYTES);
    return this.#frames(plane, facts, frame).map((decoded) => ({
      ...decoded,
      atNs,
      plane,
      facts,
      on: from.name,
      ...this.#gap(facts, decoded),
    }));
  }

  #frames(plane: Plane, facts: PacketFacts, frame: Uint8Array): Decoded[] {
    if (facts.damaged) return [damaged(frame.length, facts.reason)];
    switch (plane) {
      case "session":
        return decodeSession(frame, this.#framing);
      case "peer":
        return decodePeer(frame);
      case "modbus": {
        const asks = facts.direction === "toDevice";
        if (asks) this.#requests.set(facts.unit, frame);
        return [decodeModbus(frame, asks ? "toDevice" : "fromDevice", this.#requests.get(facts.unit))];
      }
    }
  }

  /** Events are numbered from 0 in each connection, which begins with `identify` (SPEC 4.1, 4.4). */
  #gap({ unit }: PacketFacts, { kind, name, sequence = 0 }: Decoded): { readonly eventGap?: number } {
    if (kind === "request" && name === "identify") this.#nextEvents.delete(unit);
    if (kind !== "event") return {};
    const expected = this.#nextEvents.get(unit);
    this.#nextEvents.set(unit, (sequence + 1) & 0xffff);
    // A connection begins with 0, which may come before the reply to `identify`.
    const missing = expected === undefined || sequence === 0 ? 0 : (sequence - expected) & 0xffff;
    return missing === 0 ? {} : { eventGap: missing };
  }
}

function damaged(bytes: number, reason: string): Decoded {
  const title = `${bytes} bytes passed over: ${reason}`;
  return { name: "damaged", kind: "damaged", title, lines: [], fields: { bytes, reason } };
}
