import type { Happening } from "../../../emulator/index.ts";
import type { LinkParameters } from "../../../physics/index.ts";
import type { PARAMETERS } from "../../../protocol/index.ts";
import type { InstalledLink } from "./installed-link.ts";
import type { Seeded } from "./seeded.ts";

/** How a cause is brought onto an emulated link: what it is made of, what happens to it, what its driver sets. */
export interface Brought {
  readonly severity: number;
  readonly link?: Partial<LinkParameters>;
  readonly happenings?: readonly Happening[];
  readonly settings?: readonly (readonly ["alice" | "bob", keyof typeof PARAMETERS, number])[];
  /** Link time before the look, for what moves slowly, s. */
  readonly afterS?: number;
  /** What happens in each of the slices of the look. */
  readonly slices?: (slice: number) => readonly Happening[];
}

type Bring = (draw: Seeded, installed: InstalledLink) => Brought;

const SLICES = 20;

const worse = ({ link }: InstalledLink, lost: number, draw: Seeded): LinkParameters["misalignment"] => ({
  z: Math.min(0.5, link.misalignment.z + (lost / 2) * draw.between(0.92, 1.08)),
  x: Math.min(0.5, link.misalignment.x + (lost / 2) * draw.between(0.92, 1.08)),
});

const eitherDetector = (
  [zero, one]: readonly [number, number],
  draw: Seeded,
  factor: number,
): readonly [number, number] => (draw.unit() < 0.5 ? [zero * factor, one] : [zero, one * factor]);

