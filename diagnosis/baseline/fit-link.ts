import { ConfigError } from "../../errors/index.ts";
import type { LinkParameters, PerIntensity } from "../../physics/index.ts";
import { asBuilt } from "../model/condition.ts";
import { expectationOf } from "../model/expectation.ts";
import { bobsZOf, type SiftedCounts } from "../observables/look-at-sifted.ts";
import type { Look } from "../observables/observables.ts";
import { cellOf, type LinkTally } from "../tally/link-tally.ts";

/** What both units say of themselves. */
export interface LinkSettings {
  readonly clockHz: number;
  readonly intensities: PerIntensity;
  readonly deadGates: number;
}

/** How pulses are chosen and measured, as the counts of a link show it. */
export interface PulseShares {
  readonly decoy: number;
  readonly vacuum: number;
  /** Share of the pulses that Alice sends in Z, and of those that Bob measures there. */
  readonly aliceZ: number;
  readonly bobZ: number;
}

/** Counts tell only products; what shares of them lie in fibre, receiver and detectors hardly shows in any observable. */
const RECEIVER_LOSS_DB = 1.5;
const EFFICIENCY = 0.2;
/** Afterpulses of a usual detector, where no gaps between clicks were measured. */
const AFTERPULSES = 0.03;
const ROUNDS = 30;
const LEAST_DARK = 1e-9;
const LEAST_DARK_SHARE = 0.1;

/**
 * The closed form's parameters of a link that shows these counts: loss, dark counts, misalignment and what the detectors
 * differ by.
 * @throws ConfigError QKD_CONFIG_INVALID where the counts show no light.
 */
export function fitLink(shares: PulseShares, look: Look, settings: LinkSettings): LinkParameters {
  const seen = (name: keyof Look): number => {
    const value = look[name]?.value;
    if (value === undefined) throw noLight(name);
    return value;
  };
  const target = {
    u: Math.exp(seen("signalGain")),
    w: Math.exp(seen("vacuumGain")),
    z: seen("qberZ"),
    x: seen("qberX"),
    share: seen("zeroShare"),
    vacuumShare: look.vacuumZeroShare?.value ?? 0.5,
  };
  if (!(target.u > 1.5 * target.w)) throw noLight("signalGain");
  let link = firstGuess(shares, look, settings);
  for (let round = 0; round < ROUNDS; round++) {
    const expected = expectationOf(asBuilt(link));
    const gain = Math.exp(expected.signalGain);
    const vacuum = Math.exp(expected.vacuumGain);
    const [zero, one] = link.darkCountsPerGate;
    const dark = Math.max(LEAST_DARK, zero + one + 0.8 * (target.w - vacuum));
    // Without gaps between clicks the afterpulses are assumed, and may not be more than the background leaves room for.
    const tooMany = look.afterpulsing === undefined && dark < LEAST_DARK_SHARE * target.w;
    const part = zero / (zero + one) + 0.7 * (target.vacuumShare - expected.vacuumZeroShare);
    const zeroPart = Math.min(0.98, Math.max(0.02, part));
    const [e0, e1] = link.detectorEfficiency;
    const lean = Math.min(
      0.9,
      Math.max(-0.9, (e0 - e1) / (e0 + e1) + 0.9 * (target.share - expected.zeroShare) * 2),
    );
    const worn = (wrong: number, seenRate: number, rate: number) =>
      Math.min(0.45, Math.max(0, wrong + 0.9 * (seenRate - rate)));
    const { z, x } = link.misalignment;
    const missingDb = 10 * Math.log10((gain - vacuum) / (target.u - target.w));
    link = {
      ...link,
      ...lossOf(link.channelLossDb + link.receiverLossDb + missingDb),
      afterpulseProbability: link.afterpulseProbability * (tooMany ? 0.85 : 1),
      darkCountsPerGate: [dark * zeroPart, dark * (1 - zeroPart)],
      detectorEfficiency: [EFFICIENCY * (1 + lean), EFFICIENCY * (1 - lean)],
      misalignment: { z: worn(z, target.z, expected.qberZ), x: worn(x, target.x, expected.qberX) },
    };
  }
  return link;
}

function firstGuess(
  { decoy, vacuum, aliceZ, bobZ }: PulseShares,
  look: Look,
  { clockHz, intensities, deadGates }: LinkSettings,
): LinkParameters {
  return {
    clockHz,
    intensities,
    intensityProbabilities: [1 - decoy - vacuum, decoy, vacuum],
    aliceZProbability: aliceZ,
    bobZProbability: Math.min(0.999, Math.max(0.001, bobZ)),
    ...lossOf(10),
    detectorEfficiency: [EFFICIENCY, EFFICIENCY],
    darkCountsPerGate: [1e-6, 1e-6],
    afterpulseProbability:
      look.afterpulsing === undefined ? AFTERPULSES : Math.min(0.35, Math.exp(look.afterpulsing.value)),
    afterpulseDecay: [{ weight: 1, gates: 10 }],
    deadGates,
    misalignment: { z: 0.01, x: 0.01 },
    noisePerGate: 0,
  };
}

/** Splits the loss between Alice's output and the detectors into fibre and receiver. */
function lossOf(db: number): Pick<LinkParameters, "channelLossDb" | "receiverLossDb"> {
  const receiverLossDb = Math.max(0, Math.min(RECEIVER_LOSS_DB, db));
  return { receiverLossDb, channelLossDb: Math.max(0, db - receiverLossDb) };
}

/** Shares of frames of which both halves were there. */
export function sharesOfTally({ sent, cells, detections }: LinkTally): PulseShares {
  let inZ = 0;
  for (const s of [0, 1])
    for (const k of [0, 1, 2])
      for (const x of [0, 1]) for (const y of [0, 1]) inZ += cells[cellOf(s, k, x, 0, y)] ?? 0;
  return { ...sharesSent(sent), bobZ: inZ / Math.max(1, detections) };
}

/** Shares of blocks that were sifted. @throws ConfigError QKD_CONFIG_INVALID where they hold no bit of one of the bases. */
export function sharesOfSifted(counts: Pick<SiftedCounts, "sent" | "sifted">): PulseShares {
  const bobZ = bobsZOf(counts);
  if (bobZ === undefined) throw noLight("sifted");
  return { ...sharesSent(counts.sent), bobZ };
}

function sharesSent(sent: readonly number[]): Omit<PulseShares, "bobZ"> {
  const of = (k: number) => (sent[k] ?? 0) + (sent[3 + k] ?? 0);
  const all = of(0) + of(1) + of(2);
  const inZ = (sent[0] ?? 0) + (sent[1] ?? 0) + (sent[2] ?? 0);
  return { decoy: of(1) / all, vacuum: of(2) / all, aliceZ: inZ / all };
}

function noLight(field: string): ConfigError {
  return new ConfigError(
    "QKD_CONFIG_INVALID",
    `the counts show too little light to learn a link from (${field})`,
    {
      context: { field },
      remedy: "learn while the link is healthy, over a longer time",
    },
  );
}
