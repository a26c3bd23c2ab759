import { LEAKAGE_NA } from "./leakage.ts";
import { usualOf } from "./look-at-readings.ts";
import type { Look, ObservableName, Seen } from "./observables.ts";

/** What a unit says of its own counts at one moment, averaged over about a second; null where it does not. */
export interface LinkCounters {
  /** Detections a pulse of signal, decoy, vacuum. */
  readonly gains: readonly [number | null, number | null, number | null];
  readonly qberZ: number | null;
  readonly qberX: number | null;
  readonly doubleClicksHz: number | null;
  readonly mismatchedCorrelation: number | null;
  /** Clicks a second and mean current of both data detectors together. */
  readonly clicksHz: number | null;
  readonly photocurrentNa: number | null;
}

/** Averages of a unit are known no better than this share. */
const AVERAGED_U = 0.01;

/**
 * What units say of the counts of a link, where nobody may look at its frames: a running link is not disturbed. What is
 * told is on the same scale as what frames tell, so the same baseline serves.
 */
export function lookAtCounters(moments: readonly LinkCounters[], clockHz: number): Look {
  const look: Partial<Record<ObservableName, Seen>> = {};
  const put = (name: ObservableName, of: (moment: LinkCounters) => number | null, leastU: number): void => {
    const values = moments.map(of).filter((value) => value !== null && Number.isFinite(value)) as number[];
    if (values.length === 0) return;
    const { value, u } = usualOf(values);
    look[name] = { value, u: Math.hypot(u, leastU) };
  };
  const log = (value: number | null): number | null =>
    value === null || value <= 0 ? null : Math.log(value);
  const difference = (one: number | null, other: number | null) =>
    one === null || other === null ? null : one - other;
  put("signalGain", ({ gains: [u] }) => log(u), AVERAGED_U);
  put("decoyRatio", ({ gains: [u, v] }) => difference(log(v), log(u)), AVERAGED_U);
  put("vacuumGain", ({ gains: [, , w] }) => log(w), AVERAGED_U);
  put("qberZ", ({ qberZ }) => qberZ, 1e-4);
  put("qberX", ({ qberX }) => qberX, 1e-4);
  put(
    "doubleClicks",
    ({ doubleClicksHz }) => (doubleClicksHz === null ? null : Math.sqrt((1e6 * doubleClicksHz) / clockHz)),
    AVERAGED_U,
  );
  put("mismatchedCorrelation", (moment) => moment.mismatchedCorrelation, 1e-3);
  put(
    "chargePerClick",
    ({ clicksHz, photocurrentNa }) =>
      clicksHz === null || clicksHz <= 0 || photocurrentNa === null || photocurrentNa < 1.25 * LEAKAGE_NA
        ? null
        : Math.log((photocurrentNa - LEAKAGE_NA) / clicksHz),
    AVERAGED_U,
  );
  return look;
}
