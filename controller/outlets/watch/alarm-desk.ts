import type { TransceiverAlarm } from "../../../drivers/index.ts";
import { type AlarmInput, type AlarmMemory, alarmStep } from "../alarms/alarm-memory.ts";
import { alarmsView, alarmView } from "../alarms/alarms-view.ts";
import {
  type SiteAlarmName,
  strangeAlarm,
  type WatchedAlarm,
  watchedAlarms,
} from "../alarms/watched-alarms.ts";
import type { AlarmGroup, AlarmLevel, AlarmsView, AlarmView } from "../api/index.ts";
import type { AlarmFile } from "../kept/alarm-file.ts";
import type { AlarmState } from "../notices/notice.ts";

/** An alarm came, went, or was seen by somebody. */
export interface AlarmChange {
  readonly atMs: number;
  readonly state: AlarmState;
  readonly alarm: AlarmView;
}

const STATES = { raise: "raised", clear: "cleared", acknowledge: "acknowledged" } as const;

/** Alarms of a unit that no table knows are watched up to this number. */
const MOST_STRANGE = 64;

/** Owner of the memory of alarms: what the unit tells, and what the site finds of itself. */
export class AlarmDesk {
  readonly #role: "qtx" | "qrx";
  readonly #file: AlarmFile;
  readonly #watched: Map<string, WatchedAlarm>;
  readonly #changed: (change: AlarmChange) => void;
  #memory: AlarmMemory;
  #strange = 0;

  constructor(
    role: "qtx" | "qrx",
    file: AlarmFile,
    memory: AlarmMemory,
    changed: (change: AlarmChange) => void = () => {},
  ) {
    this.#role = role;
    this.#changed = changed;
    this.#file = file;
    this.#memory = memory;
    this.#watched = new Map(watchedAlarms(role).map((alarm) => [alarm.id, alarm]));
  }

  /** The unit raised or cleared an alarm. */
  ofUnit({ name, code, raised, level, text, value }: TransceiverAlarm, atMs: number): void {
    const id = `${this.#role}.${name}`;
    if (!this.#watched.has(id)) {
      if (this.#strange >= MOST_STRANGE) return;
      this.#strange += 1;
      this.#watched.set(id, strangeAlarm(this.#role, name, code));
    }
    this.#do(
      raised
        ? {
            type: "raise",
            atMs,
            id,
            level: level === "absolute" ? "bad" : "warn",
            text: text === "" ? String(value) : text,
          }
        : { type: "clear", atMs, id },
    );
  }

  /** The site finds that something is so, or is not; `level` null clears. */
  ofSite(name: SiteAlarmName, level: AlarmLevel | null, text: string, atMs: number): void {
    const id = `site.${name}`;
    this.#do(level === null ? { type: "clear", atMs, id } : { type: "raise", atMs, id, level, text });
  }

  /** False where nothing of that name is remembered. */
  acknowledge(id: string, by: string, atMs: number): boolean {
    if (!Object.hasOwn(this.#memory.alarms, id)) return false;
    this.#do({ type: "acknowledge", atMs, id, by });
    return true;
  }

  reset(by: string, atMs: number): void {
    this.#do({ type: "reset", atMs, by });
  }

  /** The weightiest level present in each group. */
  get present(): Readonly<Partial<Record<AlarmGroup, AlarmLevel>>> {
    const levels: Partial<Record<AlarmGroup, AlarmLevel>> = {};
    for (const [id, { clearedAtMs, level }] of Object.entries(this.#memory.alarms)) {
      const group = this.#watched.get(id)?.group;
      if (group === undefined || clearedAtMs !== null) continue;
      if (levels[group] !== "bad") levels[group] = level;
    }
    return levels;
  }

  view(nowMs: number): AlarmsView {
    return alarmsView(this.#memory, this.#watched, nowMs, this.#file.fault === null);
  }

  #do(input: AlarmInput): void {
    const next = alarmStep(this.#memory, input);
    if (next === this.#memory) return;
    this.#memory = next;
    void this.#file.keep(next);
    if (input.type === "reset") return;
    const [watched, remembered] = [this.#watched.get(input.id), next.alarms[input.id]];
    if (watched === undefined || remembered === undefined) return;
    const { atMs, type } = input;
    this.#changed({ atMs, state: STATES[type], alarm: alarmView(watched, remembered, atMs) });
  }
}
