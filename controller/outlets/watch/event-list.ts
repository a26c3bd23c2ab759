import type { EventView } from "../api/index.ts";

/** Events that are kept. */
const KEPT = 256;
/** The same again within this time is counted, not told anew. */
const REPEATED_MS = 60_000;

/** What happened, oldest first, bounded; what is said again and again is one event that counts. */
export interface EventList {
  readonly events: readonly EventView[];
  readonly lastNumber: number;
}

export const NO_EVENTS: EventList = { events: [], lastNumber: 0 };

/** The list with one more event, and the event as it is told: a repeated one keeps its number. Pure. */
export function addEvent(
  list: EventList,
  event: Pick<EventView, "atMs" | "type" | "level" | "text">,
): [EventList, EventView] {
  const same = list.events.findLast(
    (one) => one.type === event.type && shapeOf(one.text) === shapeOf(event.text),
  );
  if (same !== undefined && event.atMs >= same.atMs && event.atMs - same.atMs < REPEATED_MS) {
    const again = { ...same, ...event, times: same.times + 1 };
    return [{ ...list, events: [...list.events.filter((one) => one !== same), again] }, again];
  }
  const told = { ...event, number: list.lastNumber + 1, times: 1 };
  return [{ events: [...list.events, told].slice(-KEPT), lastNumber: told.number }, told];
}

/** A text without what differs from one time to the next: names of blocks, numbers. */
function shapeOf(text: string): string {
  return text.replace(/[0-9a-f]{8,}|[\d.]+/g, "#");
}
