import { predictLink } from "../../../physics/index.ts";
import type { Figure } from "../report/figure.ts";
import { pointTally } from "../sampling/point-samples.ts";
import { tallyLink } from "../sampling/tally-link.ts";
import { chiSquareTwoSided } from "../statistics/chi-square-test.ts";
import { binomialTwoSided } from "../statistics/count-tests.ts";
import { FIVE_SIGMA } from "../statistics/normal-test.ts";
import { AUDIT_POINTS, className, inflationOf, withoutAfterpulses } from "../suite/audit-points.ts";
import type { HonestyContext } from "../suite/honesty-context.ts";
import { type Finding, type HonestyTest, shown } from "../suite/honesty-test.ts";

const BLOCKS = 40;

/** Gains agree with the closed form, and their scatter is that of independent clicks: it falls as one over root N. */
export const gains: HonestyTest = {
  number: 4,
  title: "gains and their scatter",
  catches: "gains painted from a formula with noise laid on, wrong losses or backgrounds",
  limits: {
    gain: {
      statistic: "matched clicks of each intensity and basis, binomial, variance inflated by 1 + 2 p_ap",
      alpha: FIVE_SIGMA,
      checks: 12,
    },
    scatter: {
      statistic: `scatter of the clicks of u in Z over ${BLOCKS} blocks without afterpulses, short and ten times longer: chi-square, two-sided (too smooth fails too)`,
      alpha: 1e-3 / 4,
      checks: 4,
    },
  },
  async run(context) {
    const findings: Finding[] = [];
    const figures: Figure[] = [];
    for (const point of AUDIT_POINTS) {
      const { link, name } = point;
      const tally = await pointTally(context, point);
      const closed = predictLink(link);
      for (let index = 0; index < 6; index++) {
        const bob = index < 3 ? link.bobZProbability : 1 - link.bobZProbability;
        const trials = tally.sent[index]! * bob;
        const gain = closed.gains[index % 3]!;
        findings.push({
          limit: "gain",
          what: `${name}, ${className(index)}, ${tally.matched[index]} clicks`,
          pValue: binomialTwoSided(tally.matched[index]!, tally.sent[index]!, gain * bob, inflationOf(link)),
          observed: shown(tally.matched[index]! / trials),
          expected: shown(gain),
        });
      }
      const short = context.sized({ fast: 500_000, full: 2_000_000 });
      for (const gates of [short, 10 * short]) findings.push(await scatter(context, point, gates));
      figures.push(ratios(name, tally, closed.gains, link.bobZProbability));
    }
    return { findings, figures };
  },
};

async function scatter(
  context: HonestyContext,
  point: (typeof AUDIT_POINTS)[number],
  gates: number,
): Promise<Finding> {
  const link = withoutAfterpulses(point.link);
  const probability = predictLink(link).gains[0] * link.bobZProbability;
  let statistic = 0;
  for (let block = 0; block < BLOCKS; block++) {
    const tally = await tallyLink(context, { name: `scatter ${point.name} ${gates} ${block}`, link, gates });
    const mean = tally.sent[0]! * probability;
    statistic += (tally.matched[0]! - mean) ** 2 / (mean * (1 - probability));
  }
  return {
    limit: "scatter",
    what: `${point.name}, ${BLOCKS} blocks of ${gates / 1e6} million gates`,
    pValue: chiSquareTwoSided(statistic, BLOCKS),
    observed: `chi-square ${statistic.toFixed(1)}`,
    expected: `${BLOCKS} +- ${Math.sqrt(2 * BLOCKS).toFixed(0)}`,
  };
}

function ratios(
  name: string,
  tally: { readonly matched: Float64Array; readonly sent: Float64Array },
  expected: readonly number[],
  bobZ: number,
): Figure {
  const basis = (first: number, bob: number) =>
    [0, 1, 2].flatMap((k) => {
      const count = tally.matched[first + k]!;
      if (count === 0) return [];
      const mean = tally.sent[first + k]! * bob * expected[k]!;
      return [{ x: k + (first === 0 ? -0.06 : 0.06), y: count / mean, error: Math.sqrt(count) / mean }];
    });
  return {
    title: `Gains over closed form, ${name}`,
    xLabel: "intensity: 0 = u, 1 = v, 2 = w",
    yLabel: "sampled / closed form",
    series: [
      {
        name: "closed form",
        shape: "line",
        points: [
          { x: -0.4, y: 1 },
          { x: 2.4, y: 1 },
        ],
      },
      { name: "Z", shape: "points", points: basis(0, bobZ) },
      { name: "X", shape: "points", points: basis(3, 1 - bobZ) },
    ],
    caption: "Error bars are one standard deviation; two of three should reach the line.",
  };
}
