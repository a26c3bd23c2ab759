import type { LinkParameters } from "../../physics/index.ts";
import type {
  AlarmName,
  CommandName,
  EventName,
  EventOf,
  ParameterName,
  RegisterValues,
  ReplyOf,
  RequestOf,
} from "../../protocol/index.ts";
import type { PortConnection } from "../ports/port.ts";
import { type ActiveAlarm, AlarmBoard, type AlarmConditions } from "./alarm-board.ts";
import { alarmConditions, SHUTDOWN_C } from "./alarm-conditions.ts";
import { CalibrationRun, type CalibrationStep, type CalibrationVariant } from "./calibration-run.ts";
import { type CommandTarget, carryOut } from "./command-table.ts";
import { DeviceLog, type LogLevel } from "./device-log.ts";
import { type DeviceState, type ModeInput, nextMode } from "./device-mode.ts";
import type { DeviceProfile } from "./device-profile.ts";
import { counterRegisters, type DeviceMoment, statusOf } from "./device-report.ts";
import { DeviceSession, type SessionHost } from "./device-session.ts";
import type { DeviceWorld, FrameHalf } from "./device-world.ts";
import { type InstrumentSettings, Instruments } from "./instruments.ts";
import { KeyExchange } from "./key-exchange.ts";
import { type FrameStatistics, LinkStatistics } from "./link-statistics.ts";
import { applyParameter, defaultsFor } from "./parameter-effects.ts";
import { type ParameterDefaults, ParameterStore, type ParameterValue } from "./parameter-store.ts";
import { Refusal } from "./refusal.ts";
import type { RegisterSource } from "./register-bank.ts";
import { runSelfTest, type TestResult } from "./self-test.ts";
import { measureStep } from "./step-findings.ts";

/** More clients than this at once are turned away. */
const MAX_SESSIONS = 16;
/** A connection that says nothing for so long loses its key exchange (SPEC 4.5). */
const SILENT_OWNER_MS = 30_000;
/** What a device is built from. */
export interface DeviceSetup {
  readonly profile: DeviceProfile;
  readonly link: LinkParameters;
  readonly world: DeviceWorld;
  /** For converter noise alone. */
  readonly noiseSeed: number;
  readonly settings?: ParameterDefaults["values"];
}

/** One emulated transceiver: its state has this one owner. Moved on by `tick`, fed by `frame` and `probe`. */
export class TransceiverDevice implements SessionHost, CommandTarget, RegisterSource {
  readonly profile: DeviceProfile;
  readonly parameters: ParameterStore;
  readonly log = new DeviceLog();
  readonly #link: LinkParameters;
  readonly #world: DeviceWorld;
  readonly #sessions = new Set<DeviceSession>();
  readonly #instruments: Instruments;
  readonly #statistics: LinkStatistics;
  #board = new AlarmBoard();
  #mode: DeviceState = "idle";
  #keyExchange: KeyExchange | undefined;
  #sessionNumber = 0;
  #calibration: CalibrationRun | undefined;
  #calibrationRuns = 0;
  readonly #failed = new Set<AlarmName>();
  #fault: string | undefined;
  #values: RegisterValues = {};
  #uptimeS = 0;
  #statusDueS = 0;
  #ledUntilS = 0;
  #lastDropS = Number.NEGATIVE_INFINITY;
  #detectorC: number;
  readonly #errors = { frameErrors: 0, requestErrors: 0 };

  constructor({ profile, link, world, noiseSeed, settings = {} }: DeviceSetup) {
    this.profile = profile;
    this.#link = link;
    this.#world = world;
    this.parameters = new ParameterStore(profile.role, defaultsFor(link, settings));
    this.#detectorC = this.parameters.number("detectorTemperatureC");
    this.#instruments = new Instruments(profile.role, noiseSeed, world.surroundings, this.#detectorC);
    this.#statistics = new LinkStatistics(link.clockHz);
    this.#readInstruments();
    this.log.write("info", "started", 0);
  }

