import { describe, expect, it } from "vitest";
import { RepeatedFailures } from "./repeated-failures.ts";

const failure = (message: string, code = "QKD_PEER_CERTIFICATE") => ({ code, message });

describe("failures that repeat", () => {
  it("are told once at once, together after a second, and then every minute", () => {
    const failures = new RepeatedFailures();
    const a = failure("a");
    expect(Array.from({ length: 1000 }, (_, ms) => failures.isNews(a, ms)).filter(Boolean)).toHaveLength(1);
    expect(failures.due(999)).toEqual([]);
    expect(failures.due(1000)).toEqual([{ failure: a, times: 999, withinMs: 1000 }]);
    expect([failures.isNews(a, 1001), failures.isNews(a, 30_000)]).toEqual([false, false]);
    expect(failures.due(60_999)).toEqual([]);
    expect(failures.due(61_000)).toEqual([{ failure: a, times: 2, withinMs: 60_000 }]);
  });

  it("are news again after a minute without one", () => {
    const failures = new RepeatedFailures();
    expect(failures.isNews(failure("a"), 0)).toBe(true);
    expect(failures.due(1000)).toEqual([]);
    expect(failures.due(61_000)).toEqual([]);
    expect(failures.isNews(failure("a"), 61_001)).toBe(true);
  });

  it("are each told where they differ, until too many do", () => {
    const failures = new RepeatedFailures();
    const told = Array.from({ length: 500 }, (_, index) => failures.isNews(failure(`${index}`), 0));
    expect(told.filter(Boolean)).toHaveLength(33);
    expect(failures.isNews(failure("x", "QKD_AUTH_TAG"), 0)).toBe(true);
    expect(failures.due(1000)).toEqual([{ failure: failure("32"), times: 467, withinMs: 1000 }]);
  });

  it("are news again where they are forgotten", () => {
    const failures = new RepeatedFailures();
    failures.isNews(failure("a"), 0);
    failures.isNews(failure("a", "QKD_AUTH_TAG"), 0);
    failures.forget("QKD_PEER_");
    expect(failures.isNews(failure("a"), 1)).toBe(true);
    expect(failures.isNews(failure("a", "QKD_AUTH_TAG"), 1)).toBe(false);
  });

  it("give up what they counted at the end", () => {
    const failures = new RepeatedFailures();
    failures.isNews(failure("a"), 0);
    failures.isNews(failure("a"), 1);
    expect(failures.rest(500)).toEqual([{ failure: failure("a"), times: 1, withinMs: 500 }]);
    expect(failures.rest(600)).toEqual([]);
  });
});
