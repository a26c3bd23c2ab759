import type { HappeningPhase } from "../happenings/happening-news.ts";
import { declarationOf, type TimelineHappening } from "../happenings/happenings.ts";
import type { TimelineEntry } from "./timeline-entry.ts";

/** A moment of the timeline at which an event begins, or at which what lasted is over. */
export interface Moment {
  readonly atS: number;
  readonly phase: HappeningPhase;
  readonly happening: TimelineHappening;
  /** Wires have a clock that also runs while clients give no credit. */
  readonly onWires: boolean;
}

/** The moments of one happening. */
export function momentsOf({ event, fromS, toS }: TimelineEntry): Moment[] {
  const { at: _at, every: _every, times: _times, ...happening } = event;
  const { wire, acts } = declarationOf(event);
  const onWires = wire !== undefined || acts === "hangUp";
  const begins: Moment = { atS: fromS, phase: "begins", happening, onWires };
  return Number.isFinite(toS) && toS > fromS ? [begins, { ...begins, atS: toS, phase: "ends" }] : [begins];
}