/** Each cause as it is brought, its severity drawn. Current of the detectors at 1 GHz bends their bias; see `clockOf`. */
export const BROUGHT = {
  healthy: () => ({ severity: 0 }),
  sharedFibreLoss(draw, { link }) {
    const severity = draw.octave(0.8, 7);
    return { severity, link: { channelLossDb: link.channelLossDb + severity } };
  },
  quantumPathLoss(draw, { link }) {
    const severity = draw.octave(0.8, 7);
    return { severity, link: { receiverLossDb: link.receiverLossDb + severity } };
  },
  sway(draw) {
    const severity = draw.octave(0.8, 4);
    const period = `${Math.round(draw.between(500, 1500))} ms`;
    return { severity, happenings: [{ event: "sway", amplitudeDb: severity, period, for: "20 s" }] };
  },
  weakLaser(draw) {
    const severity = draw.octave(0.8, 4);
    return { severity, happenings: [{ event: "age", relativePower: 10 ** (-severity / 10) }] };
  },
  attenuatorOff(draw) {
    const severity = draw.octave(0.8, 6);
    return { severity, settings: [["alice", "attenuationDb", severity]] };
  },
  modulatorBias(draw) {
    const severity = draw.sign() * draw.octave(0.5, 3);
    return { severity, happenings: [{ event: "modulatorOffset", volt: severity }] };
  },
  visibilityLoss(draw, installed) {
    const severity = draw.octave(0.02, 0.12);
    return { severity, link: { misalignment: worse(installed, severity, draw) } };
  },
  phaseOffset(draw) {
    const severity = draw.sign() * draw.octave(0.2, 0.6);
    return { severity, happenings: [{ event: "phaseError", radian: severity }] };
  },
  phaseTracking(draw) {
    const severity = draw.octave(0.2, 0.6);
    const relaxationPerS = draw.octave(2, 15);
    const diffusionRadPerSqrtS = severity * Math.sqrt(2 * relaxationPerS);
    return { severity, happenings: [{ event: "phaseDrift", relaxationPerS, diffusionRadPerSqrtS }] };
  },
  syncSlip(draw) {
    const severity = draw.octave(0.05, 0.5);
    const off = new Set<number>();
    while (off.size < Math.max(1, Math.round(severity * SLICES))) off.add(Math.floor(draw.unit() * SLICES));
    return {
      severity,
      slices: (slice) => [{ event: "phaseError", radian: off.has(slice) ? Math.PI / 2 : 0 }],
    };
  },
  warmDetector(draw) {
    const severity = draw.octave(4, 25);
    return { severity, settings: [["bob", "detectorTemperatureC", -30 + severity]], afterS: 60 };
  },
  noisyDetector(draw, { link }) {
    const severity = draw.octave(4, 40);
    return { severity, link: { darkCountsPerGate: eitherDetector(link.darkCountsPerGate, draw, severity) } };
  },
  lightUnmetered(draw, { link }) {
    const severity = draw.octave(2, 40);
    const [zero, one] = link.darkCountsPerGate;
    return { severity, happenings: [{ event: "noise", perGate: (zero + one) * severity }] };
  },
  ramanMetered(draw, { launchDbm, lit }) {
    const severity = draw.octave(3, 20);
    return { severity, happenings: [lit(launchDbm + severity)] };
  },
  detectorBias(draw) {
    const severity = (draw.unit() < 0.75 ? -1 : 1) * draw.octave(0.3, 1.3);
    return { severity, settings: [["bob", "detectorBiasV", 57.5 + severity]] };
  },
  saturation(draw, { link }) {
    const severity = draw.octave(0.15, 1.2);
    // Current of the clicks by their usual charge of 35 fC; the sag lowers it again, so the real one is somewhat smaller.
    const loss = 10 ** (-(link.channelLossDb + link.receiverLossDb) / 10);
    const clicksPerS = link.clockHz * loss * link.detectorEfficiency[0] * link.intensities[0];
    return {
      severity,
      happenings: [{ event: "biasResistor", ohm: Math.min(1e7, severity / (clicksPerS * 35e-15)) }],
    };
  },
  detectorUnequal(draw, { link }) {
    const severity = draw.octave(0.15, 0.7);
    return {
      severity,
      link: { detectorEfficiency: eitherDetector(link.detectorEfficiency, draw, 1 - severity) },
    };
  },
  gateDelay(draw, { alignment }) {
    const severity = draw.sign() * draw.octave(35, 110);
    return {
      severity,
      happenings: [{ event: "gateAlignment", ...alignment, delayPs: alignment.delayPs + severity }],
    };
  },
  afterpulse(draw, { link }) {
    const severity = draw.octave(2, 5);
    return {
      severity,
      link: { afterpulseProbability: Math.min(0.3, link.afterpulseProbability * severity) },
    };
  },
  interceptResend(draw) {
    const severity = draw.octave(0.15, 1);
    const basisBias = draw.between(0.4, 0.95);
    return { severity, happenings: [{ event: "interceptResend", fraction: severity, basisBias }] };
  },
  pns(draw) {
    const severity = draw.octave(0.3, 1);
    return { severity, happenings: [{ event: "photonSplitting", fraction: severity }] };
  },
  blinding(draw, { link }) {
    const severity = draw.octave(0.05, 2);
    const loss = 10 ** (-(link.channelLossDb + link.receiverLossDb) / 10);
    const gain = loss * link.detectorEfficiency[0] * link.intensities[0];
    const fakedPerGate = Math.min(0.9, gain * 2 * draw.between(0.8, 1.1));
    return { severity, happenings: [{ event: "blinding", lightMw: severity, fakedPerGate, basisBias: 0.5 }] };
  },
  trojan(draw) {
    const severity = draw.between(-35, -15);
    return { severity, happenings: [{ event: "trojanLight", dbm: severity }] };
  },
} as const satisfies Readonly<Record<string, Bring>>;

export type BroughtName = keyof typeof BROUGHT;
export const BROUGHT_NAMES = Object.keys(BROUGHT) as readonly BroughtName[];

/** Clock and time of a look: a sagging bias needs the currents of a fast clock. */
export const clockOf = (
  cause: BroughtName,
): { readonly clockHz: number; readonly lookS: number; readonly mostLossDb: number } =>
  cause === "saturation"
    ? { clockHz: 1e9, lookS: 0.6, mostLossDb: 10 }
    : { clockHz: 1e8, lookS: 3, mostLossDb: 18 };
