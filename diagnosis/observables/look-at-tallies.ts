import { requireInRange } from "../../physics/index.ts";
import { cellOf, joinTallies, type LinkTally } from "../tally/link-tally.ts";
import {
  chargePerClick,
  clickScatter,
  DISPERSION,
  deadGatesPerClick,
  errorScatter,
  LEAST_SLICES,
  type MatchedBits,
  rootOfRare,
} from "./counted.ts";
import type { Look, ObservableName, Seen } from "./observables.ts";

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
    put("errorScatter", errorScatter(slices.map(matchedOf)));
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

/** Matched bits of a slice, and those of them that differ. */
function matchedOf(slice: LinkTally): MatchedBits {
  const sum = sumsOf(slice);
  return {
    matched: sum(({ s, t }) => s === t),
    errors: sum(({ s, t, x, y }) => s === t && x !== y),
  };
}
