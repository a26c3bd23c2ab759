import {
  ALARMS,
  type AlarmName,
  INPUT_REGISTERS,
  type RegisterDeclaration,
  type RegisterName,
  type RegisterValues,
  registerLevel,
} from "../../../protocol/index.ts";

/** An alarm now raised. */
export interface ActiveAlarm {
  readonly name: AlarmName;
  readonly code: number;
  readonly severity: "minor" | "major" | "critical";
  readonly level: "operating" | "absolute";
  readonly value: number;
  readonly raisedMs: bigint;
  readonly text: string;
}

/** A change that connected drivers are told of. */
export interface AlarmChange extends ActiveAlarm {
  readonly transition: "raised" | "cleared";
}

/** How far back inside its range a value must come, as a share of the range's width. */
const HYSTERESIS = 0.02;
/** Readings in a row beyond a range before an alarm is raised: one noisy reading is none. */
const READINGS_TO_RAISE = 3;

type Level = "ok" | "degraded" | "invalid";

/** Conditions that are no range of a quantity, with the value they report; absent ones are not present. */
export type AlarmConditions = ReadonlyMap<AlarmName, number>;

/** Every alarm of a device: three levels per quantity with hysteresis, conditions, and latches. */
export class AlarmBoard {
  readonly #active = new Map<AlarmName, ActiveAlarm>();
  readonly #beyond = new Map<AlarmName, { level: Level; readings: number }>();
  readonly #latched = new Set<AlarmName>();
  readonly #latching: ReadonlySet<AlarmName>;

  /** `latching` conditions stay raised after their cause is gone, until `clearLatches`. */
  constructor(
    latching: readonly AlarmName[] = ["protectiveShutdown", "calibrationFailed", "selfTestFailed"],
  ) {
    this.#latching = new Set(latching);
  }

  /** Alarms now raised, in rising order of code. */
  get active(): readonly ActiveAlarm[] {
    return [...this.#active.values()].sort((a, b) => a.code - b.code);
  }

  /** Judges one set of readings and returns what changed. */
  judge(values: RegisterValues, conditions: AlarmConditions, uptimeMs: number): AlarmChange[] {
    const changes: AlarmChange[] = [];
    for (const [name, value] of Object.entries(values) as [RegisterName, number | null][]) {
      if (!isQuantity(name)) continue;
      const alarm = name as AlarmName & RegisterName;
      if (value === null || value === undefined) this.#move(alarm, "ok", 0, uptimeMs, changes);
      else this.#move(alarm, this.#settled(alarm, value), value, uptimeMs, changes);
    }
    for (const name of Object.keys(ALARMS) as AlarmName[]) {
      if (isQuantity(name)) continue;
      const value = conditions.get(name);
      if (value !== undefined && this.#latching.has(name)) this.#latched.add(name);
      const raised = value !== undefined || this.#latched.has(name);
      const level = ALARMS[name].severity === "critical" ? "invalid" : "degraded";
      this.#move(name, raised ? level : "ok", value ?? this.#active.get(name)?.value ?? 0, uptimeMs, changes);
    }
    return changes;
  }

  /** Lets go of latched alarms; those whose cause is still there come back with the next readings. */
  clearLatches(): void {
    this.#latched.clear();
  }

  /** The level a value has after hysteresis and repetition. */
  #settled(name: AlarmName & RegisterName, value: number): Level {
    const declaration = INPUT_REGISTERS[name];
    const now = this.#level(name);
    let level: Level = registerLevel(declaration, value);
    if (rank(level) < rank(now)) {
      const range = now === "invalid" ? declaration.absolute : declaration.operating;
      if (range !== undefined && !wellInside(range, value)) level = now;
    }
    if (rank(level) <= rank(now)) {
      this.#beyond.delete(name);
      return level;
    }
    const before = this.#beyond.get(name);
    const readings = (before?.readings ?? 0) + 1;
    this.#beyond.set(name, { level, readings });
    return readings >= READINGS_TO_RAISE ? level : now;
  }

  #level(name: AlarmName): Level {
    const active = this.#active.get(name);
    if (active === undefined) return "ok";
    return active.level === "absolute" ? "invalid" : "degraded";
  }

  #move(name: AlarmName, level: Level, value: number, uptimeMs: number, changes: AlarmChange[]): void {
    const before = this.#active.get(name);
    if (level === this.#level(name)) {
      if (before !== undefined) this.#active.set(name, { ...before, value });
      return;
    }
    if (level === "ok") {
      this.#active.delete(name);
      if (before !== undefined) changes.push({ ...before, value, transition: "cleared" });
      return;
    }
    const { code, severity, meaning } = ALARMS[name];
    const alarm: ActiveAlarm = {
      name,
      code,
      severity: level === "invalid" ? "critical" : severity,
      level: level === "invalid" ? "absolute" : "operating",
      value,
      raisedMs: BigInt(Math.floor(uptimeMs)),
      text: meaning,
    };
    this.#active.set(name, alarm);
    changes.push({ ...alarm, transition: "raised" });
  }
}

/** Quantities with ranges raise the alarm of their name; `framesDropped` is both a counter and a condition. */
function isQuantity(name: string): boolean {
  const declarations: Readonly<Record<string, RegisterDeclaration | undefined>> = INPUT_REGISTERS;
  return declarations[name]?.operating !== undefined;
}

const rank = (level: Level): number => ["ok", "degraded", "invalid"].indexOf(level);

function wellInside([low, high]: readonly [number, number], value: number): boolean {
  // Some ranges span decades: a share of the width alone would be far beyond the lower end.
  const margin = (end: number): number => Math.min(HYSTERESIS * (high - low), 0.1 * Math.abs(end));
  // Visibility and gain cannot pass 1, so coming back to it is coming back.
  return value >= low + margin(low) && value <= high - (high === 1 ? 0 : margin(high));
}
