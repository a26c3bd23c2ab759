import { describe, expect, it } from "vitest";
import { sampleCheck, sampleReport, sampleStep } from "../testing/sample-report.ts";
import { draftReasons } from "./draft.ts";
import { renderReport } from "./render-report.ts";

const HASH = "0".repeat(64);

describe("the page of a report", () => {
  it("is a pure function of the report: no script, nothing from elsewhere", () => {
    const page = renderReport(sampleReport(), HASH);
    expect(renderReport(structuredClone(sampleReport()), HASH)).toBe(page);
    expect(page).not.toMatch(/<script|\son\w+=|javascript:|<link|<img|@import|url\((?!#)|https?:/i);
    expect(page).toContain("metro-07");
    expect(page).toContain(HASH.slice(0, 32));
  });

  it("shows texts of the report as texts, wherever they stand", () => {
    const evil = `<script>alert(1)</script>"'&`;
    const plain = sampleReport();
    const check = {
      ...sampleCheck("x", { value: 1, unit: evil, u: 0, n: 1 }, { low: null, high: 2, reference: 0 }),
      name: evil,
      reason: evil,
    };
    const step = {
      ...sampleStep(1, [check]),
      name: evil,
      finding: evil,
      remedy: evil,
      verdict: "fail" as const,
      settings: [
        {
          unit: "alice" as const,
          name: evil,
          unitOfValue: evil,
          found: evil,
          during: [evil],
          left: evil,
          restored: false,
        },
      ],
      plots: [
        {
          title: evil,
          note: evil,
          wide: false,
          x: { label: evil, from: 0, to: 1, log: false, places: [evil] },
          y: { label: evil, from: 0, to: 1, log: false, places: [] },
          series: [{ name: evil, drawn: "points" as const, x: [0.5], y: [0.5], u: [0.1] }],
          lines: [
            { across: "x" as const, at: 0.5, from: null, to: null, label: evil, meaning: "limit" as const },
          ],
        },
      ],
    };
    const page = renderReport(
      sampleReport({
        link: {
          ...plain.link,
          name: evil,
          preset: evil,
          channels: [evil],
          elements: [{ kind: "mux", name: evil, detail: evil, lossDb: null, limitDb: 1 }],
        },
        sites: { alice: evil, bob: evil },
        operator: { name: evil, site: evil },
        units: [
          {
            ...plain.units[0]!,
            serial: evil,
            model: evil,
            firmware: evil,
            parameters: [{ name: evil, value: evil, unit: evil }],
          },
        ],
        instruments: [{ kind: evil, serial: evil, usedIn: [], calibratedOn: null, dueOn: null }],
        conditions: [{ name: evil, text: evil }],
        skipped: [{ number: 1, reason: evil }],
        steps: [step],
      }),
      HASH,
    );
    expect(page).not.toContain("<script");
    expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;");
  });

  it("says DRAFT on each page while nobody has signed, a step was left out, or an instrument is overdue", () => {
    const pages = (text: string) => text.match(/class="page/g)?.length ?? 0;
    const drafts = (text: string) => text.match(/class="page[^"]* draft"/g)?.length ?? 0;
    const due = (dueOn: string) => ({ kind: "OTDR", serial: "1", usedIn: [16], calibratedOn: null, dueOn });
    expect(drafts(renderReport(sampleReport(), HASH))).toBe(0);
    for (const changes of [
      { signers: [] },
      { witness: { name: "W", site: "" } },
      { skipped: [{ number: 22, reason: "asked for" }] },
      { instruments: [due("2026-11-28")] },
    ]) {
      const page = renderReport(sampleReport(changes), HASH);
      expect(draftReasons(sampleReport(changes))).toHaveLength(1);
      expect(drafts(page)).toBe(pages(page));
    }
    expect(draftReasons(sampleReport({ instruments: [due("2026-11-29")] }))).toEqual([]);
  });

  it("gives an unknown verdict its reason", () => {
    const step = { ...sampleStep(8, []), verdict: "unknown" as const, reason: "step 7 did not pass" };
    expect(renderReport(sampleReport({ steps: [step] }), HASH)).toContain("step 7 did not pass");
  });
});
