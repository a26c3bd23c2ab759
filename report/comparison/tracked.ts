/** A check whose course over months tells of ageing, and the change from which it counts as drift. */
export interface Tracked {
  readonly check: string;
  /** In the unit of the check; relative to the old value where `relative`. */
  readonly drift: number;
  readonly relative: boolean;
}

/**
 * Changes below these come and go on healthy links: plugging, temperature, the units' own re-centring. Figures of the
 * trade for loss, of installed links for the others.
 */
export const TRACKED: readonly Tracked[] = [
  { check: "lossEndToEnd", drift: 0.5, relative: false },
  { check: "qberZu", drift: 0.5, relative: false },
  { check: "qberXu", drift: 0.5, relative: false },
  { check: "visibility", drift: 0.005, relative: false },
  { check: "darks0", drift: 0.3, relative: true },
  { check: "darks1", drift: 0.3, relative: true },
  { check: "meanPhotons", drift: 0.03, relative: true },
  { check: "balance", drift: 0.02, relative: false },
  { check: "delayCentre", drift: 15, relative: false },
  { check: "keyRate", drift: 0.1, relative: true },
];
