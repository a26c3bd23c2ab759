import type { WireFault } from "../faults/wire-fault.ts";
import type { WirePort } from "../faults/wire-port.ts";
import type { SiteName } from "../link/link-fault.ts";
import { MODBUS_EXCEPTION } from "../ports/modbus-bank.ts";
import { checkedSeconds } from "./duration.ts";
import type { TimelineEntry } from "./timeline-entry.ts";
import type { WireEvent, WireEventName } from "./wire-event.ts";

/** A change of a device's lines at a moment of the timeline. */
export type WireStep = {
  readonly atS: number;
  readonly site: SiteName;
  readonly port: WirePort;
} & (
  | { readonly kind: "hangUp" }
  /** What is wrong under that key from now on; undefined when it is over. */
  | { readonly kind: "fault"; readonly key: string; readonly fault: WireFault | undefined }
);

const WIRE_EVENTS = [
  "bitFlips",
  "truncation",
  "duplicates",
  "delay",
  "stall",
  "trickle",
  "halfOpen",
  "hangUp",
  "baudMismatch",
  "modbusException",
] as const satisfies readonly WireEventName[];

/** The steps of one happening; none for an event of physics. */
export function wireSteps(entry: TimelineEntry): WireStep[] {
  const { event, fromS, toS, key } = entry;
  if (!isWireEvent(event)) return [];
  const { site, port } = event;
  if (event.event === "hangUp") return [{ atS: fromS, site, port, kind: "hangUp" }];
  const begins: WireStep = { atS: fromS, site, port, kind: "fault", key, fault: faultOf(event) };
  if (!Number.isFinite(toS)) return [begins];
  return [begins, { atS: toS, site, port, kind: "fault", key, fault: undefined }];
}

function isWireEvent(event: TimelineEntry["event"]): event is TimelineEntry["event"] & WireEvent {
  return (WIRE_EVENTS as readonly string[]).includes(event.event);
}

function faultOf(event: Exclude<WireEvent, { event: "hangUp" }>): WireFault {
  const direction =
    "direction" in event && event.direction !== undefined ? { direction: event.direction } : {};
  switch (event.event) {
    case "bitFlips":
      return { type: event.event, perByte: event.perByte, ...direction };
    case "truncation":
      return { type: event.event, probability: event.probability, ...direction };
    case "duplicates":
      return { type: event.event, probability: event.probability, ...direction };
    case "delay":
      return { type: event.event, ms: checkedSeconds(event.delay) * 1000, ...direction };
    case "stall":
      return { type: event.event, ...direction };
    case "halfOpen":
      return { type: event.event };
    case "trickle":
      return { type: event.event, bytesPerSecond: event.bytesPerSecond, ...direction };
    case "baudMismatch":
      return { type: event.event, baud: event.baud };
    case "modbusException":
      return {
        type: event.event,
        exception: MODBUS_EXCEPTION[event.exception],
        probability: event.probability,
      };
  }
}
