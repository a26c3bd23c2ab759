import { type AuditPoint, withoutAfterpulses } from "../suite/audit-points.ts";
import type { HonestyContext } from "../suite/honesty-context.ts";
import type { ClassTally } from "./class-tally.ts";
import { type ClickRecord, recordClicks } from "./click-record.ts";
import { type EmittedRecord, recordEmitted } from "./emitted-record.ts";
import { tallyLink } from "./tally-link.ts";

/** The point's link as it is, counted over many gates. */
export function pointTally(context: HonestyContext, point: AuditPoint): Promise<ClassTally> {
  const gates =
    point.name === "T12"
      ? context.sized({ fast: 2e8, full: 1e11 })
      : context.sized({ fast: 2e8, full: 2e10 });
  return tallyLink(context, { name: point.name, link: point.link, gates });
}

/** Clicks in time, with afterpulses. */
export function pointClicks(context: HonestyContext, point: AuditPoint): Promise<ClickRecord> {
  const gates = context.sized({ fast: 6e6, full: 4e8 });
  return recordClicks(context, { name: point.name, link: point.link, gates });
}

/** Clicks in time, without afterpulses. */
export function plainClicks(context: HonestyContext, point: AuditPoint): Promise<ClickRecord> {
  const gates = context.sized({ fast: 6e6, full: 4e8 });
  const name = `${point.name} without afterpulses`;
  return recordClicks(context, { name, link: withoutAfterpulses(point.link), gates });
}

/** Clicks in time without afterpulses and fibre loss, where double clicks are frequent. */
export function brightClicks(context: HonestyContext, point: AuditPoint): Promise<ClickRecord> {
  const gates = context.sized({ fast: 1e6, full: 8e7 });
  const link = { ...withoutAfterpulses(point.link), channelLossDb: 0 };
  return recordClicks(context, { name: `${point.name} at 0 dB`, link, gates });
}

/** Every pulse of consecutive gates. */
export function pointPulses(context: HonestyContext, point: AuditPoint): Promise<EmittedRecord> {
  const gates = context.sized({ fast: 120_000, full: 6_000_000 });
  return recordEmitted(context, { name: point.name, link: point.link, gates });
}
