import { type ForwardPrediction, forwardPrediction } from "../published/forward-prediction.ts";
import { T12_SESSION } from "../published/t12-session.ts";
import { pointTally } from "../sampling/point-samples.ts";
import { normalTwoSided } from "../statistics/normal-test.ts";
import { AUDIT_POINTS, className, inflationOf } from "../suite/audit-points.ts";
import type { HonestyContext } from "../suite/honesty-context.ts";
import { type Finding, type HonestyTest, shown } from "../suite/honesty-test.ts";
import { RARE } from "../suite/rare.ts";

const PREDICTED = [1, 2, 3, 4, 5] as const;

/** The published session over 50 km as a forward prediction: three numbers fitted, six predicted. */
export const publishedSession: HonestyTest = {
  number: 26,
  title: "published session of T12 over 50 km",
  catches: "a model that obeys itself and no experiment",
  inFull: true,
  limits: {
    fitted: {
      statistic:
        "FITTED: signal count in Z (by Bob's loss), signal error rates (by misalignment); the sampled photons must give them again",
      alpha: RARE,
      checks: 3,
    },
    predicted: {
      statistic:
        "PREDICTED: the five other counts, published over closed form, normal with the uncertainty of the inputs",
      alpha: RARE,
      checks: PREDICTED.length,
    },
    sampled: {
      statistic: "PREDICTED: the same from sampled photons, scaled to 1.2e12 gates",
      alpha: RARE,
      checks: PREDICTED.length,
    },
    rate: { statistic: "PREDICTED: secure key rate, with f_EC assumed", alpha: RARE, checks: 1 },
  },
  async run(context) {
    const prediction = forwardPrediction();
    const { counts, countSigmas, rateBps, rateSigmaBps } = prediction;
    const published = T12_SESSION.counts;
    const findings: Finding[] = PREDICTED.map((index) =>
      compared(
        "predicted",
        `count ${className(index)}, closed form`,
        published[index]!,
        counts[index]!,
        countSigmas[index]!,
      ),
    );
    findings.push(compared("rate", "key rate, bit/s", T12_SESSION.rateBps, rateBps, rateSigmaBps));
    findings.push(...(await sampled(context, prediction)));
    return { findings };
  },
};

function compared(limit: string, what: string, observed: number, expected: number, sigma: number): Finding {
  const score = (observed - expected) / sigma;
  return {
    limit,
    what: `${what}: published ${percent(observed / expected - 1)} off, ${score.toFixed(1)} sigma`,
    pValue: normalTwoSided(score),
    observed: shown(observed),
    expected: `${shown(expected)} +- ${shown(sigma)}`,
  };
}

const percent = (share: number) => `${share < 0 ? "" : "+"}${(100 * share).toFixed(2)} %`;

/** The preset that everybody uses, as its photons come out, scaled to the session's gates. */
async function sampled(context: HonestyContext, { countSigmas }: ForwardPrediction): Promise<Finding[]> {
  const point = AUDIT_POINTS[0];
  const tally = await pointTally(context, point);
  const scale = (point.link.clockHz * T12_SESSION.seconds) / tally.gates;
  const inflation = inflationOf(point.link);
  const scaled = (index: number) => {
    const count = tally.matched[index]!;
    return { count: count * scale, sigma: scale * Math.sqrt(inflation * Math.max(1, count)) };
  };
  const findings = PREDICTED.map((index) => {
    const { count, sigma } = scaled(index);
    const whole = Math.hypot(sigma, countSigmas[index]!);
    return compared(
      "sampled",
      `count ${className(index)}, sampled`,
      T12_SESSION.counts[index]!,
      count,
      whole,
    );
  });
  const signal = scaled(0);
  // The preset's loss is given to a thousandth of a dB, 2.3e-4 of the counts.
  const sigma = Math.hypot(signal.sigma, 2.3e-4 * signal.count);
  findings.push(compared("fitted", "count Zu, sampled", T12_SESSION.counts[0], signal.count, sigma));
  for (const [basis, index] of [
    ["z", 0],
    ["x", 3],
  ] as const) {
    const rate = tally.errors[index]! / tally.matched[index]!;
    const chance = Math.sqrt((inflation * rate * (1 - rate)) / tally.matched[index]!);
    const spread = Math.hypot(chance, T12_SESSION.qberSigma[basis]);
    findings.push(
      compared(
        "fitted",
        `signal error rate in ${basis.toUpperCase()}, sampled`,
        T12_SESSION.qber[basis],
        rate,
        spread,
      ),
    );
  }
  return findings;
}
