import { requireInRange } from "../../physics/index.ts";
import { cellOf, joinTallies, type LinkTally } from "../tally/link-tally.ts";
import { LEAKAGE_NA } from "./leakage.ts";
import type { Look, ObservableName, Seen } from "./observables.ts";

/** Afterpulses make counts spread more than Poisson's: variance over mean. */
const DISPERSION = 1.15;
/** How well the current that flows without clicks is known, nA. */
const LEAKAGE_U_NA = 0.1;
/** What a current meter's noise leaves over a look, relative. */
const METER_U = 0.003;
/** Slices below which unrest cannot be told from chance. */
const LEAST_SLICES = 8;

type Sums = (
  when: (cell: {
    readonly s: number;
    readonly k: number;
    readonly x: number;
    readonly t: number;
    readonly y: number;
  }) => boolean,
) => number;

/**
 * What the counts of a link show. `slices` follow each other in time; unrest is read off from them where there are eight
 * or more. `clockHz` turns currents into charges.
 * @throws ConfigError QKD_PHYSICS_RANGE for a clock that is none.
 */
export function lookAtTallies(slices: readonly LinkTally[], clockHz: number): Look {
  requireInRange("clockHz", clockHz, { min: 1 });
  const all = joinTallies(slices);
  const sum = sumsOf(all);
  const look: Partial<Record<ObservableName, Seen>> = {};
  const put = (name: ObservableName, seen: Seen | undefined): void => {
    if (seen !== undefined && Number.isFinite(seen.value) && Number.isFinite(seen.u)) look[name] = seen;
  };
  const [u, v, w] = [0, 1, 2].map((k) => gainOf(all, k));
  put("signalGain", u);
  if (u !== undefined && v !== undefined)
    put("decoyRatio", { value: v.value - u.value, u: Math.hypot(u.u, v.u) });
  put("vacuumGain", w);
  put("qberZ", errorRate(sum, 0));
  put("qberX", errorRate(sum, 1));
  if (all.gates > 0) put("doubleClicks", rootOfRare(all.doubleClicks, all.gates));
  put(
    "zeroShare",
    share(
      sum(({ k, y }) => k === 0 && y === 0),
      sum(({ k }) => k === 0),
    ),
  );
  put(
    "vacuumZeroShare",
    share(
      sum(({ k, y }) => k === 2 && y === 0),
      sum(({ k }) => k === 2),
    ),
  );
  put("mismatchedCorrelation", mismatchedCorrelation(sum));
  put("chargePerClick", chargePerClick(all, clockHz));
  if (all.detections > 0) put("deadGatesPerClick", deadGatesPerClick(all));
  if (slices.length >= LEAST_SLICES) {
    put("clickScatter", clickScatter(slices));
    put("errorScatter", errorScatter(slices));
  }
  return look;
}

function sumsOf({ cells }: LinkTally): Sums {
  return (when) => {
    let sum = 0;
    for (const s of [0, 1])
      for (const k of [0, 1, 2])
        for (const x of [0, 1])
          for (const t of [0, 1])
            for (const y of [0, 1]) if (when({ s, k, x, t, y })) sum += cells[cellOf(s, k, x, t, y)] ?? 0;
    return sum;
  };
}

/** Logarithm of the clicks per pulse of an intensity, both bases; Bob's choice does not matter to whether he clicks. */
function gainOf(tally: LinkTally, intensity: number): Seen | undefined {
  const sent = (tally.sent[intensity] ?? 0) + (tally.sent[3 + intensity] ?? 0);
  const clicks = sumsOf(tally)(({ k }) => k === intensity);
  if (sent === 0) return undefined;
  // Half a count keeps the logarithm finite where a vacuum pulse never clicked.
  return { value: Math.log((clicks + 0.5) / sent), u: Math.sqrt(DISPERSION / (clicks + 0.5)) };
}

function errorRate(sum: Sums, basis: number): Seen | undefined {
  const matched = sum(({ s, t }) => s === basis && t === basis);
  const errors = sum(({ s, t, x, y }) => s === basis && t === basis && x !== y);
  if (matched === 0) return undefined;
  const rate = errors / matched;
  return { value: rate, u: Math.sqrt((DISPERSION * (errors + 1)) / matched ** 2) };
}

/** The root of a count per million gates: its uncertainty hardly depends on the count. */
function rootOfRare(count: number, gates: number): Seen {
  const perGate = Math.sqrt(1e6 / gates);
  return { value: Math.sqrt(count) * perGate, u: 0.5 * Math.sqrt(DISPERSION) * perGate };
}

function share(part: number, whole: number): Seen | undefined {
  if (whole === 0) return undefined;
  return { value: (part + 0.5) / (whole + 1), u: 0.5 * Math.sqrt(DISPERSION / whole) };
}

/**
 * How much bits agree where the bases differ: the sine of the phase error times the visibility. Z against X and X against Z
 * lean to opposite sides.
 */
function mismatchedCorrelation(sum: Sums): Seen | undefined {
  const lit = sum(({ s, t, k }) => s !== t && k < 2);
  if (lit === 0) return undefined;
  const agree = sum(({ s, t, k, x, y }) => s !== t && k < 2 && (x === y) === (s === 0));
  return { value: (2 * agree - lit) / lit, u: Math.sqrt(DISPERSION / lit) };
}

function chargePerClick(tally: LinkTally, clockHz: number): Seen | undefined {
  const clicks = tally.clicks[0] + tally.clicks[1];
  const beyondNa = tally.photocurrentNa - LEAKAGE_NA;
  if (clicks === 0 || beyondNa < LEAKAGE_NA / 4) return undefined;
  const perS = (clicks / tally.gates) * clockHz;
  return { value: Math.log(beyondNa / perS), u: Math.hypot(METER_U, LEAKAGE_U_NA / beyondNa) };
}

/** One is added, so that a receiver without dead time has a logarithm. */
function deadGatesPerClick(tally: LinkTally): Seen {
  return { value: Math.log1p(tally.deadGates / tally.detections), u: 1 / Math.sqrt(tally.detections) };
}

/** Spread of the clicks per gate beyond that of chance, relative to their mean. */
function clickScatter(slices: readonly LinkTally[]): Seen {
  const rates = slices.map(({ detections, gates }) => detections / gates);
  const mean = meanOf(rates);
  const chance = DISPERSION / meanOf(slices.map(({ detections }) => detections));
  return excess(varianceOf(rates) / mean ** 2, chance);
}

/** Spread of the error rate beyond that of chance. */
function errorScatter(slices: readonly LinkTally[]): Seen | undefined {
  const rates = slices.map((slice) => {
    const sum = sumsOf(slice);
    const matched = sum(({ s, t }) => s === t);
    return { matched, rate: sum(({ s, t, x, y }) => s === t && x !== y) / matched };
  });
  const mean = meanOf(rates.map(({ rate }) => rate));
  const chance = (DISPERSION * mean * (1 - mean)) / meanOf(rates.map(({ matched }) => matched));
  return excess(varianceOf(rates.map(({ rate }) => rate)), chance);
}

/** Root of what a variance has beyond that of chance; by chance alone it comes out at about half the root of the latter. */
function excess(variance: number, chance: number): Seen {
  const value = Math.sqrt(Math.max(0, variance - chance));
  return { value, u: Math.hypot(0.6 * Math.sqrt(chance), 0.16 * value) };
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
