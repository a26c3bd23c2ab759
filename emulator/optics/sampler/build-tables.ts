import * as layout from "../../../kernels/index.ts";
import { requireInRange } from "../../../physics/index.ts";
import type { Blinding, OpticsConditions } from "../conditions.ts";
import { type Background, background as backgroundOf } from "../effects/background.ts";
import { fakedClicks } from "../effects/blinding.ts";
import { persistentClicks } from "../effects/charge-persistence.ts";
import { type DetectorState, detectorState } from "../effects/detector.ts";
import { transmittance } from "../effects/fibre.ts";
import { gateOverlap } from "../effects/gate-window.ts";
import { fractionToZero } from "../effects/interferometer.ts";
import { type PhotonSplitting, photonSplitting } from "../effects/photon-splitting.ts";
import { JITTER_LEVELS, meanPhotons } from "../effects/source.ts";
import { lateClicks } from "../effects/timing-jitter.ts";
import { digitTable } from "../random/digit-table.ts";
import { geometricTable } from "../random/geometric-table.ts";
import { poissonNumberTable, poissonTail } from "../random/poisson-number.ts";
import { setSplitTables } from "./split-tables.ts";
import type { StreamSeeds } from "./stream-keys.ts";

/** Mean numbers of events per gate behind one table row. */
export interface RowMeans {
  /** Photoelectrons in detector 0 and 1. */
  readonly photo: readonly [number, number];
}

/** Constants of the sampler for a stretch of gates, with the means they were made of. */
export interface SamplerTables {
  readonly words: Uint32Array;
  /** Mean number of events per gate at the brightest row: the rate of candidates. */
  readonly highestMean: number;
  readonly background: Background;
  readonly rowMeans: (row: number) => RowMeans;
}

const word32 = (probability: number) => Math.min(2 ** 32 - 1, Math.round(probability * 2 ** 32));
const word31 = (probability: number) => Math.round(probability * 2 ** 31);

/**
 * Turns conditions into the sampler's constants: thresholds for settings, the candidate process, and per row of
 * settings the share of events that reach each detector.
 * @throws ConfigError QKD_PHYSICS_RANGE where an afterpulse decay has too many parts or is too slow to follow.
 */
export function buildTables(conditions: OpticsConditions, seeds: StreamSeeds): SamplerTables {
  const events =
    conditions.blinding === undefined ? photonEvents(conditions) : fakedEvents(conditions.blinding);
  const { background, highestMean, rowMeans } = events;
  const jitters = conditions.intensityJitter > 0;
  const pattern = conditions.patternEffect.some((change) => change !== 0);
  const words = new Uint32Array(layout.TABLE_WORDS);
  for (const row of rowsInUse(jitters, pattern)) {
    const { photo } = rowMeans(row);
    const zero = photo[0] + background.dark[0] + background.noise[0];
    const one = photo[1] + background.dark[1] + background.noise[1];
    words[layout.ROWS_AT + 2 * row] = highestMean > 0 ? word32(zero / highestMean) : 0;
    words[layout.ROWS_AT + 2 * row + 1] = highestMean > 0 ? word32((zero + one) / highestMean) : 0;
  }
  const attack = photonSplitting(conditions);
  const rate = attack === undefined ? highestMean : setSplit(words, conditions, attack, events);
  words.set(geometricTable(rate), layout.GAP_AT);
  words.set(digitTable(rate), layout.DIGITS_AT);
  const several = conditions.blinding === undefined ? severalRate(highestMean) : 0;
  words.set(geometricTable(several), layout.SEVERAL_AT);
  if (several > 0) words.set(poissonNumberTable(highestMean, 2), layout.EVENT_NUMBER_AT);
  setSettings(words, conditions, seeds, { jitters, pattern });
  setAfterpulses(words, conditions, detectorState(conditions));
  words[layout.BLIND_GATES_AT] = conditions.link.deadGates;
  return { words, highestMean, background, rowMeans };
}

/** Hazard per candidate of holding two events or more, for Poisson events of mean `mean` a gate. */
function severalRate(mean: number): number {
  return mean > 0 ? -Math.log1p(-poissonTail(mean, 2) / poissonTail(mean, 1)) : 0;
}

