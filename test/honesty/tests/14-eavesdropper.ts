import {
  interceptResendSignature,
  type LinkParameters,
  predictLink,
  transmittanceOfLoss,
} from "../../../physics/index.ts";
import type { Figure } from "../report/figure.ts";
import { tallyLink } from "../sampling/tally-link.ts";
import { binomialTwoSided } from "../statistics/count-tests.ts";
import { fitLine } from "../statistics/line-fit.ts";
import { FIVE_SIGMA, normalTwoSided } from "../statistics/normal-test.ts";
import { AUDIT_POINTS, type AuditPoint, className, withoutAfterpulses } from "../suite/audit-points.ts";
import type { HonestyContext } from "../suite/honesty-context.ts";
import { exactly, type Finding, type HonestyTest, shown } from "../suite/honesty-test.ts";

const FRACTIONS = [0.1, 0.4, 1] as const;
const BIASES = [15 / 16, 0.5] as const;
const BLINDING = { lightMw: 0.5, fakedPerGate: 0.01, basisBias: 0.5 };

/** Each attack moves exactly the observables that physics says (paper 1.10), in proportion to its share of the pulses. */
export const eavesdropper: HonestyTest = {
  number: 14,
  title: "response to an eavesdropper",
  catches: "error rates painted on, attacks that leave no or the wrong trace",
  limits: {
    resend: {
      statistic: "signal QBER per basis under intercept-resend, binomial",
      alpha: FIVE_SIGMA,
      checks: 24,
    },
    linear: {
      statistic: "slope of the QBER over Eve's fraction, both bases and both of her biases",
      alpha: FIVE_SIGMA,
      checks: 8,
    },
    splitting: {
      statistic: "gains under photon-number splitting: u stays, v and w fall; binomial",
      alpha: FIVE_SIGMA,
      checks: 12,
    },
    blinding: {
      statistic: "gains under blinding are alike for all intensities, binomial",
      alpha: FIVE_SIGMA,
      checks: 12,
    },
    telltale: {
      statistic: "under blinding no double click, no error, and a photocurrent ten times as high",
      alpha: 0,
      checks: 6,
    },
  },
  async run(context) {
    const findings: Finding[] = [];
    const figures: Figure[] = [];
    for (const point of AUDIT_POINTS) {
      const resend = await interceptResend(context, point);
      findings.push(...resend.findings);
      figures.push(...resend.figures);
      findings.push(...(await photonSplitting(context, point)), ...(await blinding(context, point)));
    }
    return { findings, figures };
  },
};

async function interceptResend(context: HonestyContext, point: AuditPoint) {
  const link = withoutAfterpulses(point.link);
  const gates = context.sized({ fast: 6e7, full: 3e9 });
  const findings: Finding[] = [];
  const figures: Figure[] = [];
  for (const basisBias of BIASES) {
    const series = { z: [] as FitPoint[], x: [] as FitPoint[] };
    for (const fraction of FRACTIONS) {
      const name = `${point.name}, Eve on ${fraction}, Z with ${basisBias}`;
      const controls = [{ type: "interceptResend", fraction, basisBias }] as const;
      const tally = await tallyLink(context, { name, link, gates, controls });
      const { qber } = interceptResendSignature(link, fraction, basisBias);
      for (const [basis, index] of [
        ["z", 0],
        ["x", 3],
      ] as const) {
        const [clicks, wrong] = [tally.matched[index]!, tally.errors[index]!];
        const expected = qber[basis];
        findings.push({
          limit: "resend",
          what: `${name}, QBER in ${basis.toUpperCase()}`,
          pValue: binomialTwoSided(wrong, clicks, expected),
          observed: shown(wrong / clicks),
          expected: shown(expected),
        });
        series[basis].push({
          x: fraction,
          y: wrong / clicks,
          sigma: Math.sqrt((expected * (1 - expected)) / clicks),
        });
      }
    }
    for (const basis of ["z", "x"] as const) {
      const [none, all] = [0, 1].map(
        (fraction) => interceptResendSignature(link, fraction, basisBias).qber[basis],
      );
      const { slope, slopeSigma } = fitLine(series[basis]);
      findings.push({
        limit: "linear",
        what: `${point.name}, ${basis.toUpperCase()}, Eve in Z with ${basisBias}`,
        pValue: normalTwoSided((slope - (all! - none!)) / slopeSigma),
        observed: shown(slope),
        expected: `${shown(all! - none!)} +- ${shown(slopeSigma)}`,
      });
    }
    figures.push(resendFigure(point.name, basisBias, link, series));
  }
  return { findings, figures };
}

interface FitPoint {
  readonly x: number;
  readonly y: number;
  readonly sigma: number;
}

