import { expect, it } from "vitest";
import type { ControllerEvent } from "../events.ts";
import { EpsilonWatch } from "./epsilon-watch.ts";

function watch(budget: ConstructorParameters<typeof EpsilonWatch>[0], attempt = 0) {
  const events: ControllerEvent[] = [];
  let stops = 0;
  const made = new EpsilonWatch(budget, attempt, {
    publish: (event) => events.push(event),
    stop: () => {
      stops += 1;
    },
  });
  const sums = (total: number) => ({
    secrecy: total,
    correctness: 0,
    authentication: 0,
    total,
    attempts: 1,
    blocks: {},
    sinceMs: 0,
    atMs: 7,
    lastYear: total,
    lastDay: total,
  });
  const tell = (total: number) => made.tell(sums(total));
  const obey = (total: number) => made.obey(sums(total));
  return { made, events, tell, obey, stops: () => stops };
}

it("a budget is told when it is low and when it is spent, once each, and stops distillation once if so set", () => {
  for (const stop of [true, false]) {
    const { made, events, tell, stops } = watch({ total: 10, stop });
    for (const total of [1, 7.9]) tell(total);
    expect(events).toEqual([]);
    for (const total of [8, 9, 9.9]) tell(total);
    expect(events).toEqual([
      { type: "epsilonBudget", atMs: 7, level: "low", of: "total", used: 0.8, total: 8 },
    ]);
    expect([stops(), made.stopped]).toEqual([0, false]);
    for (const total of [10, 11]) tell(total);
    expect(events.map((event) => "level" in event && event.level)).toEqual(["low", "spent"]);
    expect([stops(), made.stopped]).toEqual(stop ? [1, true] : [0, false]);
  }
});

it("a budget that is spent at the start stops distillation at once, and is told once somebody listens", () => {
  const { made, events, tell, obey, stops } = watch({ total: 10, stop: true });
  obey(11);
  expect([stops(), made.stopped, events]).toEqual([1, true, []]);
  tell(11);
  expect(events.map((event) => "level" in event && event.level)).toEqual(["low", "spent"]);
  expect(stops()).toBe(1);
});

it("distillation stops before an attempt that might exceed the budget, and as many begin as surely fit", () => {
  const { made, events, tell, stops } = watch({ total: 10, stop: true }, 3);
  tell(7);
  expect(stops()).toBe(0);
  tell(7.1);
  expect([stops(), made.stopped]).toEqual([1, true]);
  expect(events.map((event) => "level" in event && event.level)).toEqual(["low", "spent"]);
  const totals = (total: number) => ({ total, lastYear: 0 }) as Parameters<typeof made.attempts>[0];
  expect([made.attempts(totals(0), 0), made.attempts(totals(3.5), 2), made.attempts(totals(9), 4)]).toEqual([
    3, 4, 4,
  ]);
});

it("what slides out of the year is told again when it comes back, and a stop lasts", () => {
  const { made, events, tell, stops } = watch({ perYear: 10, stop: true });
  for (const total of [10, 5, 8, 10]) tell(total);
  expect(events.map((event) => "level" in event && event.level)).toEqual(["low", "spent", "low", "spent"]);
  expect([stops(), made.stopped]).toEqual([1, true]);
});

it("nothing is told without a budget", () => {
  const { events, tell } = watch({ stop: true });
  tell(1e9);
  expect(events).toEqual([]);
});
