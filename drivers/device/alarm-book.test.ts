import { describe, expect, it } from "vitest";
import { type AlarmBook, reconcileAlarms, takeAlarm } from "./alarm-book.ts";

const wire = (code: number, extra: object = {}) =>
  ({ code, severity: "major", level: "operating", value: code, raisedMs: 0n, text: "", ...extra }) as const;
const EMPTY: AlarmBook = new Map();

describe("the alarm book", () => {
  it("keeps what is raised and forgets what is cleared", () => {
    const [raised, alarm] = takeAlarm(EMPTY, { transition: "raised", ...wire(11) });
    expect(alarm).toMatchObject({ code: 11, name: "internalTemperatureC", raised: true });
    expect([...raised.keys()]).toEqual([11]);
    const [cleared, end] = takeAlarm(raised, { transition: "cleared", ...wire(11) });
    expect(end).toMatchObject({ code: 11, raised: false });
    expect(cleared.size).toBe(0);
  });

  it("tells an alarm whose code it does not know, under its number", () => {
    expect(takeAlarm(EMPTY, { transition: "raised", ...wire(60_000) })[1].name).toBe("alarm60000");
  });

  it("tells only what changed when the device's list arrives", () => {
    const [book] = reconcileAlarms(EMPTY, [wire(1), wire(2), wire(3)]);
    const [next, changes] = reconcileAlarms(book, [
      wire(2),
      { ...wire(3), severity: "critical", level: "absolute" },
      wire(4),
    ]);
    expect(
      changes.map(({ code, raised, severity }) => `${code} ${raised ? "raised" : "cleared"} ${severity}`),
    ).toEqual(["1 cleared major", "3 raised critical", "4 raised major"]);
    expect([...next.keys()]).toEqual([2, 3, 4]);
  });
});
