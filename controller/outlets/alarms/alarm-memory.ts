import type { AlarmLevel } from "../api/index.ts";

/** What is remembered of one alarm since the memory was reset. */
export interface Remembered {
  readonly level: AlarmLevel;
  readonly raisedAtMs: number;
  /** Null while it is present. */
  readonly clearedAtMs: number | null;
  readonly times: number;
  /** Of the times that are over. */
  readonly longestMs: number;
  readonly acknowledged: { readonly atMs: number; readonly by: string } | null;
  readonly text: string;
}

/** The memory of all alarms, by their IDs. */
export interface AlarmMemory {
  readonly resetAtMs: number;
  readonly resetBy: string | null;
  readonly alarms: Readonly<Record<string, Remembered>>;
}

/** What can be done to the memory. */
export type AlarmInput =
  | {
      readonly type: "raise";
      readonly atMs: number;
      readonly id: string;
      readonly level: AlarmLevel;
      readonly text: string;
    }
  | { readonly type: "clear"; readonly atMs: number; readonly id: string }
  | { readonly type: "acknowledge"; readonly atMs: number; readonly id: string; readonly by: string }
  /** Forgets what is over; what is present stays, counted anew. */
  | { readonly type: "reset"; readonly atMs: number; readonly by: string };

/** Alarms that are remembered at most; further ones push the oldest that are over out. */
const MOST_REMEMBERED = 256;

/** A memory without alarms, as from `atMs`. */
export function emptyMemory(atMs: number): AlarmMemory {
  return { resetAtMs: atMs, resetBy: null, alarms: {} };
}

/** Advances the memory by one input. An input that changes nothing gives the same object. Pure. */
export function alarmStep(memory: AlarmMemory, input: AlarmInput): AlarmMemory {
  if (input.type === "reset") return resetMemory(memory, input.atMs, input.by);
  const known = Object.hasOwn(memory.alarms, input.id) ? memory.alarms[input.id] : undefined;
  const next = ofOne(known, input);
  if (next === undefined || next === known) return memory;
  return { ...memory, alarms: bounded({ ...memory.alarms, [input.id]: next }) };
}

/** How long an alarm was present at most, the present time included. */
export function longestMs({ clearedAtMs, raisedAtMs, longestMs: over }: Remembered, nowMs: number): number {
  return Math.max(over, clearedAtMs === null ? nowMs - raisedAtMs : 0);
}

function ofOne(
  known: Remembered | undefined,
  input: Exclude<AlarmInput, { readonly type: "reset" }>,
): Remembered | undefined {
  const { atMs } = input;
  switch (input.type) {
    case "raise": {
      const { level, text } = input;
      if (known === undefined)
        return {
          level,
          raisedAtMs: atMs,
          clearedAtMs: null,
          times: 1,
          longestMs: 0,
          acknowledged: null,
          text,
        };
      if (known.clearedAtMs === null) {
        if (known.level === "bad" || known.level === level) return known;
        // It became worse: what was acknowledged was less.
        return { ...known, level, text, acknowledged: null };
      }
      const worse = known.level === "bad" ? "bad" : level;
      return {
        ...known,
        level: worse,
        text,
        raisedAtMs: atMs,
        clearedAtMs: null,
        times: known.times + 1,
        acknowledged: null,
      };
    }
    case "clear":
      if (known === undefined || known.clearedAtMs !== null) return known;
      return { ...known, clearedAtMs: Math.max(atMs, known.raisedAtMs), longestMs: longestMs(known, atMs) };
    case "acknowledge":
      if (known === undefined || known.acknowledged !== null) return known;
      return { ...known, acknowledged: { atMs, by: input.by } };
  }
}

function resetMemory(memory: AlarmMemory, atMs: number, by: string): AlarmMemory {
  const present = Object.entries(memory.alarms).filter(([, { clearedAtMs }]) => clearedAtMs === null);
  return {
    resetAtMs: atMs,
    resetBy: by,
    alarms: Object.fromEntries(present.map(([id, one]) => [id, { ...one, times: 1, longestMs: 0 }])),
  };
}

function bounded(alarms: Readonly<Record<string, Remembered>>): Readonly<Record<string, Remembered>> {
  const entries = Object.entries(alarms);
  if (entries.length <= MOST_REMEMBERED) return alarms;
  const over = entries
    .filter(([, { clearedAtMs }]) => clearedAtMs !== null)
    .toSorted(([, a], [, b]) => (a.clearedAtMs ?? 0) - (b.clearedAtMs ?? 0));
  const oldest = over[0]?.[0] ?? entries[0]?.[0];
  return Object.fromEntries(entries.filter(([id]) => id !== oldest));
}
