import type { Figure } from "../report/figure.ts";
import { pointPulses } from "../sampling/point-samples.ts";
import { pearson } from "../statistics/chi-square-test.ts";
import { poissonTwoSided } from "../statistics/count-tests.ts";
import { AUDIT_POINTS, INTENSITY_NAMES } from "../suite/audit-points.ts";
import type { Finding, HonestyTest } from "../suite/honesty-test.ts";

const CELLS = 6;

/** Photons leaving Alice follow a Poisson law of each intensity's mean (physics paper 1.1). */
export const photonNumber: HonestyTest = {
  number: 1,
  title: "photon number per intensity",
  catches: "sources of a fixed photon number, of another mean, thermal sources",
  limits: {
    poisson: {
      statistic:
        "chi-square of n = 0, 1, 2, 3, 4, 5 and more against Poisson (exact on the sum where n > 0 is rare)",
      alpha: 1e-3 / 6,
      checks: 6,
    },
  },
  async run(context) {
    const findings: Finding[] = [];
    const figures: Figure[] = [];
    for (const point of AUDIT_POINTS) {
      const { settings, photons } = await pointPulses(context, point);
      const counts = INTENSITY_NAMES.map(() => new Array<number>(CELLS).fill(0));
      const sums = [0, 0, 0];
      for (let i = 0; i < settings.length; i++) {
        const k = (settings[i]! >>> 2) & 3;
        counts[k]![Math.min(CELLS - 1, photons[i]!)]!++;
        sums[k]! += photons[i]!;
      }
      for (const [k, observed] of counts.entries()) {
        const mean = point.link.intensities[k]!;
        const pulses = observed.reduce((a, b) => a + b, 0);
        const expected = poissonCells(mean).map((probability) => probability * pulses);
        const { statistic, freedom, pValue } = pearson(observed, expected);
        const rare = freedom === 0;
        findings.push({
          limit: "poisson",
          what: `${point.name}, ${INTENSITY_NAMES[k]} = ${mean}, ${pulses} pulses`,
          pValue: rare ? poissonTwoSided(sums[k]!, pulses * mean) : pValue,
          observed: rare ? `${sums[k]} photons` : `chi-square ${statistic.toFixed(1)}`,
          expected: rare ? `${(pulses * mean).toFixed(1)} photons` : `about ${freedom}`,
        });
        if (point.name === "audit") figures.push(histogram(INTENSITY_NAMES[k]!, mean, observed, pulses));
      }
    }
    return { findings, figures };
  },
};

function poissonCells(mean: number): number[] {
  const cells: number[] = [];
  let term = Math.exp(-mean);
  let rest = 1;
  for (let n = 0; n < CELLS - 1; n++) {
    cells.push(term);
    rest -= term;
    term *= mean / (n + 1);
  }
  // 1 - sum cancels for small means; the tail's own first terms do not.
  const tail = term * (1 + mean / CELLS + mean ** 2 / (CELLS * (CELLS + 1)));
  return [...cells, mean < 1 ? tail : rest];
}

function histogram(name: string, mean: number, observed: readonly number[], pulses: number): Figure {
  return {
    title: `Photon number, ${name} = ${mean}`,
    xLabel: "photons leaving Alice (5: five or more)",
    yLabel: "share of pulses",
    logY: true,
    series: [
      {
        name: "sampled",
        shape: "bars",
        points: observed.flatMap((count, x) =>
          count > 0 ? [{ x, y: count / pulses, error: Math.sqrt(count) / pulses }] : [],
        ),
      },
      {
        name: "Poisson",
        shape: "points",
        points: poissonCells(mean)
          .map((y, x) => ({ x, y }))
          .filter(({ y }) => y * pulses > 0.3),
      },
    ],
    caption: "Bars end at the rings: the source emits Poisson light. A thermal source has a longer tail.",
  };
}
