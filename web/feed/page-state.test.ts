import { expect, it } from "vitest";
import type { EventView, LiveView } from "../../controller/outlets/api/index.ts";
import { EMPTY_PAGE, type PageState, pageStep } from "./page-state.ts";

const live = (atMs: number): LiveView =>
  ({
    health: { atMs, qberZ: 0.02, qberX: null, lossDb: null, counts: null, madeBps: null, usedBps: 0 },
    pool: { stocks: [{ origin: "qkd", ownBits: 50, peerBits: 25, halfBits: 100 }] },
  }) as unknown as LiveView;
const play = (times: readonly number[]) =>
  times.reduce<PageState>(
    (state, atMs) => pageStep(state, { type: "live", nowMs: atMs, live: live(atMs) }),
    EMPTY_PAGE,
  );

it("keeps half an hour of points, two seconds apart", () => {
  const { points } = play(Array.from({ length: 4000 }, (_, index) => 1000 * index));
  expect(points.length).toBeLessThanOrEqual(902);
  expect(points.at(-1)).toMatchObject({ qberZ: 0.02, count0: null, ownShare: 0.5, peerShare: 0.25 });
  expect((points[1]?.atMs ?? 0) - (points[0]?.atMs ?? 0)).toBe(2000);
});

it("takes an event once, also where a stream repeats it", () => {
  const event = { number: 3, atMs: 9, type: "linkDegraded", level: "bad", text: "x", times: 1 } as EventView;
  const state = [event, { ...event, times: 2 }, { ...event, number: 4 }].reduce<PageState>(
    (page, one) => pageStep(page, { type: "event", event: one }),
    EMPTY_PAGE,
  );
  expect(state.events.map(({ number, times }) => [number, times])).toEqual([
    [3, 2],
    [4, 1],
  ]);
});

it("asks for the token, and stops asking once it has read", () => {
  const locked = pageStep(EMPTY_PAGE, { type: "locked" });
  expect(locked.locked).toBe(true);
  const all = {
    type: "all",
    nowMs: 1,
    site: {},
    live: live(1),
    points: [],
    events: [],
    explanation: null,
  } as never;
  expect(pageStep(locked, all)).toMatchObject({ locked: false, heardMs: 1 });
});
