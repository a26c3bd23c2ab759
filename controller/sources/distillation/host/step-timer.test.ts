import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StepTimer } from "./step-timer.ts";

let calls = 0;
let timer: StepTimer;
beforeEach(() => {
  vi.useFakeTimers();
  calls = 0;
  timer = new StepTimer(() => calls++);
});
afterEach(() => void vi.useRealTimers());

describe("step timer", () => {
  it("calls once, when due", () => {
    timer.ask(0, 5);
    timer.ask(0, 5);
    expect(timer.waits).toBe(true);
    vi.advanceTimersByTime(4);
    expect(calls).toBe(0);
    vi.advanceTimersByTime(1);
    expect(calls).toBe(1);
    expect(timer.waits).toBe(false);
    vi.advanceTimersByTime(100);
    expect(calls).toBe(1);
  });

  it("keeps the earliest of several times", () => {
    timer.ask(0, 5);
    timer.ask(1, 9);
    timer.ask(1, 2);
    timer.ask(1, 3);
    vi.advanceTimersByTime(2);
    expect(calls).toBe(1);
    vi.advanceTimersByTime(100);
    expect(calls).toBe(1);
  });

  it("calls without delay after the caller's turn", () => {
    timer.ask(0, 5);
    timer.ask(0, 0);
    expect(calls).toBe(0);
    vi.advanceTimersByTime(0);
    expect(calls).toBe(1);
  });

  it("may be asked again by what it calls", () => {
    timer = new StepTimer(() => {
      if (++calls < 3) timer.ask(calls, 1);
    });
    timer.ask(0, 1);
    vi.advanceTimersByTime(100);
    expect(calls).toBe(3);
  });
});