function resendFigure(
  name: string,
  basisBias: number,
  link: LinkParameters,
  series: { readonly z: readonly FitPoint[]; readonly x: readonly FitPoint[] },
): Figure {
  const theory = (basis: "z" | "x") =>
    [0, 1].map((fraction) => ({
      x: fraction,
      y: interceptResendSignature(link, fraction, basisBias).qber[basis],
    }));
  return {
    title: `Intercept-resend, ${name}, Eve in Z with ${basisBias}`,
    xLabel: "fraction of the pulses attacked",
    yLabel: "signal QBER",
    series: [
      { name: "Z, theory", shape: "line", points: theory("z") },
      { name: "X, theory", shape: "line", points: theory("x") },
      { name: "Z", shape: "points", points: series.z.map(({ x, y, sigma }) => ({ x, y, error: sigma })) },
      { name: "X", shape: "points", points: series.x.map(({ x, y, sigma }) => ({ x, y, error: sigma })) },
    ],
    caption: "An Eve who knows the bias hides in Z and shows in X.",
  };
}

async function photonSplitting(context: HonestyContext, point: AuditPoint): Promise<Finding[]> {
  const link = withoutAfterpulses(point.link);
  const gates = context.sized({ fast: 1e8, full: 5e9 });
  const findings: Finding[] = [];
  for (const fraction of [0.3, 1]) {
    const name = `${point.name}, photon-number splitting of ${fraction}`;
    const controls = [{ type: "photonSplitting", fraction }] as const;
    const tally = await tallyLink(context, { name, link, gates, controls });
    for (const [k, expected] of splitGains(link, fraction).entries()) {
      const clicks = tally.matched[k]! + tally.crossed[k]! + tally.matched[3 + k]! + tally.crossed[3 + k]!;
      const sent = tally.sent[k]! + tally.sent[3 + k]!;
      findings.push({
        limit: "splitting",
        what: `${name}, gain of ${"uvw"[k]}`,
        pValue: binomialTwoSided(clicks, sent, expected),
        observed: shown(clicks / sent),
        expected: shown(expected),
      });
    }
  }
  return findings;
}

/**
 * Gains where Eve blocks vacuum and single photons of the attacked pulses, keeps one photon of every other one, and
 * hands on a share of them without fibre loss, chosen so that the light of the signal stays what it was.
 */
function splitGains(link: LinkParameters, fraction: number): number[] {
  const receiver = transmittanceOfLoss(link.receiverLossDb) * link.detectorEfficiency[0];
  const light = (k: number) =>
    -Math.expm1(-link.intensities[k]! * receiver * transmittanceOfLoss(link.channelLossDb));
  const handedOn = (k: number) => {
    // sum over n >= 2 of P(n) [1 - (1 - receiver)^(n-1)], in closed form.
    const mean = link.intensities[k]!;
    const two = 1 - Math.exp(-mean) * (1 + mean);
    const silent =
      (Math.exp(-mean * receiver) - Math.exp(-mean) * (1 + mean * (1 - receiver))) / (1 - receiver);
    return two - silent;
  };
  const share = Math.min(1, light(0) / handedOn(0));
  const { gains, background } = predictLink(link);
  const quiet = (1 - background[0]) * (1 - background[1]);
  return gains.map((gain, k) => (1 - fraction) * gain + fraction * (1 - quiet * (1 - share * handedOn(k))));
}

async function blinding(context: HonestyContext, point: AuditPoint): Promise<Finding[]> {
  const link = withoutAfterpulses(point.link);
  const gates = context.sized({ fast: 2e7, full: 2e9 });
  const currents = { honest: [] as number[], blinded: [] as number[] };
  const name = `${point.name}, blinded`;
  const controls = [{ type: "blinding", attack: BLINDING }] as const;
  const tally = await tallyLink(context, {
    name,
    link,
    gates,
    controls,
    onPhotocurrentNa: (current) => currents.blinded.push(current),
  });
  await tallyLink(context, {
    name: `${point.name}, not blinded`,
    link,
    gates: 1e6,
    onPhotocurrentNa: (current) => currents.honest.push(current),
  });
  const findings: Finding[] = [];
  for (let index = 0; index < 6; index++) {
    // A click needs Eve's basis to be Bob's; here Bob's is Alice's.
    const bob = index < 3 ? link.bobZProbability : 1 - link.bobZProbability;
    const expected = BLINDING.fakedPerGate * (index < 3 ? BLINDING.basisBias : 1 - BLINDING.basisBias);
    findings.push({
      limit: "blinding",
      what: `${name}, gain of ${className(index)}`,
      pValue: binomialTwoSided(tally.matched[index]!, tally.sent[index]!, expected * bob),
      observed: shown(tally.matched[index]! / tally.sent[index]! / bob),
      expected: shown(expected),
    });
  }
  const errors = tally.errors.reduce((a, b) => a + b, 0);
  const [least, most] = [Math.min(...currents.blinded), Math.max(...currents.honest)];
  return [
    ...findings,
    exactly("telltale", `${name}, double clicks`, tally.doubleClicks === 0, `${tally.doubleClicks}`, "0"),
    exactly("telltale", `${name}, errors`, errors === 0, `${errors}`, "0"),
    exactly(
      "telltale",
      `${name}, photocurrent`,
      least > 10 * most,
      `${shown(least)} nA against ${shown(most)} nA`,
      "ten times as high",
    ),
  ];
}
