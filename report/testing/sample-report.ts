import { RENDERER } from "../html/render-report.ts";
import type { Check, Report, StepResult } from "../report.ts";
import { judge, type LimitRange, type Quantity } from "../verdict.ts";

/** A check with a measured value, as a step writes it. */
export function sampleCheck(id: string, measured: Quantity, limit: LimitRange): Check {
  const { verdict, margin, U } = judge(measured, limit);
  return {
    id,
    name: id,
    measured,
    limit: { ...limit, origin: "P", ref: "preset" },
    margin,
    U,
    verdict,
    shown: null,
    reason: null,
  };
}

/** A step with its checks. */
export function sampleStep(number: number, checks: readonly Check[]): StepResult {
  return {
    id: `step${number}`,
    number,
    name: `Step ${number}`,
    verdict: checks.find(({ verdict }) => verdict !== "pass")?.verdict ?? "pass",
    reason: null,
    attempt: 1,
    startedUtc: "2026-11-29T14:02:00.000Z",
    endedUtc: "2026-11-29T14:02:10.000Z",
    durationS: 10,
    checks,
    settings: [],
    evidence: [],
    plots: [],
    finding: null,
    remedy: null,
  };
}

/** A small whole report for tests. */
export function sampleReport(changes: Partial<Report> = {}): Report {
  const loss = sampleCheck(
    "lossEndToEnd",
    { value: 5.02, unit: "dB", u: 0.05, n: 100 },
    { low: null, high: 7, reference: 5 },
  );
  return {
    schema: "qkdlink-report/1",
    id: "AR-2026-11-29-0001",
    language: "en",
    startedUtc: "2026-11-29T14:02:00.000Z",
    endedUtc: "2026-11-29T14:12:00.000Z",
    verdict: "pass",
    worstMargin: { step: 16, check: "lossEndToEnd" },
    operator: { name: "Operator 14", site: "Harbour" },
    witness: null,
    signers: [{ role: "operator", name: "Operator 14", publicKey: "ab".repeat(32) }],
    sites: { alice: "Northgate", bob: "Harbour" },
    link: {
      linkId: "0011",
      name: "metro-07",
      preset: "yuan2018",
      clockHz: 1e9,
      lengthKm: 22,
      plan: null,
      elements: [{ kind: "span", name: "Span 1", detail: "22 km", lossDb: 4.4, limitDb: 5.5 }],
      lossLimitDb: 7,
      channels: [],
    },
    units: [
      {
        role: "alice",
        vendor: "maker",
        model: "QTX-1G",
        serial: "E0421",
        firmware: "3.4.1",
        hardware: "C2",
        calibratedOn: null,
        calibrationDueOn: null,
        parts: [{ name: "laser", model: "L1", serial: "7" }],
        parameters: [{ name: "attenuationDb", value: "0", unit: "dB" }],
      },
    ],
    instruments: [],
    tool: { name: "qkdlink", version: "0.1.0", renderer: RENDERER, model: "physics 1" },
    conditions: [],
    steps: [sampleStep(16, [loss])],
    kpi: null,
    raw: [],
    skipped: [],
    raisedAlarms: [],
    untestedAlarms: [0, 1, 2],
    baseline: null,
    ...changes,
  };
}
