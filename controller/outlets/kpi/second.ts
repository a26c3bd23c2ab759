import type { AlarmGroup, AlarmLevel } from "../api/index.ts";

/** What one second of a site showed. */
export interface Second {
  /** Time of day at which it began. */
  readonly atMs: number;
  /** Why the link was down, or null. */
  readonly down: string | null;
  /** Frames lost or dropped within it. */
  readonly framesLost: number;
  /** No frame came for longer than frames take to come. */
  readonly silent: boolean;
  /** The last key is older than three block periods. */
  readonly noKey: boolean;
  readonly fallback: boolean;
  /** Last known error rates against the limits of operation and of the site. */
  readonly qberOver: boolean;
  readonly qberBad: boolean;
  readonly lossDb: number | null;
  /** Blocks that ended within it. */
  readonly blocks: readonly BlockOfSecond[];
  readonly alarms: Readonly<Partial<Record<AlarmGroup, AlarmLevel>>>;
}

/** A block as the ledger counts it. */
export interface BlockOfSecond {
  readonly secretBits: number;
  readonly siftedZ: number;
  readonly siftedX: number;
  readonly qberZ: number;
  readonly qberX: number;
}

/** How a second counts. A severely errored one is an errored one too. */
export type SecondClass = "clean" | "errored" | "severe";

/** Severely errored: errors beyond the site's limit, no frames, no key. Errored: a lost frame, or errors beyond operation. */
export function classOf({ down, silent, noKey, qberBad, qberOver, framesLost }: Second): SecondClass {
  if (down !== null || silent || noKey || qberBad) return "severe";
  return qberOver || framesLost > 0 ? "errored" : "clean";
}
