import { describe, expect, it } from "vitest";
import { CohortWindow } from "./cohort-window.ts";

describe("the window of cohorts under way", () => {
  it("shrinks while the processors are busy, but never below two", () => {
    const window = new CohortWindow(24);
    expect(window.size).toBe(8);
    window.adapt(0.05, true);
    expect(window.size).toBe(6);
    for (let i = 0; i < 50; i++) window.adapt(0, true);
    expect(window.size).toBe(2);
  });

  it("grows while processors idle and the window holds work back, up to what was agreed", () => {
    const window = new CohortWindow(24);
    for (let i = 0; i < 50; i++) window.adapt(0, true);
    window.adapt(0.9, false);
    expect(window.size).toBe(2);
    window.adapt(0.9, true);
    expect(window.size).toBe(4);
    for (let i = 0; i < 50; i++) window.adapt(0.9, true);
    expect(window.size).toBe(24);
  });

  it("stays where waiting and work are balanced, and with a single cohort", () => {
    const window = new CohortWindow(24);
    window.adapt(0.12, true);
    expect(window.size).toBe(8);
    const single = new CohortWindow(1);
    single.adapt(0, true);
    expect(single.size).toBe(1);
  });
});
