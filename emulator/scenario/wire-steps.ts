import type { WireFault, WirePort } from "../faults/wire-fault.ts";
import { declarationOf } from "../happenings/happenings.ts";
import type { SiteName } from "../happenings/site-name.ts";
import type { TimelineEntry } from "./timeline-entry.ts";

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

/** The steps of one happening; none for an event that leaves the wires alone. */
export function wireSteps({ event, fromS, toS, key }: TimelineEntry): WireStep[] {
  if (!("port" in event)) return [];
  const { site, port } = event;
  if (event.event === "hangUp") return [{ atS: fromS, site, port, kind: "hangUp" }];
  const fault = declarationOf(event).wire?.(event);
  const begins: WireStep = { atS: fromS, site, port, kind: "fault", key, fault };
  if (!Number.isFinite(toS)) return [begins];
  return [begins, { atS: toS, site, port, kind: "fault", key, fault: undefined }];
}
