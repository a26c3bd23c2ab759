import {
  type ClassicalChannel,
  DEFAULT_NOISE_RECEIVER,
  fibreAttenuationDbPerKm,
  LINK_PRESETS,
  type LinkParameters,
  type LinkPreset,
  multiplexingNoise,
  predictLink,
  transmittanceOfLoss,
} from "../../../physics/index.ts";
import type { Figure } from "../report/figure.ts";
import { ClassTally } from "../sampling/class-tally.ts";
import { chiSquareTwoSided } from "../statistics/chi-square-test.ts";
import { binomialTwoSided } from "../statistics/count-tests.ts";
import { FIVE_SIGMA } from "../statistics/normal-test.ts";
import { BASES, className, INTENSITY_NAMES, inflationOf } from "../suite/audit-points.ts";
import type { HonestyContext } from "../suite/honesty-context.ts";
import { type Finding, type HonestyTest, shown } from "../suite/honesty-test.ts";

const LOSSES_DB = [0, 5, 10, 15] as const;
const SETTINGS = Object.keys(LINK_PRESETS).length * LOSSES_DB.length;
/** Gates over which the drifting phase is constant in the emulator; frames are cut there, so that each has one phase. */
const SLICE_GATES = 2 ** 20;
const DRIFT = { relaxationPerS: 200, diffusionRadPerSqrtS: 2.4 } as const;
/** Eight channels of a coherent system and its service channel back. */
const CHANNELS: readonly ClassicalChannel[] = [
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((n) => ({
    frequencyThz: 192.1 + n / 10,
    launchDbm: -6,
    direction: "forward" as const,
  })),
  { frequencyThz: 191.9, launchDbm: -6, direction: "backward" },
];

/** Emulator and closed form agree for every preset at every loss, with classical channels lit and the phase drifting. */
export const presets: HonestyTest = {
  number: 18,
  title: "presets against the closed form, with multiplexing noise and phase drift",
  catches: "agreement at the calibration point alone, noise or drift that acts otherwise than predicted",
  limits: {
    gain: {
      statistic: "gain of u, v, w over both bases, binomial, variance inflated by 1 + 2 p_ap",
      alpha: FIVE_SIGMA,
      checks: 3 * SETTINGS,
    },
    qber: {
      statistic:
        "QBER of u, v, w in Z and X against the closed form averaged over the phases that the drift took, binomial, inflated alike",
      alpha: FIVE_SIGMA,
      checks: 6 * SETTINGS,
    },
    drift: {
      statistic: "steps of the phase against the Ornstein-Uhlenbeck law, chi-square, two-sided",
      alpha: 1e-4 / SETTINGS,
      checks: SETTINGS,
    },
  },
  async run(context) {
    const findings: Finding[] = [];
    const figures: Figure[] = [];
    for (const [name, preset] of Object.entries(LINK_PRESETS)) {
      const curves = new Curves();
      for (const db of LOSSES_DB) findings.push(...(await compare(context, name, preset, db, curves)));
      figures.push(
        ...curves.figures(name, (db) =>
          predictLink({ ...preset.link, channelLossDb: db, noisePerGate: noiseAt(preset, db) }),
        ),
      );
    }
    return { findings, figures };
  },
};

function fibreKmAt(preset: LinkPreset, db: number): number {
  return db / preset.fibreDbPerKm;
}

function noiseAt(preset: LinkPreset, db: number): number {
  return multiplexingNoise(CHANNELS, {
    ...DEFAULT_NOISE_RECEIVER,
    quantumWavelengthNm: preset.quantumWavelengthNm,
    quantumDbPerKm: fibreAttenuationDbPerKm(preset.quantumWavelengthNm),
    fibreKm: fibreKmAt(preset, db),
    receiverTransmittance: transmittanceOfLoss(preset.link.receiverLossDb),
    detectorEfficiency: preset.link.detectorEfficiency[0],
  }).total;
}

async function compare(
  context: HonestyContext,
  name: string,
  preset: LinkPreset,
  channelLossDb: number,
  curves: Curves,
): Promise<Finding[]> {
  const link = { ...preset.link, channelLossDb };
  const label = `${name} at ${channelLossDb} dB`;
  const { tally, phases } = await drifting(context, label, preset, link);
  const noisePerGate = noiseAt(preset, channelLossDb);
  const cosine = phases.reduce((sum, phase) => sum + Math.cos(phase), 0) / phases.length;
  const tilted = (misalignment: number) => (1 - (1 - 2 * misalignment) * cosine) / 2;
  const closed = predictLink({
    ...link,
    noisePerGate,
    misalignment: { z: tilted(link.misalignment.z), x: tilted(link.misalignment.x) },
  });
  const inflation = inflationOf(link);
  const findings: Finding[] = [];
  for (const k of [0, 1, 2] as const) {
    const clicks = tally.matched[k]! + tally.crossed[k]! + tally.matched[3 + k]! + tally.crossed[3 + k]!;
    const sent = tally.sent[k]! + tally.sent[3 + k]!;
    findings.push({
      limit: "gain",
      what: `${label}, gain of ${INTENSITY_NAMES[k]}`,
      pValue: binomialTwoSided(clicks, sent, closed.gains[k], inflation),
      observed: shown(clicks / sent),
      expected: shown(closed.gains[k]),
    });
    curves.gain(k, channelLossDb, clicks, sent);
  }
  for (let index = 0; index < 6; index++) {
    const expected = closed.qberPerIntensity[BASES[index < 3 ? 0 : 1]][index % 3]!;
    const [wrong, clicks] = [tally.errors[index]!, tally.matched[index]!];
    findings.push({
      limit: "qber",
      what: `${label}, QBER of ${className(index)}`,
      pValue: binomialTwoSided(wrong, clicks, expected, inflation),
      observed: shown(wrong / clicks),
      expected: shown(expected),
    });
    if (index < 3) curves.qber(index, channelLossDb, wrong, clicks);
  }
  findings.push(driftLaw(label, phases, link.clockHz));
  return findings;
}