/** What may happen at a gate, as means of Poisson numbers. */
type GateEvents = Pick<SamplerTables, "highestMean" | "background" | "rowMeans">;

/** Rows that the present effects can reach. */
function rowsInUse(jitters: boolean, pattern: boolean): number[] {
  const rows: number[] = [];
  for (let jitter = 0; jitter < (jitters ? JITTER_LEVELS.length : 1); jitter++)
    for (let before = 0; before < (pattern ? 3 : 1); before++)
      for (let settings = 0; settings < 32; settings++)
        if ((settings & 0xc) !== 0xc) rows.push(settings | (before << 5) | (jitter << 7));
  return rows;
}

/** Tables of photon splitting: returns the rate of candidates. */
function setSplit(
  words: Uint32Array,
  conditions: OpticsConditions,
  attack: PhotonSplitting,
  events: GateEvents,
): number {
  const line = photonEvents(conditions, attack.transmittance);
  return setSplitTables(words, {
    attack,
    honest: (row) => events.rowMeans(row).photo,
    eve: (row) => line.rowMeans(row).photo,
    background: events.background,
    photons: [0, 1, 2].map((k) => meanPhotons(conditions, k, 0, 0)),
  });
}

/** Photoelectrons of the pulses, dark counts and noise photons. */
function photonEvents(conditions: OpticsConditions, arriving = transmittance(conditions)): GateEvents {
  const { efficiency } = detectorState(conditions);
  const overlap = gateOverlap(conditions);
  const sensitivity = [efficiency[0] * overlap[0], efficiency[1] * overlap[1]] as const;
  const noise = withLateLight(conditions, backgroundOf(conditions), arriving, sensitivity);
  const photonsOf = (row: number) =>
    arriving * meanPhotons(conditions, (row >>> 2) & 3, (row >>> 5) & 3, row >>> 7);
  const rowMeans = (row: number): RowMeans => {
    const photons = photonsOf(row);
    const toZero = fractionToZero(conditions, row & 1, (row >>> 1) & 1, (row >>> 4) & 1);
    return { photo: [photons * toZero * sensitivity[0], photons * (1 - toZero) * sensitivity[1]] };
  };
  // An upper bound that no phase moves: a drifting phase then leaves the candidate process as it is.
  const rows = rowsInUse(conditions.intensityJitter > 0, true);
  const brightest = Math.max(...rows.map((row) => photonsOf(row))) * Math.max(...sensitivity);
  return {
    highestMean: brightest + noise.dark[0] + noise.dark[1] + noise.noise[0] + noise.noise[1],
    background: noise,
    rowMeans,
  };
}

/** Background with clicks that light of earlier gates leaves behind: late avalanches, waiting carriers. */
function withLateLight(
  conditions: OpticsConditions,
  { dark, noise }: Background,
  arriving: number,
  sensitivity: readonly [number, number],
): Background {
  if (conditions.timingJitter.tail === 0 && conditions.chargePersistence === 0) return { dark, noise };
  const { intensityProbabilities } = conditions.link;
  const mean = [0, 1, 2].reduce(
    (sum, k) =>
      sum +
      intensityProbabilities[k]! *
        meanPhotons({ ...conditions, intensityJitter: 0, patternEffect: [0, 0, 0] }, k, 0, 0),
    0,
  );
  const late = (detector: 0 | 1) => {
    const electrons = (arriving * mean * sensitivity[detector]) / 2;
    return noise[detector] + lateClicks(conditions, electrons) + persistentClicks(conditions, electrons);
  };
  return { dark, noise: [late(0), late(1)] };
}

/** Blinded detectors answer nothing but faked states, at most one a gate. */
function fakedEvents(attack: Blinding): GateEvents {
  const highestMean = -Math.log1p(-attack.fakedPerGate);
  const none: Background = { dark: [0, 0], noise: [0, 0] };
  const rowMeans = (row: number): RowMeans => {
    const [zero, one] = fakedClicks(row & 1, (row >>> 1) & 1, (row >>> 4) & 1);
    return { photo: [zero * highestMean, one * highestMean] };
  };
  return { highestMean, background: none, rowMeans };
}

