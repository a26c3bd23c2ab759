import type { Figure } from "../report/figure.ts";
import type { ClassTally } from "../sampling/class-tally.ts";
import { tallyLink } from "../sampling/tally-link.ts";
import { binomialTwoSided } from "../statistics/count-tests.ts";
import { fitLine } from "../statistics/line-fit.ts";
import { FIVE_SIGMA, normalTwoSided } from "../statistics/normal-test.ts";
import { AUDIT_POINTS, withoutAfterpulses } from "../suite/audit-points.ts";
import { type Finding, type HonestyTest, shown } from "../suite/honesty-test.ts";

const LOSSES_DB = [0, 5, 10, 15, 20] as const;

/** Signal light measured at one loss: mean photoelectrons a gate, ln of it, and its standard deviation. */
interface Light {
  readonly logMean: number;
  readonly sigma: number;
}

/** Transmittances multiply: losses add up, also those that nobody tabulated; no light leaves dark counts alone. */
export const superposition: HonestyTest = {
  number: 12,
  title: "losses superpose",
  catches: "hard-coded tables, losses that act on counts instead of on light",
  limits: {
    product: {
      statistic: "light at 0 + 15 against 5 + 10 dB, and at 0 + 20 against 10 + 10 dB",
      alpha: FIVE_SIGMA,
      checks: 4,
    },
    slope: {
      statistic: "slope of log10(signal light) over 10 to 20 dB against -0.1 per dB",
      alpha: FIVE_SIGMA,
      checks: 2,
    },
    dark: {
      statistic: "clicks without light (laser off; fibre cut) against dark counts, binomial",
      alpha: FIVE_SIGMA,
      checks: 4,
    },
  },
  async run(context) {
    const findings: Finding[] = [];
    const figures: Figure[] = [];
    const gates = context.sized({ fast: 1e8, full: 5e9 });
    for (const point of AUDIT_POINTS) {
      const link = withoutAfterpulses(point.link);
      const [dark0, dark1] = link.darkCountsPerGate;
      const dark = 1 - (1 - dark0) * (1 - dark1);
      for (const [what, control] of [
        ["laser off", { type: "laser", on: false }],
        ["fibre cut", { type: "fibreCut", cut: true }],
      ] as const) {
        const tally = await tallyLink(context, {
          name: `${point.name}, ${what}`,
          link,
          gates,
          controls: [control],
        });
        findings.push({
          limit: "dark",
          what: `${point.name}, ${what}`,
          pValue: binomialTwoSided(tally.detections, tally.gates, dark),
          observed: shown(tally.detections / tally.gates),
          expected: shown(dark),
        });
      }
      const light = new Map<number, Light>();
      for (const channelLossDb of LOSSES_DB) {
        const name = `${point.name} at ${channelLossDb} dB, plain`;
        light.set(
          channelLossDb,
          lightOf(await tallyLink(context, { name, link: { ...link, channelLossDb }, gates }), dark),
        );
      }
      for (const [a, b, c, d] of [
        [0, 15, 5, 10],
        [0, 20, 10, 10],
      ] as const) {
        const parts = [a, b, c, d].map((db) => light.get(db)!);
        const difference = parts[0]!.logMean + parts[1]!.logMean - parts[2]!.logMean - parts[3]!.logMean;
        const variances = parts.map(({ sigma }) => sigma ** 2);
        const variance =
          variances[0]! + variances[1]! + (c === d ? 4 * variances[2]! : variances[2]! + variances[3]!);
        findings.push({
          limit: "product",
          what: `${point.name}, ${a} + ${b} against ${c} + ${d} dB`,
          pValue: normalTwoSided(difference / Math.sqrt(variance)),
          observed: `ratio ${shown(Math.exp(difference))}`,
          expected: `1 +- ${shown(Math.sqrt(variance))}`,
        });
      }
      const points = LOSSES_DB.map((x) => {
        const { logMean, sigma } = light.get(x)!;
        return { x, y: logMean / Math.LN10, sigma: sigma / Math.LN10 };
      });
      const { slope, slopeSigma } = fitLine(points.filter(({ x }) => x >= 10));
      findings.push({
        limit: "slope",
        what: point.name,
        pValue: normalTwoSided((slope + 0.1) / slopeSigma),
        observed: shown(slope),
        expected: `-0.1 +- ${shown(slopeSigma)}`,
      });
      figures.push(lossFigure(point.name, points));
    }
    return { findings, figures };
  },
};

/** Q = 1 - (1 - dark) exp(-mean) for the signal, whatever the bases. */
function lightOf(tally: ClassTally, dark: number): Light {
  const clicks = tally.matched[0]! + tally.crossed[0]! + tally.matched[3]! + tally.crossed[3]!;
  const sent = tally.sent[0]! + tally.sent[3]!;
  const gain = clicks / sent;
  const mean = Math.log1p(-dark) - Math.log1p(-gain);
  return { logMean: Math.log(mean), sigma: Math.sqrt(gain / (1 - gain) / sent) / mean };
}

function lossFigure(name: string, points: readonly { x: number; y: number; sigma: number }[]): Figure {
  const anchor = points[0]!;
  return {
    title: `Signal light against loss, ${name}`,
    xLabel: "loss of the fibre, dB",
    yLabel: "log10 of photoelectrons per signal pulse",
    series: [
      { name: "-0.1 per dB", shape: "line", points: points.map(({ x }) => ({ x, y: anchor.y - x / 10 })) },
      { name: "sampled", shape: "points", points: points.map(({ x, y, sigma }) => ({ x, y, error: sigma })) },
    ],
    caption: "Dark counts are taken off; light alone must fall by a tenth of a decade per decibel.",
  };
}