async function drifting(context: HonestyContext, label: string, preset: LinkPreset, link: LinkParameters) {
  const slices = context.sized({ fast: 30, full: 1500 });
  const plan = {
    channels: CHANNELS,
    quantumWavelengthNm: preset.quantumWavelengthNm,
    fibreKm: fibreKmAt(preset, link.channelLossDb),
  };
  const optics = await context.openOptics({
    link,
    seed: context.seedFor(`preset ${label}`),
    controls: [
      { type: "phaseDrift", ...DRIFT },
      { type: "multiplex", plan },
    ],
  });
  const tally = new ClassTally();
  const phases: number[] = [];
  for (let slice = 0; slice < slices; slice++) {
    tally.add(optics.nextFrame({ maxDetections: 2 ** 20, maxGates: BigInt(SLICE_GATES) }));
    phases.push(optics.conditions.phaseErrorRad);
    context.progress(`${label}: slice ${slice + 1} of ${slices}`);
  }
  return { tally, phases };
}

/** Each slice's phase given the one before is normal with the exact mean and variance of the process. */
function driftLaw(label: string, phases: readonly number[], clockHz: number): Finding {
  const dt = SLICE_GATES / clockHz;
  const keep = Math.exp(-DRIFT.relaxationPerS * dt);
  const variance = (DRIFT.diffusionRadPerSqrtS ** 2 * (1 - keep ** 2)) / (2 * DRIFT.relaxationPerS);
  let statistic = 0;
  for (let i = 1; i < phases.length; i++) statistic += (phases[i]! - keep * phases[i - 1]!) ** 2 / variance;
  const freedom = phases.length - 1;
  return {
    limit: "drift",
    what: `${label}, ${freedom} steps of the phase`,
    pValue: chiSquareTwoSided(statistic, freedom),
    observed: `chi-square ${statistic.toFixed(1)}`,
    expected: `about ${freedom}`,
  };
}

/** Points for the plots of one preset. */
class Curves {
  readonly #gains: { x: number; y: number; error: number }[][] = [[], [], []];
  readonly #qber: { x: number; y: number; error: number }[][] = [[], [], []];

  gain(k: number, db: number, clicks: number, sent: number): void {
    this.#gains[k]!.push({ x: db, y: clicks / sent, error: Math.sqrt(clicks) / sent });
  }

  qber(k: number, db: number, wrong: number, clicks: number): void {
    const y = wrong / clicks;
    this.#qber[k]!.push({ x: db, y, error: Math.sqrt((y * (1 - y)) / clicks) });
  }

  figures(name: string, closed: (db: number) => ReturnType<typeof predictLink>): Figure[] {
    const db = Array.from({ length: 31 }, (_, i) => i / 2);
    const variance = DRIFT.diffusionRadPerSqrtS ** 2 / (2 * DRIFT.relaxationPerS);
    const lines = (y: (db: number, k: 0 | 1 | 2) => number) =>
      ([0, 1, 2] as const).map((k) => ({
        name: `${INTENSITY_NAMES[k]}, closed form`,
        shape: "line" as const,
        points: db.map((x) => ({ x, y: y(x, k) })),
      }));
    const points = (from: { x: number; y: number; error: number }[][]) =>
      from.map((list, k) => ({ name: INTENSITY_NAMES[k]!, shape: "points" as const, points: list }));
    const both = { xLabel: "loss of the fibre, dB" };
    return [
      {
        ...both,
        title: `Gains, ${name}`,
        yLabel: "clicks per pulse",
        logY: true,
        series: [...lines((x, k) => closed(x).gains[k]), ...points(this.#gains)],
        caption: "With nine classical channels lit on the fibre and the phase drifting.",
      },
      {
        ...both,
        title: `QBER in Z, ${name}`,
        yLabel: "error rate",
        series: [...lines((x, k) => closed(x).qberPerIntensity.z[k]), ...points(this.#qber)],
        caption: `Lines are drawn without drift; it adds about ${shown(variance / 4)} to the signal's.`,
      },
    ];
  }
}
