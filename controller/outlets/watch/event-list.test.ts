import { describe, expect, it } from "vitest";
import { addEvent, type EventList, NO_EVENTS } from "./event-list.ts";

const event = (text: string, atMs = 0, type = "linkDegraded") => ({
  type,
  text,
  atMs,
  level: "warn" as const,
});
const play = (events: readonly ReturnType<typeof event>[]) =>
  events.reduce<EventList>((list, one) => addEvent(list, one)[0], NO_EVENTS);

describe("the list of events", () => {
  it("tells once what is said again and again, and counts it", () => {
    const block = (digit: string, atMs: number) =>
      event(`block ${digit.repeat(32)} is not held by the other site`, atMs);
    const { events } = play([block("a", 0), event("other", 1), block("b", 2), block("c", 50_000)]);
    expect(events.map(({ text, times, number }) => [text.slice(0, 9), times, number])).toEqual([
      ["other", 1, 2],
      ["block ccc", 3, 1],
    ]);
  });

  it("tells anew what comes again later, and what is of another kind", () => {
    expect(play([event("x", 0), event("x", 60_001)]).events).toHaveLength(2);
    expect(play([event("x", 0), event("x", 1, "poolLow"), event("y", 2)]).events).toHaveLength(3);
  });

  it("keeps 256 events", () => {
    const words = Array.from({ length: 300 }, (_, index) =>
      event(`${String.fromCharCode(103 + (index % 20))}`.repeat(index + 1)),
    );
    expect(play(words).events).toHaveLength(256);
    expect(play(words).lastNumber).toBe(300);
  });
});