function setSettings(
  words: Uint32Array,
  conditions: OpticsConditions,
  seeds: StreamSeeds,
  effects: { readonly jitters: boolean; readonly pattern: boolean },
): void {
  const { link, blinding } = conditions;
  // A blinding Eve measures every pulse that she fakes.
  const interceptResend =
    blinding === undefined ? conditions.interceptResend : { fraction: 1, basisBias: blinding.basisBias };
  const keys = [
    [seeds.alice, layout.SENDER_KEY_AT],
    [seeds.bob, layout.RECEIVER_KEY_AT],
    [seeds.eve, layout.SUBSTITUTE_KEY_AT],
  ] as const;
  for (const [seed, at] of keys) {
    words[at] = seed[0]!;
    words[at + 1] = seed[1]!;
  }
  words[layout.JITTER_KEY_AT] = seeds.alice[2]!;
  words[layout.JITTER_COUNTER_AT] = seeds.alice[3]!;
  words[layout.RECEIVER_BASIS_AT] = word31(link.bobZProbability);
  words[layout.SUBSTITUTE_FRACTION_AT] = word31(interceptResend.fraction);
  words[layout.SUBSTITUTE_BASIS_AT] = word31(interceptResend.basisBias);
  const z = link.aliceZProbability;
  const [u, v] = link.intensityProbabilities;
  // Probabilities may exceed one by a rounding error.
  const either = Math.min(1, u + v);
  const choices = [z * u, z * either, z, z + (1 - z) * u, z + (1 - z) * either];
  words.set(choices.map(word31), layout.SENDER_CHOICE_AT);
  words[layout.FLAGS_AT] =
    (interceptResend.fraction > 0 ? layout.FLAG_SUBSTITUTION : 0) |
    (effects.pattern ? layout.FLAG_PREVIOUS : 0) |
    (conditions.deadTimePerDetector ? layout.FLAG_SEPARATE_BLIND : 0) |
    (effects.jitters ? layout.FLAG_JITTER : 0) |
    (conditions.splitFraction > 0 ? layout.FLAG_SPLIT : 0);
}

/** Most gates that an afterpulse time constant may span: carriers must be released inside a window. */
const MAX_DECAY_GATES = 1e7;

function setAfterpulses(words: Uint32Array, conditions: OpticsConditions, detectors: DetectorState): void {
  const decay = conditions.link.afterpulseDecay;
  requireInRange("afterpulseDecay.length", decay.length, { min: 1, max: layout.MAX_RELEASE_PARTS });
  // Blinded detectors work without avalanches, so nothing is trapped.
  const afterpulses = conditions.blinding === undefined ? detectors.afterpulseProbability : 0;
  const lifetimes = decay.map(({ weight, gates }) => ({ weight, gates: gates * detectors.lifetimeFactor }));
  const trapped = carriersPerAvalanche(afterpulses, lifetimes);
  words.set(geometricTable(trapped), layout.TRAP_AT);
  words.set(poissonNumberTable(trapped), layout.CARRIER_NUMBER_AT);
  words[layout.RELEASE_PARTS_AT] = decay.length;
  let weight = 0;
  for (const [part, { weight: share, gates }] of decay.entries()) {
    const lifetime = gates * detectors.lifetimeFactor;
    requireInRange(`afterpulseDecay[${part}].gates`, lifetime, { max: MAX_DECAY_GATES });
    weight += share;
    words[layout.RELEASE_WEIGHT_AT + part] = word32(weight);
    words.set(geometricTable(1 / lifetime), layout.RELEASE_AT + part * layout.GEOMETRIC_TABLE_WORDS);
  }
}

/**
 * Carriers that an avalanche must trap on average so that it adds the hazards a_j, sum p_ap, to later gates (physics paper
 * 1.4). Carriers are Poisson, and two that are released in the same gate make one click: that happens sum(a_j^2) / 2 times
 * an avalanche, which is added here.
 */
function carriersPerAvalanche(
  afterpulseProbability: number,
  decay: readonly { readonly weight: number; readonly gates: number }[],
): number {
  let squares = 0;
  for (const one of decay)
    for (const other of decay) {
      const [first, second] = [Math.exp(-1 / one.gates), Math.exp(-1 / other.gates)];
      squares += (one.weight * other.weight * (1 - first) * (1 - second)) / (1 - first * second);
    }
  return afterpulseProbability + (afterpulseProbability ** 2 * squares) / 2;
}
