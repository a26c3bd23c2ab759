import type { GarbageReason } from "../../protocol/index.ts";

/** What a link has seen since it was opened. */
export interface LinkCounters {
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly framesReceived: number;
  readonly framesSent: number;
  /** Bytes that belonged to no frame, by the reason the scanner gave. */
  readonly garbageBytes: Readonly<Partial<Record<GarbageReason, number>>>;
}

/** All garbage bytes together. */
export function totalGarbage(counters: LinkCounters): number {
  return Object.values(counters.garbageBytes).reduce((sum, bytes) => sum + bytes, 0);
}
