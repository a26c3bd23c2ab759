import type { AlarmName, RegisterValues } from "../../../protocol/index.ts";
import { type ActiveAlarm, AlarmBoard, type AlarmChange } from "./alarm-board.ts";
import { type AlarmEvidence, alarmConditions } from "./alarm-conditions.ts";

/** What the device tells its alarms of itself; the rest they know. */
export type SeenByDevice = Omit<AlarmEvidence, "failed" | "secondsSinceDrop">;

/** A test whose failure is an alarm until it passes. */
export type AlarmingTest = Extract<AlarmName, "calibrationFailed" | "selfTestFailed">;

/** The alarms of one device with their memory: failed tests, dropped frames, latches. */
export class DeviceAlarms {
  readonly #failed = new Set<AlarmName>();
  #board = new AlarmBoard();
  #lastDropMs = Number.NEGATIVE_INFINITY;

  /** Alarms now raised, in rising order of code. */
  get active(): readonly ActiveAlarm[] {
    return this.#board.active;
  }

  /** A test has ended. */
  tested(test: AlarmingTest, passed: boolean): void {
    if (passed) this.#failed.delete(test);
    else this.#failed.add(test);
  }

  /** A frame had to be dropped at this uptime. */
  frameDropped(uptimeMs: number): void {
    this.#lastDropMs = uptimeMs;
  }

  /** Judges one set of readings and returns what changed. */
  judge(values: RegisterValues, seen: SeenByDevice, uptimeMs: number): AlarmChange[] {
    const failed = this.#failed;
    const secondsSinceDrop = (uptimeMs - this.#lastDropMs) / 1000;
    const conditions = alarmConditions({ ...seen, failed, secondsSinceDrop });
    return this.#board.judge(values, conditions, uptimeMs);
  }

  /** Lets go of what is kept; what still has its cause comes back with the next readings, a failed test until it passes. */
  clearLatches(): void {
    this.#board.clearLatches();
  }

  /** Forgets everything, as after power-up. */
  restart(): void {
    this.#failed.clear();
    this.#board = new AlarmBoard();
    this.#lastDropMs = Number.NEGATIVE_INFINITY;
  }
}
