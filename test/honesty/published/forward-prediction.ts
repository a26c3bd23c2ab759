import {
  expectedCounts,
  finiteRate,
  type LinkParameters,
  linkPreset,
  type PerIntensity,
  predictLink,
} from "../../../physics/index.ts";
import { T12_SESSION } from "./t12-session.ts";

/** What the model says of the published session, with one standard deviation from what the paper leaves open. */
export interface ForwardPrediction {
  /** The link with the three fitted numbers in it. */
  readonly link: LinkParameters;
  readonly counts: readonly number[];
  readonly countSigmas: readonly number[];
  readonly rateBps: number;
  readonly rateSigmaBps: number;
}

/** Everything that a prediction is made of: published numbers as printed, and the few that are assumed. */
interface Inputs {
  readonly link: LinkParameters;
  readonly seconds: number;
  readonly qber: { readonly z: number; readonly x: number };
  readonly reconciliationEfficiency: number;
}

/** A change of one input by one standard deviation. */
type Shift = (inputs: Inputs) => Inputs;

/** A number printed to a digit of this size is uniform within half of it: that over the root of three. */
const printed = (digit: number) => digit / 2 / Math.sqrt(3);
const onLink =
  (change: (link: LinkParameters) => Partial<LinkParameters>): Shift =>
  (inputs) => ({ ...inputs, link: { ...inputs.link, ...change(inputs.link) } });
const onIntensity = (k: number): Shift =>
  onLink(({ intensities }) => ({
    intensities: intensities.map((mean, i) =>
      i === k ? mean + printed(0.001) : mean,
    ) as unknown as PerIntensity,
  }));

const SHIFTS: readonly Shift[] = [
  onIntensity(0),
  onIntensity(1),
  onIntensity(2),
  onLink(({ detectorEfficiency: [zero, one] }) => ({
    detectorEfficiency: [zero + printed(0.001), one + printed(0.001)],
  })),
  onLink(({ darkCountsPerGate: [zero, one] }) => ({
    darkCountsPerGate: [zero + printed(1e-6), one + printed(1e-6)],
  })),
  onLink(({ afterpulseProbability }) => ({ afterpulseProbability: afterpulseProbability + printed(1e-4) })),
  // A session of "20 minutes" is taken to be right within one per cent: assumed.
  (inputs) => ({ ...inputs, seconds: 1.01 * inputs.seconds }),
  (inputs) => ({ ...inputs, qber: { ...inputs.qber, z: inputs.qber.z + T12_SESSION.qberSigma.z } }),
  (inputs) => ({ ...inputs, qber: { ...inputs.qber, x: inputs.qber.x + T12_SESSION.qberSigma.x } }),
  // The paper does not print its reconciliation efficiency: 1.10 +- 0.05 is assumed.
  (inputs) => ({ ...inputs, reconciliationEfficiency: inputs.reconciliationEfficiency + 0.05 }),
];

/**
 * Fits Bob's loss to the signal count in Z and each basis' misalignment to its signal error rate, and predicts the five
 * other counts and the key rate. Each open input is moved by its standard deviation, with the fit made anew; the changes
 * and the Poisson scatter of the counts add up in squares.
 */
export function forwardPrediction(): ForwardPrediction {
  const inputs: Inputs = {
    link: linkPreset("t12").link,
    seconds: T12_SESSION.seconds,
    qber: T12_SESSION.qber,
    reconciliationEfficiency: 1.1,
  };
  const centre = predicted(inputs);
  const moved = SHIFTS.map((shift) => predicted(shift(inputs)));
  const spread = (of: (one: Prediction) => number, variance: number) =>
    Math.sqrt(moved.reduce((sum, one) => sum + (of(one) - of(centre)) ** 2, variance));
  return {
    ...centre,
    countSigmas: centre.counts.map((count, index) =>
      spread(({ counts }) => counts[index]!, count + T12_SESSION.rounding[index]! ** 2 / 3),
    ),
    rateSigmaBps: spread(({ rateBps }) => rateBps, T12_SESSION.rateRoundingBps ** 2 / 3),
  };
}

interface Prediction {
  readonly link: LinkParameters;
  readonly counts: readonly number[];
  readonly rateBps: number;
}

function predicted(inputs: Inputs): Prediction {
  const link = fitted(inputs);
  const counts = expectedCounts(link, link.clockHz * inputs.seconds).sifted;
  const { rateBps } = finiteRate(link, {
    bound: "t12",
    sessionS: inputs.seconds,
    reconciliationEfficiency: inputs.reconciliationEfficiency,
    epsilonSecrecy: 1e-10,
    epsilonCorrectness: 1e-10,
  });
  return { link, counts, rateBps };
}

function fitted({ link: base, seconds, qber }: Inputs): LinkParameters {
  let link = base;
  // Misalignment hardly moves the gain, and loss hardly the error rate: a few rounds of both settle.
  for (let round = 0; round < 4; round++) {
    const before = link;
    const receiverLossDb = root(0, 10, (db) => {
      const [signal] = expectedCounts({ ...before, receiverLossDb: db }, before.clockHz * seconds).sifted;
      return T12_SESSION.counts[0] - signal!;
    });
    const misalignmentOf = (basis: "z" | "x") =>
      root(0, 0.2, (rate) => {
        const tried = { ...before, receiverLossDb, misalignment: { ...before.misalignment, [basis]: rate } };
        return predictLink(tried).qberPerIntensity[basis][0] - qber[basis];
      });
    link = { ...before, receiverLossDb, misalignment: { z: misalignmentOf("z"), x: misalignmentOf("x") } };
  }
  return link;
}

/** Where a rising function is zero, by halving. */
function root(low: number, high: number, rising: (x: number) => number): number {
  let [from, to] = [low, high];
  for (let i = 0; i < 40; i++) {
    const middle = (from + to) / 2;
    if (rising(middle) > 0) to = middle;
    else from = middle;
  }
  return (from + to) / 2;
}
