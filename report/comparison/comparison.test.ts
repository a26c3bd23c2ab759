import { describe, expect, it } from "vitest";
import type { Report } from "../report.ts";
import { sampleCheck, sampleReport, sampleStep } from "../testing/sample-report.ts";
import { compareReports } from "./compare-reports.ts";
import { dayOf } from "./day-of.ts";

function at(loss: number, u: number, day: string, changes: Partial<Report> = {}): Report {
  const check = sampleCheck(
    "lossEndToEnd",
    { value: loss, unit: "dB", u, n: 1 },
    { low: null, high: 7, reference: 5 },
  );
  return sampleReport({ steps: [sampleStep(16, [check])], endedUtc: `${day}T12:00:00.000Z`, ...changes });
}

describe("a comparison of reports", () => {
  it.each([
    ["stable", 5.05, 0.05],
    ["moved", 5.3, 0.05],
    ["drift", 5.7, 0.05],
    ["stable", 5.7, 0.5],
    ["drift", 4.2, 0.05],
  ])("calls it %s when 5.00 dB are now %d dB with u %d", (movement, loss, u) => {
    const [loss1] = compareReports([at(5, u, "2026-01-01")], at(loss, u, "2026-02-01")).checks;
    expect(loss1).toMatchObject({
      movement,
      U: expect.closeTo(2 * Math.SQRT2 * u, 9),
      difference: expect.closeTo(loss - 5, 9),
    });
  });

  it("does not judge what was replaced, and refuses another link", () => {
    const [unit] = sampleReport().units;
    const other = at(6, 0.05, "2026-02-01", { units: [{ ...unit!, serial: "E9999" }] });
    expect(compareReports([at(5, 0.05, "2026-01-01")], other)).toMatchObject({
      replaced: ["alice"],
      checks: [{ movement: "replaced", timeToLimit: null }],
    });
    const newer = at(6, 0.05, "2026-02-01", { units: [{ ...unit!, firmware: "4" }] });
    expect(compareReports([at(5, 0.05, "2026-01-01")], newer).replaced).toEqual(["alice"]);
    const link = { ...sampleReport().link, linkId: "ffff" };
    expect(() => compareReports([at(5, 0.05, "2026-01-01")], at(5, 0.05, "2026-02-01", { link }))).toThrow(
      expect.objectContaining({ code: "QKD_REPORT_DAMAGED" }),
    );
  });

  it("tells from three reports when a limit will be met, with a band around it", () => {
    const reports = [at(5, 0.01, "2026-01-01"), at(5.1, 0.01, "2026-01-11")] as const;
    const [first] = compareReports([...reports], at(5.2, 0.01, "2026-01-21")).checks;
    // A tenth of a decibel in ten days: the 1.8 dB that are left last 180 days.
    expect(first?.timeToLimit?.days).toBeCloseTo(180, 3);
    expect(first?.timeToLimit?.earliestDays).toBeLessThan(180);
    expect(first?.timeToLimit?.latestDays).toBeGreaterThan(180);
    expect(compareReports([reports[0]], reports[1]).checks[0]?.timeToLimit).toBeNull();
    const better = compareReports([at(5.2, 0.01, "2026-01-01"), reports[1]], at(5, 0.01, "2026-01-21"))
      .checks[0];
    expect(better?.timeToLimit?.days).toBeNull();
  });

  it("reckons days as the calendar has them", () => {
    for (const utc of [
      "1970-01-01T00:00:00.000Z",
      "2024-02-29T23:59:59.000Z",
      "2026-11-30T12:00:00.000Z",
      "2100-03-01T00:00:00.000Z",
    ])
      expect(dayOf(utc)).toBeCloseTo(Date.parse(utc) / 86_400_000, 9);
  });
});
