import {
  DEFAULT_NOISE_RECEIVER,
  type LinkParameters,
  multiplexingNoise,
  transmittanceOfLoss,
} from "../../../physics/index.ts";
import { DriverLink } from "../sampling/users/driver-link.ts";
import { normalTwoSided } from "../statistics/normal-test.ts";
import { AUDIT_POINTS, withoutAfterpulses } from "../suite/audit-points.ts";
import type { HonestyContext } from "../suite/honesty-context.ts";
import { type Finding, shown } from "../suite/honesty-test.ts";

/** Fewer gates a second make link time, in which detectors cool, run faster. */
const LINK: LinkParameters = { ...withoutAfterpulses(AUDIT_POINTS[0].link), clockHz: 1e8 };
const FRAME_DETECTIONS = 2 ** 18;
/** Frames made ahead of those that have arrived, and of what the registers say. */
const AHEAD_FRAMES = 40;
/** Registers show temperatures to 0.02 K and powers to 0.03 dB; temperatures settle to a twentieth of a kelvin. */
const TEMPERATURE_SIGMA_K = 0.05;
const POWER_SIGMA_DB = 0.03;
const DARK_PER_GATE = 2.1e-5;
const QUANTUM_NM = 1550.116;
const CHANNEL_THZ = 194.4;
const FIBRE_KM = 50;

/** Laser off: dark clicks at two temperatures, then Raman light at two powers, each against what the registers show. */
export async function darkAndNoiseClicks(context: HonestyContext): Promise<Finding[]> {
  const link = await DriverLink.open({ link: LINK, seed: context.seedFor("dark clicks") });
  try {
    await link.apply({ event: "laserFailure" });
    await link.start(FRAME_DETECTIONS);
    const findings: Finding[] = [];
    for (const celsius of [-30, -20]) findings.push(await dark(context, link, celsius));
    await cooled(link, -30);
    for (const dbm of [-3, -13]) findings.push(await raman(context, link, dbm));
    return findings;
  } finally {
    await link.close();
  }
}

async function dark(context: HonestyContext, link: DriverLink, celsius: number): Promise<Finding> {
  const readC = await cooled(link, celsius);
  const { clicks, gates } = await counted(context, link);
  const mean = 2 * gates * DARK_PER_GATE * 2 ** ((readC + 30) / 10);
  const unsure = (mean * Math.LN2 * TEMPERATURE_SIGMA_K) / 10;
  return finding("dark", `clicks at ${celsius} degrees`, clicks, mean, unsure);
}

async function raman(context: HonestyContext, link: DriverLink, dbm: number): Promise<Finding> {
  const channels = [{ frequencyThz: CHANNEL_THZ, direction: "forward" as const, launchDbm: dbm }];
  const place = { quantumWavelengthNm: QUANTUM_NM, fibreKm: FIBRE_KM };
  await link.apply({ event: "multiplex", plan: { channels, ...place } });
  await counted(context, link, AHEAD_FRAMES);
  let readDbm = Number.NaN;
  for (let tries = 0; tries < 400 && !(Math.abs(readDbm + LINK.channelLossDb - dbm) < 1); tries++) {
    await counted(context, link, 1);
    readDbm = (await link.registers("bob")).classical1PowerDbm ?? Number.NaN;
  }
  const { clicks, gates } = await counted(context, link);
  const noise = multiplexingNoise([{ ...channels[0]!, launchDbm: readDbm + LINK.channelLossDb }], {
    ...DEFAULT_NOISE_RECEIVER,
    ...place,
    receiverTransmittance: transmittanceOfLoss(LINK.receiverLossDb),
    detectorEfficiency: LINK.detectorEfficiency[0],
  }).total;
  const unsure = (gates * noise * POWER_SIGMA_DB * Math.LN10) / 10;
  const mean = 2 * gates * (1 - (1 - DARK_PER_GATE) * (1 - noise / 2));
  return finding("classical", `clicks with ${dbm} dBm launched`, clicks, mean, unsure);
}

/** Sets the detectors' temperature and waits until the registers show it. Returns what they show. */
async function cooled(link: DriverLink, celsius: number): Promise<number> {
  await link.set("bob", "detectorTemperatureC", celsius);
  let readC = Number.NaN;
  for (let tries = 0; tries < 1000 && !(Math.abs(readC - celsius) < TEMPERATURE_SIGMA_K); tries++) {
    await link.next();
    if (tries % 8 === 0) readC = (await link.registers("bob")).detector0TemperatureC ?? Number.NaN;
  }
  for (let i = 0; i < AHEAD_FRAMES; i++) await link.next();
  return readC;
}

async function counted(
  context: HonestyContext,
  link: DriverLink,
  frames = context.sized({ fast: 40, full: 300 }),
) {
  let [clicks, gates] = [0, 0];
  for (let i = 0; i < frames; i++) {
    const { qrx, gateCount } = await link.next();
    clicks += qrx.clicksPerDetector[0] + qrx.clicksPerDetector[1];
    gates += Number(gateCount);
  }
  return { clicks, gates };
}

function finding(limit: string, what: string, clicks: number, mean: number, unsure: number): Finding {
  const sigma = Math.sqrt(mean + unsure ** 2);
  return {
    limit,
    what: `drivers, ${what}`,
    pValue: normalTwoSided((clicks - mean) / sigma),
    observed: shown(clicks),
    expected: `${shown(mean)} +- ${shown(sigma)}`,
  };
}
