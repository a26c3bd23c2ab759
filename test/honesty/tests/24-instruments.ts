import { type LinkParameters, predictLink } from "../../../physics/index.ts";
import type { RegisterValues } from "../../../protocol/index.ts";
import { DriverLink } from "../sampling/users/driver-link.ts";
import type { UserFrame } from "../sampling/users/user-frame.ts";
import { PATHS, type Path, userFrames } from "../sampling/users/user-frames.ts";
import { chiSquareTwoSided } from "../statistics/chi-square-test.ts";
import { normalTwoSided } from "../statistics/normal-test.ts";
import { AUDIT_POINTS, inflationOf } from "../suite/audit-points.ts";
import type { HonestyContext } from "../suite/honesty-context.ts";
import { exactly, type Finding, type HonestyTest, shown } from "../suite/honesty-test.ts";
import { RARE } from "../suite/rare.ts";
import { darkAndNoiseClicks } from "./24-dark-clicks.ts";

const T12 = AUDIT_POINTS[0].link;
/** Leakage of both detectors, and charge of an avalanche (Yuan et al. 2010): what currents are made of. */
const LEAKAGE_NA = 1;
const CHARGE_NA_S = 35e-15 * 1e9;
/** Noise of each current meter where a link drifts. */
const METER_NOISE = 0.01;
const LOSSES_DB = [0, 10, 25] as const;

/** What instruments say is what the photons do: currents, count rates, error rates, temperatures, classical powers. */
export const instruments: HonestyTest = {
  number: 24,
  title: "currents and registers against counts, as drivers and kernel give them",
  catches: "currents, rates, temperatures and powers that are made up beside the light",
  limits: {
    current: {
      statistic: "current of every frame against leakage and 35 fC an avalanche, on a link without drift",
      alpha: 0,
      checks: PATHS.length * LOSSES_DB.length,
    },
    meters: {
      statistic:
        "scatter of the currents of a drifting link against meters with 1 % of noise, chi-square, two-sided",
      alpha: RARE,
      checks: 1,
    },
    registers: {
      statistic: "count rates, gain and error rate in Bob's registers against the closed form, normal",
      alpha: RARE,
      checks: 4,
    },
    readings: { statistic: "Bob's current registers against his rate registers", alpha: 0, checks: 2 },
    dark: {
      statistic: "dark clicks at the temperature that the registers show, doubling every 10 K, normal",
      alpha: RARE,
      checks: 2,
    },
    classical: {
      statistic: "noise clicks against Raman scattering of the power that the registers show, normal",
      alpha: RARE,
      checks: 2,
    },
  },
  async run(context) {
    const findings: Finding[] = [];
    for (const path of PATHS)
      for (const channelLossDb of LOSSES_DB) findings.push(await currents(context, path, channelLossDb));
    findings.push(await meters(context), ...(await registers(context)));
    findings.push(...(await darkAndNoiseClicks(context)));
    return { findings };
  },
};

const ratesOf = ({ qrx, gateCount }: UserFrame, { clockHz }: LinkParameters) =>
  qrx.clicksPerDetector.map((clicks) => (clicks * clockHz) / Number(gateCount)) as [number, number];

function expectedNa(frame: UserFrame, link: LinkParameters): number {
  const [zero, one] = ratesOf(frame, link);
  return LEAKAGE_NA + CHARGE_NA_S * (zero + one);
}

async function currents(context: HonestyContext, path: Path, channelLossDb: number): Promise<Finding> {
  const link = { ...T12, channelLossDb };
  const name = `currents at ${channelLossDb} dB`;
  const seen: [current: number, expected: number][] = [];
  for await (const frame of userFrames(context, path, { name, link, detectionsPerFrame: 1024 })) {
    seen.push([frame.qrx.photocurrentNa, expectedNa(frame, link)]);
    if (seen.length === context.sized({ fast: 20, full: 200 })) break;
  }
  const wrong = seen.filter(([current, expected]) => Math.abs(current / expected - 1) > 1e-9);
  const [current, expected] = wrong[0] ?? seen[0]!;
  return exactly(
    "current",
    `${path}, ${name}, ${seen.length} frames`,
    wrong.length === 0,
    `${shown(current)} nA`,
    `${shown(expected)} nA`,
  );
}

