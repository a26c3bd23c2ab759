import type { AlarmsView } from "./alarm-view.ts";

/** One measured quantity of the unit. */
export interface QuantityView {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly level: "ok" | "degraded" | "invalid";
  readonly ageMs: number;
}

/** The last block that ended. */
export interface BlockView {
  readonly sequence: number;
  readonly endedAtMs: number;
  readonly siftedBits: number;
  readonly secretBits: number;
  /** Shares of wrong bits. */
  readonly qberZ: number;
  readonly qberX: number;
  /** Why it gave no key, or null. */
  readonly aborted: string | null;
}

/** Condition of the link, at one moment. */
export interface HealthView {
  readonly atMs: number;
  readonly level: "up" | "degraded" | "down";
  readonly reason: string | null;
  /** Since when level and reason are what they are. */
  readonly sinceMs: number;
  readonly fallback: {
    readonly engaged: boolean;
    readonly reason: string | null;
    readonly sinceMs: number | null;
  };
  /** Connection to the other site. */
  readonly peer: { readonly state: "connecting" | "up" | "down"; readonly sinceMs: number };
  /** Connection to the unit, and what the unit says of itself. */
  readonly unit: { readonly connection: string; readonly state: string };
  /** Null: no reading, or one too old to say anything about now. Error rates are shares. */
  readonly qberZ: number | null;
  readonly qberX: number | null;
  readonly lossDb: number | null;
  /** Clicks per second of each detector; null where this unit has none, or none was read. */
  readonly counts: readonly [number, number] | null;
  /** Of the last block over the time since the one before; 0 once a block is missing for two periods. */
  readonly madeBps: number | null;
  /** Bits handed out to applications of this site, per second, mean of ten seconds. */
  readonly usedBps: number;
  /** The last block that brought key. */
  readonly lastKeyAtMs: number | null;
  /** True once the last key is older than three block periods. */
  readonly noKey: boolean;
  readonly lastBlock: BlockView | null;
  readonly quantities: readonly QuantityView[];
}

/** Stock of keys of one origin, bits. */
export interface StockView {
  readonly origin: "qkd" | "pqc";
  /** What this site can still hand out. */
  readonly ownBits: number;
  /** What the other site hands out, or has handed out, and this site still holds. */
  readonly peerBits: number;
  /** What one half is filled to. */
  readonly halfBits: number;
}

/** Stock of keys. */
export interface PoolView {
  readonly atMs: number;
  readonly stocks: readonly StockView[];
  /** How long the own half lasts at the present draw without a new key; null where nothing is drawn. */
  readonly lastsS: number | null;
  /** The same with the keys that are made; null where the half does not shrink. */
  readonly drainsInS: number | null;
}

/** What one application got and was refused. */
export interface ApplicationView {
  readonly sae: string;
  /** Origin of its last keys, or null. */
  readonly gets: "qkd" | "pqc" | null;
  /** Of the last minute. */
  readonly keysPerS: number;
  /** Slowest of a hundred answers, milliseconds; null before the first. */
  readonly p99Ms: number | null;
  /** Requests refused for want of keys in the last minute. */
  readonly refused: number;
  /** Its share of the bits handed out here in the last minute. */
  readonly share: number;
}

/** What key delivery did. */
export interface DeliveryView {
  readonly atMs: number;
  /** Keys handed out since the start, to masters and to slaves. */
  readonly taken: number;
  readonly fetched: number;
  readonly applications: readonly ApplicationView[];
}

/** Everything that moves, as the stream tells it. */
export interface LiveView {
  readonly health: HealthView;
  readonly pool: PoolView;
  readonly delivery: DeliveryView;
  readonly alarms: AlarmsView;
}

/** Readings of the last half hour, oldest first; null: no reading. */
export interface HistoryView {
  readonly stepMs: number;
  readonly points: readonly HistoryPoint[];
}

export interface HistoryPoint {
  readonly atMs: number;
  readonly qberZ: number | null;
  readonly qberX: number | null;
  readonly lossDb: number | null;
  readonly count0: number | null;
  readonly count1: number | null;
  readonly madeBps: number | null;
  readonly usedBps: number | null;
  /** Shares of the half. */
  readonly ownShare: number | null;
  readonly peerShare: number | null;
}

/** Something that happened, in words. */
export interface EventView {
  readonly number: number;
  readonly atMs: number;
  readonly type: string;
  readonly level: "ok" | "warn" | "bad";
  readonly text: string;
  /** How often the same was said within a minute; `atMs` is that of the last time. */
  readonly times: number;
}
