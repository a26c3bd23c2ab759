import { predictLink } from "../../../physics/index.ts";
import type { Figure } from "../report/figure.ts";
import { plainClicks } from "../sampling/point-samples.ts";
import { gapsOf, geometricLaw, neighbourCorrelation } from "../statistics/gap-law.ts";
import { FIVE_SIGMA, normalTwoSided } from "../statistics/normal-test.ts";
import { AUDIT_POINTS, withoutAfterpulses } from "../suite/audit-points.ts";
import { type Finding, type HonestyTest, shown } from "../suite/honesty-test.ts";

/** Without afterpulses and dead time, clicks know nothing of each other. */
export const gapLaw: HonestyTest = {
  number: 6,
  title: "gap law",
  catches: "click budgets, batching, clicks spread evenly",
  limits: {
    geometric: {
      statistic: "chi-square of the gaps against the geometric law, 50 cells",
      alpha: 1e-3 / 2,
      checks: 2,
    },
    neighbours: { statistic: "correlation of neighbouring gaps", alpha: FIVE_SIGMA, checks: 2 },
  },
  async run(context) {
    const findings: Finding[] = [];
    const figures: Figure[] = [];
    for (const point of AUDIT_POINTS) {
      const gaps = gapsOf((await plainClicks(context, point)).gate);
      const hazard = predictLink(withoutAfterpulses(point.link)).clicksPerGate;
      const { statistic, freedom, pValue } = geometricLaw(gaps, hazard, 50);
      findings.push({
        limit: "geometric",
        what: `${point.name}, ${gaps.length} gaps`,
        pValue,
        observed: `chi-square ${statistic.toFixed(1)}`,
        expected: `about ${freedom}`,
      });
      const score = neighbourCorrelation(gaps, hazard);
      findings.push({
        limit: "neighbours",
        what: point.name,
        pValue: normalTwoSided(score),
        observed: `${shown(score)} sigma`,
        expected: "0 +- 1 sigma",
      });
      figures.push(gapFigure(point.name, gaps, hazard));
    }
    return { findings, figures };
  },
};

function gapFigure(name: string, gaps: Float64Array, hazard: number): Figure {
  const width = Math.ceil(0.25 / hazard);
  const bins = 24;
  const counts = new Array<number>(bins).fill(0);
  for (const gap of gaps) {
    const bin = Math.floor((gap - 1) / width);
    if (bin < bins) counts[bin]!++;
  }
  const per = gaps.length * width;
  const middle = (bin: number) => (bin + 0.5) * width;
  return {
    title: `Gaps between clicks, ${name}`,
    xLabel: "gates from one click to the next",
    yLabel: "probability per gate",
    logY: true,
    series: [
      {
        name: "geometric law",
        shape: "line",
        points: counts.map((_, bin) => ({
          x: middle(bin),
          y: hazard * Math.exp(middle(bin) * Math.log1p(-hazard)),
        })),
      },
      {
        name: "sampled",
        shape: "points",
        points: counts.flatMap((count, bin) =>
          count > 0 ? [{ x: middle(bin), y: count / per, error: Math.sqrt(count) / per }] : [],
        ),
      },
    ],
    caption: "Without afterpulses and dead time the gaps must fall on a straight line over this scale.",
  };
}
