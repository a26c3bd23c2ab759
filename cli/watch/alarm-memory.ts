import type { TransceiverAlarm } from "../../drivers/index.ts";

/** One alarm as it is remembered since the watch began: whether it is there, how often it came, how long it stayed at most. */
export interface RememberedAlarm {
  readonly code: number;
  readonly name: string;
  readonly severity: TransceiverAlarm["severity"];
  readonly level: TransceiverAlarm["level"];
  readonly text: string;
  /** When it was raised, ms of the watch's clock; null while it is not there. */
  readonly sinceMs: number | null;
  readonly count: number;
  readonly longestMs: number;
}

export type AlarmMemory = ReadonlyMap<number, RememberedAlarm>;

/** A change of an alarm enters the memory; one that changed its level only counts once. */
export function remember(memory: AlarmMemory, alarm: TransceiverAlarm, nowMs: number): AlarmMemory {
  const { code, name, severity, level, text } = alarm;
  const before = memory.get(code);
  const since = before?.sinceMs ?? null;
  const lasted = since === null ? 0 : nowMs - since;
  const comes = alarm.raised && since === null;
  return new Map(memory).set(code, {
    code,
    name,
    severity,
    level,
    text: text === "" ? (before?.text ?? "") : text,
    sinceMs: alarm.raised ? (since ?? nowMs) : null,
    count: (before?.count ?? 0) + (comes ? 1 : 0),
    longestMs: Math.max(before?.longestMs ?? 0, lasted),
  });
}
