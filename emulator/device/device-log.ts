import type { LOG_LEVELS } from "../../protocol/index.ts";

/** Level of an entry. */
export type LogLevel = keyof typeof LOG_LEVELS;

/** One entry; texts never hold key material. */
export interface LogEntry {
  readonly index: number;
  readonly uptimeMs: bigint;
  readonly level: LogLevel;
  readonly text: string;
}

const KEPT = 1000;
/** Most entries in one reply, far below the payload limit. */
const MOST_SENT = 200;

/** The device's log: a ring of the last entries. */
export class DeviceLog {
  readonly #entries: LogEntry[] = [];
  #nextIndex = 0;

  write(level: LogLevel, text: string, uptimeMs: number): void {
    this.#entries.push({
      index: this.#nextIndex++,
      uptimeMs: BigInt(Math.floor(uptimeMs)),
      level,
      text: text.slice(0, 400),
    });
    if (this.#entries.length > KEPT) this.#entries.shift();
  }

  read(fromIndex: number, maxEntries: number) {
    const firstIndex = this.#nextIndex - this.#entries.length;
    const start = Math.max(0, fromIndex - firstIndex);
    const entries = this.#entries.slice(start, start + Math.min(maxEntries, MOST_SENT));
    return { firstIndex, nextIndex: this.#nextIndex, entries };
  }
}
