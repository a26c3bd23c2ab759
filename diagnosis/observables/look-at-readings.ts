import type { Look, ObservableName, Seen } from "./observables.ts";

/** Readings of both units at one moment; null where an instrument is missing or has no reading. */
export interface LinkReadings {
  /** Received power of each lit classical channel, dBm; null where nobody meters them. */
  readonly classicalDbm: readonly number[] | null;
  readonly laserDbm: number | null;
  readonly attenuatorDb: number | null;
  readonly monitorDbm: number | null;
  readonly modulatorV: number | null;
  /** Mean of both detectors. */
  readonly detectorC: number | null;
  readonly biasV: number | null;
  /** What the bias is set to. */
  readonly biasSetV: number | null;
  readonly arrivalPs: number | null;
  /** Mean number of afterpulses of a click, from the gaps between clicks. */
  readonly afterpulseProbability: number | null;
}

/** Resolution of an instrument that shows the same value each time. */
const RESOLUTION = 0.005;
/** Deviation of normal numbers over their median distance, and how much less certain a median is than a mean. */
const NORMAL_DISTANCE = 1.4826;
const MEDIAN_LOSS = 1.2533;

/** What the readings of some time show: their medians, with the uncertainty of these. */
export function lookAtReadings(moments: readonly LinkReadings[]): Look {
  const look: Partial<Record<ObservableName, Seen>> = {};
  const put = (name: ObservableName, of: (reading: LinkReadings) => number | null): void => {
    const values = moments.map(of).filter((value) => value !== null && Number.isFinite(value)) as number[];
    if (values.length > 0) look[name] = usualOf(values);
  };
  put("classicalDb", ({ classicalDbm }) =>
    classicalDbm === null || classicalDbm.length === 0 ? null : totalDbm(classicalDbm),
  );
  put("litChannels", ({ classicalDbm }) => classicalDbm?.length ?? null);
  put("laserDb", ({ laserDbm }) => laserDbm);
  put("attenuatorDb", ({ attenuatorDb }) => attenuatorDb);
  put("monitorDb", ({ monitorDbm, laserDbm }) =>
    monitorDbm === null || laserDbm === null ? null : monitorDbm - laserDbm,
  );
  put("modulatorV", ({ modulatorV }) => modulatorV);
  put("detectorC", ({ detectorC }) => detectorC);
  put("biasV", ({ biasV }) => biasV);
  put("biasSetV", ({ biasSetV }) => biasSetV);
  put("arrivalPs", ({ arrivalPs }) => arrivalPs);
  put("afterpulsing", ({ afterpulseProbability: p }) => (p === null || p <= 0 ? null : Math.log(p)));
  return look;
}

/** Median of several readings with its uncertainty by their median distance: one wrong or late reading moves neither. */
export function usualOf(values: readonly number[]): Seen {
  const value = median(values);
  const distance = median(values.map((one) => Math.abs(one - value)));
  return {
    value,
    u: Math.hypot((NORMAL_DISTANCE * MEDIAN_LOSS * distance) / Math.sqrt(values.length), RESOLUTION),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Power of several channels together. */
function totalDbm(dbm: readonly number[]): number {
  return 10 * Math.log10(dbm.reduce((sum, power) => sum + 10 ** (power / 10), 0));
}
