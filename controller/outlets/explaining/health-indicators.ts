import { type Baseline, cellOf, joinTallies, type LinkTally, type Look } from "../../../diagnosis/index.ts";
import { eavesdropperIndicators } from "../../policy/health/eavesdropper-indicators.ts";
import { DEFAULT_THRESHOLDS, type Indicator } from "../../policy/health/indicator.ts";
import { expectationOf } from "../../policy/health/link-expectation.ts";
import type { BlockReport } from "../../sources/distillation/index.ts";

type Judged = Pick<
  BlockReport,
  | "gates"
  | "detections"
  | "siftedZ"
  | "siftedX"
  | "qber"
  | "counts"
  | "secretBits"
  | "doubleClicks"
  | "photocurrentNa"
  | "photocurrentPeakNa"
  | "load"
  | "ones"
  | "openedAtMs"
  | "collectedAtMs"
>;

/** An indicator that is raised, with its figures in a sentence. */
export type RaisedIndicator = Pick<Indicator, "name" | "evidence">;

/**
 * The indicators of an eavesdropper that a site would raise over these counts, by the site's own policy, and light at the
 * transmitter's output beyond the laser's.
 */
export function healthIndicators(
  baseline: Baseline,
  slices: readonly LinkTally[],
  now: Look,
): readonly RaisedIndicator[] {
  const report = reportOf(slices);
  const reports = report.detections > 0 ? [report as BlockReport] : [];
  return indicatorsOfBlocks(baseline, reports, now);
}

/** The same over blocks of a running link; each indicator once, as the newest block shows it. */
export function indicatorsOfBlocks(
  { link, look }: Baseline,
  reports: readonly BlockReport[],
  now: Look,
): readonly RaisedIndicator[] {
  const charge =
    look.chargePerClick === undefined ? null : Math.exp(look.chargePerClick.value) * link.clockHz;
  const expected = expectationOf(link);
  const byName = new Map<string, RaisedIndicator>();
  for (const report of reports)
    for (const { name, evidence } of eavesdropperIndicators(report, expected, charge))
      byName.set(name, { name, evidence });
  const found = [...byName.values()];
  const [was, is] = [look.monitorDb, now.monitorDb];
  if (was === undefined || is === undefined) return found;
  const excess = is.value - was.value;
  if (excess <= DEFAULT_THRESHOLDS.monitorExcessDb) return found;
  const evidence = `output monitor ${excess.toFixed(1)} dB above what the laser accounts for`;
  return [...found, { name: "trojanLight", evidence }];
}

/** Counts in the form in which a site judges a block. */
function reportOf(slices: readonly LinkTally[]): Judged {
  const all = joinTallies(slices);
  const sum = (s: number, k: number, when: (x: number, y: number) => boolean) =>
    [0, 1].reduce(
      (total, x) =>
        total +
        [0, 1].reduce((more, y) => more + (when(x, y) ? (all.cells[cellOf(s, k, x, s, y)] ?? 0) : 0), 0),
      0,
    );
  const classes = [0, 1].flatMap((s) => [0, 1, 2].map((k) => [s, k] as const));
  const sifted = classes.map(([s, k]) => sum(s, k, () => true));
  const errors = classes.map(([s, k]) => sum(s, k, (x, y) => x !== y));
  const ones = (s: number) => [0, 1, 2].reduce((total, k) => total + sum(s, k, (x) => x === 1), 0);
  const of = (list: readonly number[], s: number) =>
    list.slice(3 * s, 3 * s + 3).reduce((total, value) => total + value, 0);
  const rate = (s: number) => of(errors, s) / Math.max(1, of(sifted, s));
  return {
    gates: BigInt(Math.round(all.gates)),
    detections: all.detections,
    siftedZ: of(sifted, 0),
    siftedX: of(sifted, 1),
    qber: { z: rate(0), x: rate(1) },
    counts: { sent: all.sent, sifted, errors },
    secretBits: 0,
    doubleClicks: all.doubleClicks,
    photocurrentNa: all.photocurrentNa,
    photocurrentPeakNa: Math.max(...slices.map(({ photocurrentNa }) => photocurrentNa), 0),
    load: slices.filter(({ gates }) => gates > 0).map(({ gates, detections }) => ({ gates, detections })),
    ones: { z: ones(0), x: ones(1) },
    openedAtMs: 0,
    collectedAtMs: 0,
  };
}
