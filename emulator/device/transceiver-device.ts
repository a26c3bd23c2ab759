import type { CommandName, ParameterName, RegisterValues, ReplyOf, RequestOf } from "../../protocol/index.ts";
import type { PortConnection } from "../ports/port.ts";
import type { ActiveAlarm } from "./alarms/alarm-board.ts";
import { SHUTDOWN_C } from "./alarms/alarm-conditions.ts";
import { DeviceAlarms } from "./alarms/device-alarms.ts";
import type { CalibrationStep, CalibrationVariant } from "./calibration/calibration-run.ts";
import { type CalibrationEvent, DeviceCalibration } from "./calibration/device-calibration.ts";
import { runSelfTest, type TestResult } from "./calibration/self-test.ts";
import { DeviceLog, type LogLevel } from "./device-log.ts";
import { type DeviceState, type ModeInput, nextMode } from "./device-mode.ts";
import type { DeviceProfile } from "./device-profile.ts";
import { counterRegisters, type DeviceMoment, statusOf } from "./device-report.ts";
import type { DeviceSetup } from "./device-setup.ts";
import type { DeviceWorld } from "./device-world.ts";
import { Instruments } from "./instruments/instruments.ts";
import type { FrameHalf } from "./keys/frame-half.ts";
import type { FrameStatistics } from "./keys/frame-statistics.ts";
import { KeyExchange } from "./keys/key-exchange.ts";
import { LightWatch } from "./keys/light-watch.ts";
import { DeviceSettings } from "./parameters/device-settings.ts";
import type { ParameterStore, ParameterValue } from "./parameters/parameter-store.ts";
import { Refusal } from "./refusal.ts";
import type { RegisterSource } from "./register-bank.ts";
import { DeviceService, type ServicedDevice } from "./service/device-service.ts";
import { type CommandTarget, carryOut } from "./session/command-table.ts";
import type { DeviceSession, SessionHost } from "./session/device-session.ts";
import { DeviceSessions } from "./session/device-sessions.ts";

/** A connection that says nothing for so long loses its key exchange (SPEC 4.5). */
const SILENT_OWNER_MS = 30_000;

/** One emulated transceiver: its state has this one owner. Moved on by `tick`, fed by `frame` and `probe`. */
export class TransceiverDevice implements SessionHost, CommandTarget, RegisterSource {
  readonly profile: DeviceProfile;
  readonly log = new DeviceLog();
  readonly service: DeviceService<DeviceSession>;
  readonly #settings: DeviceSettings;
  readonly #world: DeviceWorld;
  readonly #sessions = new DeviceSessions(this);
  readonly #instruments: Instruments;
  readonly #light: LightWatch;
  readonly #alarms = new DeviceAlarms();
  readonly #calibration: DeviceCalibration;
  #mode: DeviceState = "idle";
  #keyExchange: KeyExchange<DeviceSession> | undefined;
  #sessionNumber = 0;
  #fault: string | undefined;
  #values: RegisterValues = {};
  /** In milliseconds, of which a tick is a whole number: sums of its tenths of a second would be a little off. */
  #uptimeMs = 0;
  #statusToldMs = Number.NEGATIVE_INFINITY;
  #ledUntilMs = 0;
  #detectorC: number;
  readonly #errors = { frameErrors: 0, requestErrors: 0 };

  constructor({ profile, link, world, noiseSeed, settings = {} }: DeviceSetup) {
    this.profile = profile;
    this.#world = world;
    this.#settings = new DeviceSettings(profile.role, link, world, () => this.#mode !== "error", settings);
    this.#light = new LightWatch(link.clockHz);
    const serviced = this.#asServiced();
    this.service = new DeviceService(serviced);
    this.#calibration = new DeviceCalibration(serviced);
    this.#detectorC = this.parameters.number("detectorTemperatureC");
    this.#instruments = new Instruments(profile.role, noiseSeed, world.surroundings, this.#detectorC);
    this.#readInstruments();
    this.log.write("info", "started", 0);
  }

  /** Serves one connection. */
  accept(connection: PortConnection): DeviceSession {
    return this.#sessions.accept(connection);
  }

  get parameters(): ParameterStore {
    return this.#settings.store;
  }

  get values(): RegisterValues {
    return this.#values;
  }

  get alarms(): readonly ActiveAlarm[] {
    return this.#alarms.active;
  }

  get state(): DeviceState {
    return this.#mode;
  }

  get keyExchange(): KeyExchange | undefined {
    return this.#keyExchange;
  }

