import { expect, it } from "vitest";
import type { Moment } from "../scenario/moments.ts";
import { DueMoments } from "./due-moments.ts";

const at = (atS: number): Moment => ({ atS, phase: "begins", happening: { event: "cut" }, onWires: false });

it("hands moments out once each, when they are reached", () => {
  const due = new DueMoments([1, 2, 2, 5].map(at));
  const times = (untilS: number) => due.until(untilS).map(({ atS }) => atS);
  expect([times(0.5), times(2), times(2), times(9), times(99)]).toEqual([[], [1, 2, 2], [], [5], []]);
});
