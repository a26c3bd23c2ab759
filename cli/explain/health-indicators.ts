import {
  type BlockReport,
  DEFAULT_THRESHOLDS,
  eavesdropperIndicators,
  expectationOf,
  type Indicator,
} from "../../controller/index.ts";
import { type Baseline, cellOf, joinTallies, type LinkTally, type Look } from "../../diagnosis/index.ts";

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

/**
 * The indicators of an eavesdropper that a site would raise over these counts, by the site's own policy, and light at the
 * transmitter's output beyond the laser's.
 */
export function healthIndicators(
  baseline: Baseline,
  slices: readonly LinkTally[],
  now: Look,
): readonly Pick<Indicator, "name" | "evidence">[] {
  const { link, look } = baseline;
  const charge =
    look.chargePerClick === undefined ? null : Math.exp(look.chargePerClick.value) * link.clockHz;
  const report = reportOf(slices);
  const found =
    report.detections > 0 ? eavesdropperIndicators(report as BlockReport, expectationOf(link), charge) : [];
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
