/** Levels of an alarm: beyond the operating range, beyond the absolute one. */
export type AlarmLevel = "warn" | "bad";

/** What an alarm is about; rows of the picture of the last day. */
export type AlarmGroup = "qber" | "light" | "unit" | "delivery";

/** One alarm and what is remembered of it. */
export interface AlarmView {
  readonly id: string;
  readonly name: string;
  readonly unit: string;
  readonly code: number | null;
  readonly group: AlarmGroup;
  readonly meaning: string;
  readonly state: "present" | "remembered";
  /** The weightiest level since the memory was reset. */
  readonly level: AlarmLevel;
  readonly raisedAtMs: number;
  readonly clearedAtMs: number | null;
  readonly times: number;
  readonly longestMs: number;
  readonly acknowledged: { readonly atMs: number; readonly by: string } | null;
  /** What the unit or the site said of it. */
  readonly text: string;
}

/** All alarms of a site. */
export interface AlarmsView {
  readonly atMs: number;
  /** How many are watched. */
  readonly watched: number;
  readonly present: number;
  readonly remembered: number;
  readonly never: number;
  readonly resetAtMs: number;
  readonly resetBy: string | null;
  /** False while the memory cannot be written to disk. */
  readonly kept: boolean;
  /** Present ones first, then the most recent. */
  readonly alarms: readonly AlarmView[];
  /** Those that were never raised since the memory was reset. */
  readonly quiet: readonly { readonly id: string; readonly name: string; readonly unit: string }[];
}
