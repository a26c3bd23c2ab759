import { describe, expect, it } from "vitest";
import { COUNTED_STEP_MS, type Expiry, NO_WAITS, type Wait, waitsStep } from "./waits.ts";

const wait = (change: Partial<Wait> = {}): Wait => ({
  awaited: "seed",
  sequence: 1,
  mark: "a",
  limitMs: 2000,
  of: "peer",
  excusable: false,
  ...change,
});

/** Steps a quarter of a second apart; what expired in each. */
function run(due: readonly (readonly Wait[])[], everyMs = 250): (Expiry | null)[] {
  let state = NO_WAITS;
  return due.map((waits, index) => {
    const [next, expiry] = waitsStep(state, waits, 10_000 + everyMs * index);
    state = next;
    return expiry;
  });
}
const expired = (result: readonly (Expiry | null)[]) => result.findIndex((expiry) => expiry !== null);

describe("waits", () => {
  it("end when the limit is passed, not when it is reached", () => {
    const result = run(Array.from({ length: 12 }, () => [wait()]));
    expect(expired(result)).toBe(9);
    expect(result[9]).toMatchObject({ waitedMs: 2250, wait: { awaited: "seed" } });
  });

  it("begin anew with progress, and when they were over in between", () => {
    expect(expired(run(Array.from({ length: 40 }, (_, i) => [wait({ mark: String(i >> 3) })])))).toBe(-1);
    expect(expired(run(Array.from({ length: 40 }, (_, i) => (i % 8 === 7 ? [] : [wait()]))))).toBe(-1);
  });

  it("are told apart by what is awaited and by block", () => {
    const due = Array.from({ length: 40 }, (_, i) => [
      wait({ sequence: i >> 3 }),
      wait({ awaited: `${i >> 3}` }),
    ]);
    expect(expired(run(due))).toBe(-1);
  });

  it("blame nobody for the time in which this site stood still, or for a clock that is set", () => {
    expect(
      expired(
        run(
          Array.from({ length: 3 }, () => [wait()]),
          1e9,
        ),
      ),
    ).toBe(-1);
    expect(
      run(
        Array.from({ length: 4 }, () => [wait()]),
        1e9,
      )[3]?.waitedMs,
    ).toBe(3 * COUNTED_STEP_MS);
    expect(
      expired(
        run(
          Array.from({ length: 40 }, () => [wait()]),
          -5,
        ),
      ),
    ).toBe(-1);
  });

  it("tell the one that is furthest beyond its limit", () => {
    const due = [wait({ awaited: "late", limitMs: 100 }), wait({ awaited: "later", limitMs: 50 })];
    expect(run([due, due])[1]?.wait.awaited).toBe("later");
    expect(run([due, due].map((waits) => waits.toReversed()))[1]?.wait.awaited).toBe("later");
  });
});
