import { predictLink } from "../../../physics/index.ts";
import type { Figure } from "../report/figure.ts";
import { pointClicks } from "../sampling/point-samples.ts";
import { DELAYS, hazardAt, type PairExcess, pairExcess } from "../statistics/afterpulse-excess.ts";
import { generalised } from "../statistics/chi-square-test.ts";
import { FIVE_SIGMA, normalTwoSided } from "../statistics/normal-test.ts";
import { AUDIT_POINTS, type AuditPoint, withoutAfterpulses } from "../suite/audit-points.ts";
import { type Finding, type HonestyTest, shown } from "../suite/honesty-test.ts";

/** Clicks follow clicks of the same detector at the delays of the trapped carriers, and only those. */
export const afterpulses: HonestyTest = {
  number: 8,
  title: "afterpulse correlation",
  catches: "afterpulses laid on as more background (no correlation), in the wrong detector, of another decay",
  limits: {
    delays: {
      statistic:
        "pairs of clicks of one detector by delay against the summed hazards a_j, chi-square over 8 delays",
      alpha: 1e-3 / 4,
      checks: 2,
    },
    other: {
      statistic: "the same from one detector to the other, where no afterpulse belongs",
      alpha: 1e-3 / 4,
      checks: 2,
    },
    total: { statistic: "total excess over all delays against p_ap", alpha: FIVE_SIGMA, checks: 2 },
  },
  async run(context) {
    const findings: Finding[] = [];
    const figures: Figure[] = [];
    for (const point of AUDIT_POINTS) {
      const { link, name } = point;
      const record = await pointClicks(context, point);
      const plain = predictLink(withoutAfterpulses(link));
      const base = (plain.clicksPerGate + plain.doubleClicksPerGate) / 2;
      for (const [limit, from] of [
        ["delays", "same"],
        ["other", "other"],
      ] as const) {
        const excess = pairExcess(record, link, base, from);
        const deviation = excess.pairs.map((count, bin) => count - excess.expected[bin]!);
        const { statistic, pValue } = generalised(deviation, excess.covariance);
        findings.push({
          limit,
          what: `${name}, ${record.gate.length} clicks`,
          pValue,
          observed: `chi-square ${statistic.toFixed(1)}`,
          expected: `about ${DELAYS.length}`,
        });
        if (from === "other") continue;
        const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
        const sigma = Math.sqrt(sum(excess.covariance.map(sum)));
        const wanted = sum(excess.expected) - sum(excess.accidental);
        const found = sum(excess.pairs) - sum(excess.accidental);
        findings.push({
          limit: "total",
          what: `${name}, afterpulse probability`,
          pValue: normalTwoSided((found - wanted) / sigma),
          observed: shown((found / wanted) * link.afterpulseProbability),
          expected: `${shown(link.afterpulseProbability)} +- ${shown((sigma / wanted) * link.afterpulseProbability)}`,
        });
        figures.push(excessFigure(point, excess, record.gate.length));
      }
    }
    return { findings, figures };
  },
};

function excessFigure({ name, link }: AuditPoint, excess: PairExcess, clicks: number): Figure {
  const width = (bin: number) => DELAYS[bin]![1] - DELAYS[bin]![0] + 1;
  const middle = (bin: number) => (DELAYS[bin]![0] + DELAYS[bin]![1]) / 2;
  return {
    title: `Afterpulse correlation, ${name}`,
    xLabel: "gates after a click of the same detector",
    yLabel: "excess click probability per gate",
    series: [
      {
        name: "expected from all earlier clicks",
        shape: "line",
        points: excess.expected.map((pairs, bin) => ({
          x: middle(bin),
          y: (pairs - excess.accidental[bin]!) / clicks / width(bin),
        })),
      },
      {
        name: "hazard a_j of one avalanche",
        shape: "line",
        points: Array.from({ length: 60 }, (_, i) => ({ x: i + 1, y: hazardAt(link, i + 1) })),
      },
      {
        name: "sampled",
        shape: "points",
        points: excess.pairs.map((count, bin) => ({
          x: middle(bin),
          y: (count - excess.accidental[bin]!) / clicks / width(bin),
          error: Math.sqrt(excess.covariance[bin]![bin]!) / clicks / width(bin),
        })),
      },
    ],
    caption:
      "The two lines differ by afterpulses of afterpulses. Background without memory would lie at zero.",
  };
}