  get ledSeconds(): number {
    return Math.max(0, this.#ledUntilMs - this.#uptimeMs) / 1000;
  }

  get statusIntervalMs(): number {
    return this.parameters.number("statusIntervalMs");
  }

  get leased(): boolean {
    return this.service.lease.holder !== undefined;
  }

  get status(): ReplyOf<"getStatus"> {
    return statusOf(this.#moment(), this.#values);
  }

  /**
   * Seconds of link time have passed: instruments, alarms, calibration, events, housekeeping. Its parts have warmed or
   * cooled for `heatS` of them.
   */
  tick(seconds: number, heatS = seconds): void {
    this.#uptimeMs += Math.round(seconds * 1e6) / 1000;
    this.#instruments.advance(heatS, this.#settings.instruments, this.#world.surroundings);
    this.#obeyDetectorTemperature();
    this.#readInstruments();
    this.#judge();
    this.#calibrate();
    this.#sessions.tick();
    this.service.tick(seconds);
    if ((this.#keyExchange?.owner.silentMs ?? 0) > SILENT_OWNER_MS)
      this.stopKeyExchange("its owner said nothing for 30 s");
    this.#count();
    if (this.#uptimeMs >= this.#statusToldMs + this.statusIntervalMs) this.#tellStatus();
  }

  /** The pair completed a frame. */
  frame(half: FrameHalf): void {
    this.#light.frame(half.statistics, half.ofThisSetting, this.#uptimeMs);
    if (this.#keyExchange === undefined) half.finished();
    else if (!this.#keyExchange.offer(half)) this.#alarms.frameDropped(this.#uptimeMs);
    this.#keyExchange?.flush();
  }

  /** The pair looked at the light between key exchanges. */
  probe(statistics: FrameStatistics): void {
    this.#light.probe(statistics, this.#uptimeMs);
  }

  /** A setting of either device has changed the light: what was counted before tells nothing of it. */
  settingChanged(): void {
    this.#light.clear();
  }

  /** A part fails, or is whole again with `undefined`. */
  fail(fault: string | undefined): void {
    this.#fault = fault;
    if (fault !== undefined) this.#enterError(fault);
  }

  /** Hangs up on every client but one, as when the power goes. */
  hangUpAll(except?: DeviceSession): void {
    this.#sessions.hangUp(except);
  }

  command<N extends CommandName>(session: DeviceSession, name: N, request: RequestOf<N>): ReplyOf<N> {
    return carryOut(this, name, request, session);
  }

  drained(session: DeviceSession): void {
    if (this.#keyExchange?.owner === session) this.creditGranted();
  }

  ended(session: DeviceSession): void {
    this.#sessions.ended(session);
    this.service.gone(session);
    if (this.#keyExchange?.owner === session) this.stopKeyExchange("its connection ended");
  }

  counted(what: "frameErrors" | "requestErrors"): void {
    this.#errors[what] += 1;
  }

  otherVersion(session: DeviceSession): void {
    this.#note("warning", `${session.name} sends frames of another protocol version`);
  }

  wallNs(): bigint {
    return this.#world.wallNs();
  }

  setParameter(name: ParameterName, value: ParameterValue): void {
    if (name === this.service.measurement.moved) throw new Refusal("busy", `a measurement moves ${name}`);
    this.#settings.set(name, value);
    this.#note("info", `${name} set to ${value}`);
  }

  startKeyExchange(owner: DeviceSession, detectionsPerFrame: number, creditFrames: number) {
    if (this.#keyExchange !== undefined && this.#keyExchange.owner !== owner)
      throw new Refusal("busy", "another connection owns the key exchange");
    const next = nextMode(this.#mode, "startKeyExchange");
    if (this.#keyExchange !== undefined)
      throw new Refusal(
        "wrongState",
        `key exchange ${this.#keyExchange.number} runs on this connection already`,
      );
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
    this.#alarms.tested("selfTestFailed", failed.length === 0);
    this.#note(failed.length > 0 ? "warning" : "info", `self-test: ${failed.length} failed`);
    return results;
  }

  startCalibration(steps: readonly CalibrationStep[], variant: CalibrationVariant): number {
    const next = nextMode(this.#mode, "startCalibration");
    const run = this.#calibration.start(steps, variant);
    this.#enter(next, `calibration ${run} started`);
    return run;
  }

  reset(what: "soft" | "hard" | "factory"): void {
    this.stopKeyExchange("reset");
    this.#tellCalibration(this.#calibration.abort());
    this.service.stop("reset");
    if (what !== "soft") this.service.lease.forget(`${what} reset`);
    this.clearAlarmLatches();
    if (what === "factory") this.parameters.restoreDefaults();
    if (what !== "soft") {
      this.#uptimeMs = 0;
      this.parameters.restoreVolatile();
      this.#statusToldMs = Number.NEGATIVE_INFINITY;
      this.#ledUntilMs = 0;
      this.#errors.frameErrors = 0;
      this.#errors.requestErrors = 0;
      this.#alarms.restart();
      this.#light.clear();
    }
    this.#move("reset", `${what} reset`);
    this.#settings.applyAll();
    if (this.#fault !== undefined) this.#enterError(this.#fault);
  }

  blinkLed(seconds: number): void {
    this.#ledUntilMs = this.#uptimeMs + 1000 * seconds;
  }

  setStatusInterval(ms: number): void {
    this.parameters.set("statusIntervalMs", ms);
  }

  clearAlarmLatches(): void {
    this.#alarms.clearLatches();
  }

  /** The device as those see it who serve people at it. */
  #asServiced(): ServicedDevice<DeviceSession> {
    const device = this;
    return {
      profile: device.profile,
      settings: device.#settings,
      world: device.#world,
      get values() {
        return device.#values;
      },
      light: device.#light,
      moment: () => device.#moment(),
      found: (name, value) => device.service.found(name, value),
      tellAll: (name, event) => device.#sessions.tell(name, event),
      get keyExchangeOwner() {
        return device.#keyExchange?.owner;
      },
      move: (input, why) => device.#move(input, why),
      mayMeasure: () => void nextMode(device.#mode, "startMeasurement"),
      note: (text) => device.#note("info", text),
    };
  }

  #obeyDetectorTemperature(): void {
    const celsius = Math.round(this.#instruments.detectorC * 10) / 10;
    if (this.profile.role !== "qrx" || celsius === this.#detectorC) return;
    this.#detectorC = celsius;
    this.#world.act({ type: "detectorTemperature", celsius });
  }

  #note(level: LogLevel, text: string): void {
    this.log.write(level, text, this.#uptimeMs);
  }

  #moment(): DeviceMoment {
    return {
      role: this.profile.role,
      state: this.#mode,
      uptimeMs: this.#uptimeMs,
      keyExchange: this.#keyExchange,
      readings: this.#light.readings,
      activeAlarms: this.alarms.length,
      errors: this.#errors,
    };
  }

  #readInstruments(): void {
    const { surroundings } = this.#world;
    const analogue = this.#instruments.read(this.#settings.instruments, surroundings, this.#light.readings);
    this.#values = { ...analogue, ...counterRegisters(this.#moment()) };
  }

  /** State and counters as they are now: they change between two looks at the instruments. */
  #count(): void {
    this.#values = { ...this.#values, ...counterRegisters(this.#moment()) };
  }

  #judge(): void {
    const hotC = this.#instruments.housingC;
    if (hotC > SHUTDOWN_C && this.#mode !== "error")
      this.#enterError(`protective shutdown at ${hotC.toFixed(1)} degC inside`);
    const seen = {
      role: this.profile.role,
      housingC: hotC,
      fault: this.#fault,
      laserOn: this.#settings.instruments.laserOn,
      droppedFrames: this.#keyExchange?.outbox.counts.dropped ?? 0,
      readings: this.#light.readings,
      backgroundPerGate: this.#world.surroundings.backgroundPerGate,
      tunedTooFar: this.service.tuning.tooFar,
    };
    for (const change of this.#alarms.judge(this.#values, seen, this.#uptimeMs)) {
      const { name, ...alarm } = change;
      this.#note("warning", `alarm ${name} ${change.transition}, ${change.level}`);
      this.#sessions.tell("alarm", alarm);
    }
  }

  #calibrate(): void {
    const { events, ended } = this.#calibration.tick();
    this.#tellCalibration(events);
    if (ended === undefined) return;
    this.#alarms.tested("calibrationFailed", ended.passed);
    this.#move(ended.passed ? "calibrationPassed" : "calibrationFailed", ended.text);
  }

  #tellCalibration(events: readonly CalibrationEvent[]): void {
    for (const { name, event } of events) this.#sessions.tell(name, event);
  }

  #enterError(why: string): void {
    this.stopKeyExchange(why);
    this.service.stop(why);
    this.#tellCalibration(this.#calibration.abort());
    this.#move("fault", why);
  }

  #move(input: ModeInput, why: string): void {
    this.#enter(nextMode(this.#mode, input), why);
  }

  #enter(state: DeviceState, why: string): void {
    const changed = state !== this.#mode;
    this.#mode = state;
    if (state === "error" && this.profile.role === "qtx") this.#world.act({ type: "laser", on: false });
    this.#count();
    this.#note(state === "error" ? "error" : "info", why);
    if (changed) this.#tellStatus();
  }

  #tellStatus(): void {
    this.#statusToldMs = this.#uptimeMs;
    this.#sessions.tell("status", this.status);
  }
}