  /** Serves one connection. */
  accept(connection: PortConnection): DeviceSession {
    const session = new DeviceSession(connection, this);
    this.#sessions.add(session);
    if (this.#sessions.size > MAX_SESSIONS) session.hangUp();
    return session;
  }

  get values(): RegisterValues {
    return this.#values;
  }

  get alarms(): readonly ActiveAlarm[] {
    return this.#board.active;
  }

  get state(): DeviceState {
    return this.#mode;
  }

  get keyExchange(): KeyExchange | undefined {
    return this.#keyExchange;
  }

  get ledSeconds(): number {
    return Math.max(0, this.#ledUntilS - this.#uptimeS);
  }

  get statusIntervalMs(): number {
    return this.parameters.number("statusIntervalMs");
  }

  get status(): ReplyOf<"getStatus"> {
    return statusOf(this.#moment(), this.#values);
  }

  /** Seconds of link time have passed: instruments, alarms, calibration, events, housekeeping. */
  tick(seconds: number): void {
    this.#uptimeS += seconds;
    this.#instruments.advance(seconds, this.#settings(), this.#world.surroundings);
    this.#obeyDetectorTemperature();
    this.#readInstruments();
    this.#judge();
    this.#calibrate();
    for (const session of [...this.#sessions]) session.tick();
    if ((this.#keyExchange?.owner.silentMs ?? 0) > SILENT_OWNER_MS)
      this.stopKeyExchange("its owner said nothing for 30 s");
    if (this.#uptimeS >= this.#statusDueS) this.#tellStatus();
  }

  /** The pair completed a frame. */
  frame(half: FrameHalf): void {
    this.#statistics.add(half.statistics);
    if (this.#keyExchange === undefined) half.finished();
    else if (!this.#keyExchange.offer(half)) this.#lastDropS = this.#uptimeS;
    this.#keyExchange?.flush();
  }

  /** The pair looked at the light between key exchanges. */
  probe(statistics: FrameStatistics): void {
    this.#statistics.add(statistics);
  }

  /** A part fails, or is whole again with `undefined`. */
  fail(fault: string | undefined): void {
    this.#fault = fault;
    if (fault !== undefined) this.#enterError(fault);
  }

  /** Hangs up on every client but one, as when the power goes. */
  hangUpAll(except?: DeviceSession): void {
    for (const session of [...this.#sessions]) if (session !== except) session.hangUp();
  }

  command<N extends CommandName>(session: DeviceSession, name: N, request: RequestOf<N>): ReplyOf<N> {
    return carryOut(this, name, request, session);
  }

  drained(session: DeviceSession): void {
    if (this.#keyExchange?.owner === session) this.creditGranted();
  }

  ended(session: DeviceSession): void {
    this.#sessions.delete(session);
    if (this.#keyExchange?.owner === session) this.stopKeyExchange("its connection ended");
  }

  counted(what: "frameErrors" | "requestErrors"): void {
    this.#errors[what] += 1;
  }

  wallNs(): bigint {
    return this.#world.wallNs();
  }

  setParameter(name: ParameterName, value: ParameterValue): void {
    const before = this.parameters.value(name);
    this.parameters.set(name, value);
    try {
      this.#applyParameter(name);
    } catch (error) {
      this.parameters.set(name, before);
      throw error;
    }
    this.#note("info", `${name} set to ${value}`);
  }

  startKeyExchange(owner: DeviceSession, detectionsPerFrame: number, creditFrames: number) {
    if (this.#keyExchange !== undefined && this.#keyExchange.owner !== owner)
      throw new Refusal("busy", "another connection owns the key exchange");
    const next = nextMode(this.#mode, "startKeyExchange");
    if (this.#keyExchange !== undefined) this.stopKeyExchange("started again by its owner");
    const joined = this.#world.join(this.profile.role, detectionsPerFrame);
    this.#sessionNumber += 1;
    this.#keyExchange = new KeyExchange(
      this.profile.role,
      this.#sessionNumber,
      owner,
      joined.firstFrameId,
      creditFrames,
    );
    this.#enter(next, `key exchange ${this.#sessionNumber} started by ${owner.name}`);
    this.#world.wake();
    return { sessionNumber: this.#sessionNumber, ...joined };
  }

  stopKeyExchange(why: string): void {
    if (this.#keyExchange === undefined) return;
    const number = this.#keyExchange.number;
    this.#keyExchange.end();
    this.#keyExchange = undefined;
    this.#world.leave(this.profile.role);
    this.#move("keyExchangeEnded", `key exchange ${number} ended: ${why}`);
  }

  creditGranted(): void {
    this.#keyExchange?.flush();
    this.#world.wake();
  }

  selfTest(): TestResult[] {
    nextMode(this.#mode, "selfTest");
    const results = runSelfTest(this.profile.role, this.#values);
    const failed = results.filter((result) => result.outcome === "failed");
    this.#failed[failed.length > 0 ? "add" : "delete"]("selfTestFailed");
    this.#note(failed.length > 0 ? "warning" : "info", `self-test: ${failed.length} failed`);
    return results;
  }

  startCalibration(steps: readonly CalibrationStep[], variant: CalibrationVariant): number {
    const next = nextMode(this.#mode, "startCalibration");
    this.#calibrationRuns += 1;
    this.#calibration = new CalibrationRun(this.#calibrationRuns, steps, variant, (step) =>
      measureStep(step, this.#values, this.#statistics.readings, this.#world.surroundings.backgroundPerGate),
    );
    this.#enter(next, `calibration ${this.#calibrationRuns} started`);
    return this.#calibrationRuns;
  }

  reset(what: "soft" | "hard" | "factory"): void {
    this.stopKeyExchange("reset");
    if (this.#calibration !== undefined) {
      for (const report of this.#calibration.abort()) this.#tellCalibration(this.#calibration.number, report);
      this.#calibration = undefined;
    }
    this.clearAlarmLatches();
    if (what === "factory") this.parameters.restoreDefaults();
    if (what !== "soft") {
      this.#uptimeS = 0;
      this.#statusDueS = 0;
      this.#ledUntilS = 0;
      this.#lastDropS = Number.NEGATIVE_INFINITY;
      this.#errors.frameErrors = 0;
      this.#errors.requestErrors = 0;
      this.#board = new AlarmBoard();
      this.#statistics.clear();
    }
    this.#move("reset", `${what} reset`);
    for (const name of this.parameters.settable) this.#applyParameter(name);
    if (this.#fault !== undefined) this.#enterError(this.#fault);
  }

  blinkLed(seconds: number): void {
    this.#ledUntilS = this.#uptimeS + seconds;
  }

  setStatusInterval(ms: number): void {
    this.parameters.set("statusIntervalMs", ms);
  }

  clearAlarmLatches(): void {
    this.#failed.clear();
    this.#board.clearLatches();
  }

  #settings(): InstrumentSettings {
    const p = (name: ParameterName): number => this.parameters.number(name);
    const [pu, pv, pw] = this.#link.intensityProbabilities;
    return {
      laserOn: p("laserEnabled") === 1 && this.#mode !== "error",
      meanPhotons: pu * p("meanPhotonsU") + pv * p("meanPhotonsV") + pw * p("meanPhotonsW"),
      attenuationDb: p("attenuationDb"),
      detectorBiasV: p("detectorBiasV"),
      detectorSetPointC: p("detectorTemperatureC"),
    };
  }

  #applyParameter(name: ParameterName): void {
    applyParameter(name, this.parameters, this.#world, this.profile.role, this.#mode !== "error");
  }

  #obeyDetectorTemperature(): void {
    const celsius = Math.round(this.#instruments.detectorC * 10) / 10;
    if (this.profile.role !== "qrx" || celsius === this.#detectorC) return;
    this.#detectorC = celsius;
    this.#world.act({ type: "detectorTemperature", celsius });
  }

  #note(level: LogLevel, text: string): void {
    this.log.write(level, text, this.#uptimeS * 1000);
  }

  #moment(): DeviceMoment {
    return {
      role: this.profile.role,
      state: this.#mode,
      uptimeS: this.#uptimeS,
      keyExchange: this.#keyExchange,
      readings: this.#statistics.readings,
      activeAlarms: this.alarms.length,
      errors: this.#errors,
    };
  }

  #readInstruments(): void {
    const { surroundings } = this.#world;
    const analogue = this.#instruments.read(this.#settings(), surroundings, this.#statistics.readings);
    this.#values = { ...analogue, ...counterRegisters(this.#moment()) };
  }

  #judge(): void {
    const hotC = this.#instruments.housingC;
    if (hotC > SHUTDOWN_C && this.#mode !== "error")
      this.#enterError(`protective shutdown at ${hotC.toFixed(1)} degC inside`);
    for (const change of this.#board.judge(this.#values, this.#alarmConditions(), this.#uptimeS * 1000)) {
      const { name, ...alarm } = change;
      this.#note("warning", `alarm ${name} ${change.transition}, ${change.level}`);
      this.#tell("alarm", alarm);
    }
  }

  #alarmConditions(): AlarmConditions {
    return alarmConditions({
      role: this.profile.role,
      failed: this.#failed,
      housingC: this.#instruments.housingC,
      fault: this.#fault,
      laserOn: this.#settings().laserOn,
      droppedFrames: this.#keyExchange?.outbox.counts.dropped ?? 0,
      secondsSinceDrop: this.#uptimeS - this.#lastDropS,
      readings: this.#statistics.readings,
      backgroundPerGate: this.#world.surroundings.backgroundPerGate,
    });
  }

  #calibrate(): void {
    const run = this.#calibration;
    if (run === undefined) return;
    for (const report of run.tick()) {
      this.#tellCalibration(run.number, report);
      if (report.kind !== "result" || report.step !== "all") continue;
      this.#calibration = undefined;
      const passed = report.outcome === "passed";
      this.#failed[passed ? "delete" : "add"]("calibrationFailed");
      this.#move(passed ? "calibrationPassed" : "calibrationFailed", report.text);
    }
  }

  #tellCalibration(run: number, report: ReturnType<CalibrationRun["tick"]>[number]): void {
    if (report.kind === "progress") {
      const { kind: _kind, ...progress } = report;
      this.#tell("calibrationProgress", { run, ...progress });
    } else {
      const { kind: _kind, ...result } = report;
      this.#tell("calibrationResult", { run, ...result });
    }
  }

  #enterError(why: string): void {
    this.stopKeyExchange(why);
    this.#calibration = undefined;
    this.#move("fault", why);
    if (this.profile.role === "qtx") this.#world.act({ type: "laser", on: false });
  }

  #move(input: ModeInput, why: string): void {
    this.#enter(nextMode(this.#mode, input), why);
  }

  #enter(state: DeviceState, why: string): void {
    const changed = state !== this.#mode;
    this.#mode = state;
    this.#note(state === "error" ? "error" : "info", why);
    if (changed) this.#tellStatus();
  }

  #tellStatus(): void {
    this.#statusDueS = this.#uptimeS + this.statusIntervalMs / 1000;
    this.#tell("status", this.status);
  }

  #tell<N extends EventName>(name: N, event: EventOf<N>): void {
    for (const session of this.#sessions) session.event(name, event);
  }
}
