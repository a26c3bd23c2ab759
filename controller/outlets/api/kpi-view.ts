import type { AlarmGroup, AlarmLevel } from "./alarm-view.ts";

/** Mean and largest value; null where there was none. */
export interface MeanAndMax {
  readonly mean: number | null;
  readonly max: number | null;
}

/** What a span of time came to. Seconds are counted, rates are bits over seconds watched. */
export interface KpiBin {
  readonly startMs: number;
  readonly lengthS: number;
  /** Seconds in which this site ran and looked. */
  readonly watchedS: number;
  readonly secretBits: number;
  readonly skrBps: number;
  /** Shares, weighted by sifted bits. */
  readonly qberZ: MeanAndMax;
  readonly qberX: MeanAndMax;
  /** Mean of the seconds with a reading. */
  readonly lossDb: number | null;
  /** The link was not down. */
  readonly uptimeS: number;
  /** More than three block periods after the last key. */
  readonly noKeyS: number;
  /** Either error rate beyond the operating limit. */
  readonly qberOverS: number;
  readonly fallbackS: number;
  /** Errored, severely errored and unavailable seconds. */
  readonly es: number;
  readonly ses: number;
  readonly uas: number;
  /** Seconds down, by reason. */
  readonly downS: Readonly<Record<string, number>>;
  /** Seconds with an alarm of each group, and the weightiest level. */
  readonly alarms: Readonly<Partial<Record<AlarmGroup, { readonly s: number; readonly level: AlarmLevel }>>>;
}

/** The ledger of key figures. */
export interface KpiView {
  readonly length: "quarter" | "day";
  /** Oldest first; the last one runs. */
  readonly bins: readonly KpiBin[];
  /** Why the ledger is not on disk, or null. */
  readonly unkept: string | null;
}
