import {
  type ClassicalChannel,
  DEFAULT_NOISE_RECEIVER,
  LINK_PRESETS,
  type LinkParameters,
  multiplexingNoise,
  type NoiseReceiver,
  nanometresOfTerahertz,
} from "../../../physics/index.ts";
import type { Figure } from "../report/figure.ts";
import { tallyLink } from "../sampling/tally-link.ts";
import { fitLine } from "../statistics/line-fit.ts";
import { FIVE_SIGMA } from "../statistics/normal-test.ts";
import type { HonestyContext } from "../suite/honesty-context.ts";
import { exactly, type Finding, type HonestyTest, shown } from "../suite/honesty-test.ts";

const QUANTUM_THZ = 193.7;
const TOLERANCE = 0.05;
/** Few dark counts, so that the noise stands out. */
const LINK: LinkParameters = {
  ...LINK_PRESETS.t12.link,
  afterpulseProbability: 0,
  darkCountsPerGate: [1e-7, 1e-7],
  receiverLossDb: 2,
};

/** Noise of classical channels grows with power and length as scattering and mixing do. */
export const noiseScaling: HonestyTest = {
  number: 17,
  title: "scaling of multiplexing noise",
  catches: "noise as a constant, noise that the sampler does not obey",
  limits: {
    power: {
      statistic:
        "exponent of the sampled noise over launched power: Raman 1, four-wave mixing 3; within 5 %, which is above five sigma",
      alpha: FIVE_SIGMA,
      checks: 2,
    },
    length: {
      statistic:
        "sampled Raman noise over length: forward largest near one attenuation length, backward levelling off; within 5 % of the scattering integral",
      alpha: FIVE_SIGMA,
      checks: 4,
    },
    form: {
      statistic: "closed form: forward peak at 21.7 km of 0.2 dB/km fibre, backward limit, both within 5 %",
      alpha: 0,
      checks: 2,
    },
  },
  async run(context) {
    const raman = (launchDbm: number, direction: "forward" | "backward" = "forward"): ClassicalChannel[] => [
      { frequencyThz: QUANTUM_THZ - 1.2, launchDbm, direction },
    ];
    const mixing = (launchDbm: number): ClassicalChannel[] =>
      [QUANTUM_THZ - 0.2, QUANTUM_THZ - 0.1].map((frequencyThz) => ({
        frequencyThz,
        launchDbm,
        direction: "forward",
      }));
    const ramanPower = await overPower(context, "Raman", raman, [-10, -7, -4, -1], 0);
    const mixingPower = await overPower(context, "four-wave mixing", mixing, [0, 2, 4, 6], 1);
    const lengths = await Promise.all([
      overLength(context, "forward", raman),
      overLength(context, "backward", raman),
    ]);
    return {
      findings: [
        exponent("Raman scattering", 1, ramanPower),
        exponent("four-wave mixing", 3, mixingPower),
        ...lengths.flatMap(({ findings }) => findings),
        ...closedForm(raman),
      ],
      figures: [powerFigure(ramanPower, mixingPower)],
    };
  },
};

interface NoisePoint {
  readonly x: number;
  readonly y: number;
  readonly sigma: number;
}

function receiver(fibreKm: number): NoiseReceiver {
  return {
    ...DEFAULT_NOISE_RECEIVER,
    isolationDb: 200,
    quantumWavelengthNm: nanometresOfTerahertz(QUANTUM_THZ),
    fibreKm,
    quantumDbPerKm: 0.2,
    receiverTransmittance: 10 ** (-LINK.receiverLossDb / 10),
    detectorEfficiency: LINK.detectorEfficiency[0],
  };
}

/** Noise clicks per gate that the sampler gives with the laser off, dark counts taken off. */
async function sampledNoise(
  context: HonestyContext,
  name: string,
  channels: readonly ClassicalChannel[],
  fibreKm: number,
) {
  const gates = context.sized({ fast: 1e8, full: 4e9 });
  const plan = {
    channels,
    quantumWavelengthNm: nanometresOfTerahertz(QUANTUM_THZ),
    fibreKm,
    receiver: { isolationDb: 200 },
  };
  const tally = await tallyLink(context, {
    name: `noise: ${name}`,
    link: LINK,
    gates,
    controls: [
      { type: "laser", on: false },
      { type: "multiplex", plan },
    ],
  });
  const clicks = tally.detections / tally.gates;
  const dark = LINK.darkCountsPerGate[0] + LINK.darkCountsPerGate[1];
  // Two detectors share the noise: clicks = 1 - (1 - noise / 2)^2 but for dark counts.
  return { noise: 2 * (1 - Math.sqrt(1 - clicks)) - dark, sigma: Math.sqrt(tally.detections) / tally.gates };
}

