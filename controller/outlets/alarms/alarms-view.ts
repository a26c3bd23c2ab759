import type { AlarmsView, AlarmView } from "../api/index.ts";
import { type AlarmMemory, longestMs, type Remembered } from "./alarm-memory.ts";
import type { WatchedAlarm } from "./watched-alarms.ts";

/** The memory as it is shown. */
export function alarmsView(
  memory: AlarmMemory,
  watched: ReadonlyMap<string, WatchedAlarm>,
  nowMs: number,
  kept: boolean,
): AlarmsView {
  const alarms = Object.entries(memory.alarms)
    .flatMap(([id, remembered]) => {
      const alarm = watched.get(id);
      return alarm === undefined ? [] : [alarmView(alarm, remembered, nowMs)];
    })
    .toSorted(
      (a, b) =>
        Number(b.state === "present") - Number(a.state === "present") ||
        Number(b.level === "bad") - Number(a.level === "bad") ||
        b.raisedAtMs - a.raisedAtMs,
    );
  const present = alarms.filter(({ state }) => state === "present").length;
  const raised = new Set(alarms.map(({ id }) => id));
  return {
    atMs: nowMs,
    watched: watched.size,
    present,
    remembered: alarms.length - present,
    never: watched.size - alarms.length,
    resetAtMs: memory.resetAtMs,
    resetBy: memory.resetBy,
    kept,
    alarms,
    quiet: [...watched.values()]
      .filter(({ id }) => !raised.has(id))
      .map(({ id, name, unit }) => ({ id, name, unit })),
  };
}

/** One alarm as it is shown. */
export function alarmView(alarm: WatchedAlarm, remembered: Remembered, nowMs: number): AlarmView {
  const { level, raisedAtMs, clearedAtMs, times, acknowledged, text } = remembered;
  return {
    ...alarm,
    state: clearedAtMs === null ? "present" : "remembered",
    level,
    raisedAtMs,
    clearedAtMs,
    times,
    longestMs: longestMs(remembered, nowMs),
    acknowledged,
    text,
  };
}
