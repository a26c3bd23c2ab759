import { predictLink } from "../../../physics/index.ts";
import type { Figure } from "../report/figure.ts";
import { tallyLink } from "../sampling/tally-link.ts";
import { randomisedBinomial } from "../statistics/count-tests.ts";
import { uniformity } from "../statistics/uniformity-test.ts";
import { AUDIT_POINTS, type AuditPoint, withoutAfterpulses } from "../suite/audit-points.ts";
import type { HonestyContext } from "../suite/honesty-context.ts";
import { type Finding, type HonestyTest, shown } from "../suite/honesty-test.ts";

/** Statistics whose p-values are collected over the seeds; without afterpulses each is exactly binomial. */
const STATISTICS = [
  "gain of u",
  "gain of v",
  "QBER of u in Z",
  "mismatched bits",
  "double clicks",
  "signals sent",
] as const;

/** Over many seeds p-values are uniform: neither too bad nor too good. */
export const uniformPValues: HonestyTest = {
  number: 19,
  title: "p-values over many seeds",
  catches: "results too good to be sampled, small biases in every run",
  limits: {
    uniform: {
      statistic:
        "Kolmogorov-Smirnov distance of the two-sided p-values of 120 seeds (fast) or 400 (full) from the uniform law",
      alpha: 1e-3 / (2 * STATISTICS.length),
      checks: 2 * STATISTICS.length,
    },
  },
  async run(context) {
    const findings: Finding[] = [];
    const figures: Figure[] = [];
    for (const point of AUDIT_POINTS) {
      const values = await collect(context, point);
      for (const statistic of STATISTICS) {
        const { distance, pValue } = uniformity(values[statistic]);
        findings.push({
          limit: "uniform",
          what: `${point.name}, ${statistic}, ${values[statistic].length} seeds`,
          pValue,
          observed: `distance ${shown(distance)}`,
          expected: `about ${shown(0.87 / Math.sqrt(values[statistic].length))}`,
        });
      }
      figures.push(rankFigure(point.name, values));
    }
    return { findings, figures };
  },
};

type PValues = Record<(typeof STATISTICS)[number], number[]>;

async function collect(context: HonestyContext, point: AuditPoint): Promise<PValues> {
  const values = Object.fromEntries(STATISTICS.map((name) => [name, [] as number[]])) as PValues;
  const link = withoutAfterpulses(point.link);
  const closed = predictLink(link);
  const gates = context.sized({ fast: 1e6, full: 2e7 });
  const seeds = context.sized({ fast: 120, full: 400 });
  for (let run = 0; run < seeds; run++) {
    const name = `uniform ${point.name} ${run}`;
    const tally = await tallyLink(context, { name, link, gates });
    const uniform = uniforms(context.seedFor(`${name} ranks`));
    const of = (k: 0 | 1) => {
      const clicks = tally.matched[k]! + tally.crossed[k]! + tally.matched[3 + k]! + tally.crossed[3 + k]!;
      return randomisedBinomial(clicks, tally.sent[k]! + tally.sent[3 + k]!, closed.gains[k], uniform());
    };
    const sum = (counts: Float64Array) => counts.reduce((a, b) => a + b, 0);
    const signal = point.link.intensityProbabilities[0];
    values["gain of u"].push(of(0));
    values["gain of v"].push(of(1));
    values["QBER of u in Z"].push(
      randomisedBinomial(tally.errors[0]!, tally.matched[0]!, closed.qberPerIntensity.z[0], uniform()),
    );
    values["mismatched bits"].push(
      randomisedBinomial(sum(tally.crossedEqual), sum(tally.crossed), 0.5, uniform()),
    );
    values["double clicks"].push(
      randomisedBinomial(tally.doubleClicks, tally.gates, closed.doubleClicksPerGate, uniform()),
    );
    values["signals sent"].push(
      randomisedBinomial(tally.sent[0]! + tally.sent[3]!, tally.gates, signal, uniform()),
    );
  }
  return values;
}

/** Numbers in (0, 1) from a seed (splitmix64 on its upper bits), apart from everything that the emulator draws. */
function uniforms(seed: bigint): () => number {
  let state = seed;
  return () => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let mixed = BigInt.asUintN(64, (state ^ (state >> 30n)) * 0xbf58476d1ce4e5b9n);
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn);
    return (Number((mixed ^ (mixed >> 31n)) >> 12n) + 0.5) / 2 ** 52;
  };
}

function rankFigure(name: string, values: PValues): Figure {
  return {
    title: `p-values in order, ${name}`,
    xLabel: "share of the seeds",
    yLabel: "p-value",
    series: [
      {
        name: "uniform",
        shape: "line",
        points: [
          { x: 0, y: 0 },
          { x: 1, y: 1 },
        ],
      },
      ...STATISTICS.map((statistic) => ({
        name: statistic,
        shape: "line" as const,
        points: [...values[statistic]]
          .sort((a, b) => a - b)
          .map((y, i, all) => ({ x: (i + 0.5) / all.length, y })),
      })),
    ],
    caption: "Curves hug the diagonal. Results painted on a formula crowd together above it.",
  };
}