/** log10 of noise over log10 of power. `floor` 1 takes off what Raman scattering of the same channels adds. */
async function overPower(
  context: HonestyContext,
  name: string,
  channels: (dbm: number) => ClassicalChannel[],
  powersDbm: readonly number[],
  floor: 0 | 1,
): Promise<NoisePoint[]> {
  const points: NoisePoint[] = [];
  for (const dbm of powersDbm) {
    const { noise, sigma } = await sampledNoise(context, `${name} at ${dbm} dBm`, channels(dbm), 25);
    const closed = multiplexingNoise(channels(dbm), receiver(25));
    const own = noise - floor * (closed.ramanForward + closed.leakThrough);
    points.push({ x: dbm / 10, y: Math.log10(own), sigma: sigma / own / Math.LN10 });
  }
  return points;
}

function exponent(what: string, expected: number, points: readonly NoisePoint[]): Finding {
  const { slope, slopeSigma } = fitLine(points);
  const sharp = 5 * slopeSigma < TOLERANCE * expected;
  return {
    limit: "power",
    what: sharp ? what : `${what}: the sample is too small`,
    pValue: sharp && Math.abs(slope - expected) < TOLERANCE * expected ? 1 : 0,
    observed: `${shown(slope)} +- ${shown(slopeSigma)}`,
    expected: `${expected} within 5 %`,
  };
}

async function overLength(
  context: HonestyContext,
  direction: "forward" | "backward",
  raman: (dbm: number, direction: "forward" | "backward") => ClassicalChannel[],
) {
  const kilometres = direction === "forward" ? [5, 22, 80] : [5, 50, 150];
  const noise = new Map<number, { noise: number; sigma: number }>();
  for (const km of kilometres)
    noise.set(km, await sampledNoise(context, `${direction} over ${km} km`, raman(3, direction), km));
  const [short, middle, long] = kilometres as [number, number, number];
  const findings = [
    [short, middle],
    [long, middle],
  ].map(([one, other]) => {
    const [a, b] = [noise.get(one!)!, noise.get(other!)!];
    const ratio = a.noise / b.noise;
    const sigma = ratio * Math.hypot(a.sigma / a.noise, b.sigma / b.noise);
    const expected = integral(direction, one!) / integral(direction, other!);
    const sharp = 5 * sigma < TOLERANCE * expected;
    return {
      limit: "length",
      what: `${direction}, ${one} km over ${other} km${sharp ? "" : ": the sample is too small"}`,
      pValue: sharp && Math.abs(ratio - expected) < TOLERANCE * expected ? 1 : 0,
      observed: `${shown(ratio)} +- ${shown(sigma)}`,
      expected: `${shown(expected)} within 5 %`,
    };
  });
  return { findings };
}

/** Scattering integral over the fibre with one attenuation for pump and noise; 0.197 dB/km near 1550 nm. */
function integral(direction: "forward" | "backward", km: number): number {
  const neper = (0.197 * Math.LN10) / 10;
  return direction === "forward" ? km * Math.exp(-neper * km) : -Math.expm1(-2 * neper * km) / (2 * neper);
}

function closedForm(
  raman: (dbm: number, direction: "forward" | "backward") => ClassicalChannel[],
): Finding[] {
  const forward = (km: number) => multiplexingNoise(raman(0, "forward"), receiver(km)).ramanForward;
  const backward = (km: number) => multiplexingNoise(raman(0, "backward"), receiver(km)).ramanBackward;
  let peakKm = 1;
  for (let km = 1; km <= 100; km += 0.1) if (forward(km) > forward(peakKm)) peakKm = km;
  const saturation = backward(150) / backward(500);
  return [
    exactly(
      "form",
      "forward peak",
      Math.abs(peakKm / 21.7 - 1) < TOLERANCE,
      `${peakKm.toFixed(1)} km`,
      "21.7 km within 5 %",
    ),
    exactly(
      "form",
      "backward limit",
      Math.abs(saturation - 1) < TOLERANCE,
      shown(saturation),
      "1 within 5 %",
    ),
  ];
}

function powerFigure(raman: readonly NoisePoint[], mixing: readonly NoisePoint[]): Figure {
  const line = (points: readonly NoisePoint[], slope: number) =>
    points.map(({ x }) => ({ x: 10 * x, y: points[0]!.y + slope * (x - points[0]!.x) }));
  const sampled = (points: readonly NoisePoint[]) =>
    points.map(({ x, y, sigma }) => ({ x: 10 * x, y, error: sigma }));
  return {
    title: "Multiplexing noise against launched power",
    xLabel: "launched power per channel, dBm",
    yLabel: "log10 of noise clicks per gate",
    series: [
      { name: "proportional to P", shape: "line", points: line(raman, 1) },
      { name: "proportional to P cubed", shape: "line", points: line(mixing, 3) },
      { name: "Raman, sampled", shape: "points", points: sampled(raman) },
      { name: "four-wave mixing, sampled", shape: "points", points: sampled(mixing) },
    ],
    caption: "25 km of fibre; mixing with the Raman scattering of its own channels taken off.",
  };
}
