import { WIRE_PORTS } from "../faults/wire-fault.ts";
import { happening } from "./declaration.ts";
import { field } from "./field.ts";
import { site } from "./site-name.ts";
import { TIMELINE_HAPPENINGS, type TimelineEventName } from "./timeline-happenings.ts";

type Lasting = {
  [N in TimelineEventName]: (typeof TIMELINE_HAPPENINGS)[N] extends { readonly lasts?: "no" } ? never : N;
}[TimelineEventName];

const LASTING = Object.values(TIMELINE_HAPPENINGS).flatMap(({ event, lasts }) =>
  lasts === undefined ? [] : [event],
) as [Lasting, ...Lasting[]];

/** Whatever lasts is over before its time, or at last. */
export const end = happening({
  event: "end",
  says: "every one of that event is over; nothing happens where there is none",
  fields: {
    of: field.choice(LASTING, "the event that is over"),
    site: field.optional({ ...site, schema: { ...site.schema, description: "at this end alone" } }),
    port: field.optional(field.choice(WIRE_PORTS, "on this kind of port alone")),
    channel: field.optional(field.name("this channel of the plan alone")),
  },
  liveOnly: true,
  acts: "end",
});
