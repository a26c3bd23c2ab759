import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { checkArgument, rule } from "../../../options/index.ts";
import { type AlarmMemory, emptyMemory, type Remembered } from "../alarms/alarm-memory.ts";

const FORMAT = 1;
const MOST_BYTES = 4 * 1024 * 1024;

/** The memory of alarms on disk. Whatever the disk does, the calls resolve: `fault` says what is wrong. */
export class AlarmFile {
  readonly #path: string;
  #writing: Promise<void> | null = null;
  #waiting: AlarmMemory | null = null;
  #fault: string | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** Why the file could not be read or written the last time, or null. */
  get fault(): string | null {
    return this.#fault;
  }

  /** What the file remembers, or a memory that begins now. What was present when it was written is over. */
  async read(nowMs: number): Promise<AlarmMemory> {
    try {
      const text = await readFile(this.#path, { encoding: "utf8" });
      const memory = text.length > MOST_BYTES ? null : memoryOf(text);
      if (memory === null) await rename(this.#path, `${this.#path}.unread`).catch(() => {});
      return memory ?? emptyMemory(nowMs);
    } catch (cause) {
      const { code = "unknown reason" } = cause as NodeJS.ErrnoException;
      if (code !== "ENOENT") this.#fault = code;
      return emptyMemory(nowMs);
    }
  }

  /** Writes the memory; of several that come while one is written the last one counts. */
  keep(memory: AlarmMemory): Promise<void> {
    this.#waiting = memory;
    this.#writing ??= this.#writeWaiting().finally(() => {
      this.#writing = null;
    });
    return this.#writing;
  }

  async #writeWaiting(): Promise<void> {
    while (this.#waiting !== null) {
      const memory = this.#waiting;
      this.#waiting = null;
      const beside = `${this.#path}.new`;
      try {
        await writeFile(beside, `${JSON.stringify({ v: FORMAT, memory })}\n`, { mode: 0o600, flush: true });
        await rename(beside, this.#path);
        this.#fault = null;
      } catch (cause) {
        this.#fault = (cause as NodeJS.ErrnoException).code ?? "unknown reason";
        await rm(beside, { force: true }).catch(() => {});
      }
    }
  }
}

/** Where the memory of alarms of the store at `store` lies. */
export function alarmFileOf(store: string): string {
  checkArgument("store", store, rule.text("the path of a store"));
  return `${store}.alarms.json`;
}

/** Null for a text that is no memory of alarms. */
export function memoryOf(text: string): AlarmMemory | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const { v, memory } = (value ?? {}) as { readonly v?: unknown; readonly memory?: Partial<AlarmMemory> };
  if (v !== FORMAT || typeof memory !== "object" || memory === null) return null;
  const { resetAtMs, resetBy, alarms } = memory;
  if (!isTime(resetAtMs) || !(resetBy === null || typeof resetBy === "string")) return null;
  if (typeof alarms !== "object" || alarms === null || !Object.values(alarms).every(isRemembered))
    return null;
  const over = Object.entries(alarms).map(([id, one]) => [
    id,
    { ...one, clearedAtMs: one.clearedAtMs ?? one.raisedAtMs },
  ]);
  return { resetAtMs, resetBy, alarms: Object.fromEntries(over) };
}

function isRemembered(value: unknown): value is Remembered {
  if (typeof value !== "object" || value === null) return false;
  const { level, raisedAtMs, clearedAtMs, times, longestMs, acknowledged, text } =
    value as Partial<Remembered>;
  const acknowledgement =
    acknowledged === null ||
    (typeof acknowledged === "object" && isTime(acknowledged.atMs) && typeof acknowledged.by === "string");
  return (
    (level === "warn" || level === "bad") &&
    isTime(raisedAtMs) &&
    (clearedAtMs === null || isTime(clearedAtMs)) &&
    isTime(times) &&
    isTime(longestMs) &&
    typeof text === "string" &&
    acknowledgement
  );
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