async function meters(context: HonestyContext): Promise<Finding> {
  const frames = context.sized({ fast: 150, full: 1500 });
  const link = await DriverLink.open({ link: T12, seed: context.seedFor("meters"), drift: "usual" });
  try {
    await link.start(1024);
    let statistic = 0;
    for (let i = 0; i < frames; i++) {
      const frame = await link.next();
      const [zero, one] = ratesOf(frame, T12).map((rate) => LEAKAGE_NA / 2 + CHARGE_NA_S * rate) as [
        number,
        number,
      ];
      const deviation = frame.qrx.photocurrentNa - zero - one;
      statistic += (deviation / METER_NOISE) ** 2 / (zero ** 2 + one ** 2);
    }
    return {
      limit: "meters",
      what: `drivers, ${frames} frames`,
      pValue: chiSquareTwoSided(statistic, frames),
      observed: `chi-square ${statistic.toFixed(1)}`,
      expected: `about ${frames}`,
    };
  } finally {
    await link.close();
  }
}

/** Registers average over a second of gates, which they forget exponentially. */
const WINDOW_S = 1;

async function registers(context: HonestyContext): Promise<Finding[]> {
  const link = await DriverLink.open({ link: T12, seed: context.seedFor("registers") });
  try {
    await link.start(8192);
    for (let i = context.sized({ fast: 60, full: 300 }); i > 0; i--) await link.next();
    return judged(await settled(link, ({ detections }) => (detections ?? 0) > 100_000));
  } finally {
    await link.close();
  }
}

function judged(values: RegisterValues): Finding[] {
  const closed = predictLink(T12);
  const perDetector = (T12.clockHz * (closed.clicksPerGate + closed.doubleClicksPerGate)) / 2;
  const seconds = values.detections! / closed.clicksPerS;
  const weight = -WINDOW_S * Math.expm1(-seconds / WINDOW_S);
  // As many clicks as their exponential weights are worth.
  const worth = (weight ** 2 / (-0.5 * WINDOW_S * Math.expm1((-2 * seconds) / WINDOW_S))) * closed.clicksPerS;
  const inflation = inflationOf(T12);
  const normal = (what: string, observed: number, expected: number, sigma: number): Finding => ({
    limit: "registers",
    what: `drivers, ${what}`,
    pValue: normalTwoSided((observed - expected) / sigma),
    observed: shown(observed),
    expected: `${shown(expected)} +- ${shown(sigma)}`,
  });
  const rates = [values.detector0CountRateHz!, values.detector1CountRateHz!];
  const wrong = closed.qber.z;
  const matched = (worth * closed.siftedPerGate.z) / closed.clicksPerGate;
  const qberSigma = Math.sqrt((inflation * wrong * (1 - wrong)) / matched);
  return [
    ...rates.map((rate, detector) =>
      normal(
        `count rate of detector ${detector}, Hz`,
        rate,
        perDetector,
        perDetector * Math.sqrt((2 * inflation) / worth),
      ),
    ),
    normal("gain", values.gain!, closed.clicksPerGate, closed.clicksPerGate * Math.sqrt(inflation / worth)),
    normal("error rate in Z, ppm", values.qberZPpm!, 1e6 * wrong, 1e6 * qberSigma),
    ...[values.detector0PhotocurrentNa!, values.detector1PhotocurrentNa!].map((current, detector) => {
      const expected = LEAKAGE_NA / 2 + CHARGE_NA_S * rates[detector]!;
      const right = Math.abs(current / expected - 1) < 1e-5;
      return exactly(
        "readings",
        `drivers, current of detector ${detector}, nA`,
        right,
        shown(current),
        shown(expected),
      );
    }),
  ];
}

/** Registers once `enough` holds of them: devices look at themselves every 100 ms. */
async function settled(
  link: DriverLink,
  enough: (values: RegisterValues) => boolean,
): Promise<RegisterValues> {
  for (let tries = 0; tries < 200; tries++) {
    const values = await link.registers("bob");
    if (enough(values)) return values;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the registers do not follow");
}
