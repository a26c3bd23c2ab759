import { ConfigError } from "../../errors/index.ts";
import type { LinkParameters } from "../../physics/index.ts";
import { emulatedProfile, type Role } from "../device/device-profile.ts";
import type { DeviceWorld, FrameHalf, Surroundings } from "../device/device-world.ts";
import { TransceiverDevice } from "../device/transceiver-device.ts";
import { SiteWires } from "../faults/site-wires.ts";
import { classicalNoise } from "../optics/effects/multiplexing.ts";
import type { FrameTruth } from "../optics/truth/frame-truth.ts";
import type { CompiledScenario } from "../scenario/compiled-scenario.ts";
import { type CompletedFrame, FrameProduction, type ProductionHost } from "./frame-production.ts";
import { checkSiteFault, isSiteFault, type LinkFault, type SiteFault, type SiteName } from "./link-fault.ts";
import { OpticsDesk } from "./optics-desk.ts";
import { OpticsThread } from "./optics-thread.ts";
import type { LentPlanes } from "./plane-memory.ts";
import { lightOf, ScenarioPlayer } from "./scenario-player.ts";
import { type LinkSpeed, paceOf } from "./speed.ts";

/** Devices look at themselves this often. */
export const TICK_MS = 100;
/** Between key exchanges the light is probed in every so many ticks, with a short frame. */
const PROBE_TICKS = 5;
const PROBE_LIMITS = { maxDetections: 4096, maxGates: 1n << 24n };
/** Frames whose truth is kept for tests. */
const TRUTH_FRAMES = 64;

/** What a pair is made from. */
export interface PairSetup {
  readonly link: LinkParameters;
  readonly seed: bigint;
  readonly speed: LinkSpeed;
  readonly truth: boolean;
  /** How long a device that was started waits for its partner before it delivers alone. */
  readonly soloAfterMs: number;
  /** What happens by itself; its link parameters are those of `link`. */
  readonly scenario?: CompiledScenario;
}

/** Two devices, the light between them, and the time they live in. */
export class EmulatedPair implements ProductionHost {
  readonly alice: TransceiverDevice;
  readonly bob: TransceiverDevice;
  /** What lies between each device and its clients. */
  readonly wires: Readonly<Record<SiteName, SiteWires>>;
  readonly #setup: PairSetup;
  readonly #thread: OpticsThread;
  readonly #desk: OpticsDesk;
  readonly #production: FrameProduction;
  readonly #player: ScenarioPlayer | undefined;
  readonly #frameSizes = new Map<Role, number>();
  readonly #ambientC: Record<SiteName, number> = { alice: 22, bob: 22 };
  readonly #classicalDbm: (number | null)[] = [0, 0, 0, 0];
  readonly #truth = new Map<number, FrameTruth>();
  readonly #startedMs = performance.now();
  #running = false;
  #waitedMs = 0;
  #linkS = 0;
  #ticks = 0;
  #lastTickMs = performance.now();
  #lastGates = 0n;
  #owedGates = 0;
  #wakers: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(setup: PairSetup) {
    const { link, seed, speed, truth, scenario } = setup;
    this.#setup = setup;
    const light = scenario === undefined ? {} : lightOf(scenario);
    this.#thread = new OpticsThread({ link, seed, truth, ...light });
    this.#desk = new OpticsDesk(this.#thread, link);
    this.#production = new FrameProduction(this.#thread, this, {
      clockHz: link.clockHz,
      speed,
      longestFrameS: scenario?.longestFrameS,
    });
    const device = (role: Role, salt: number): TransceiverDevice => {
      const start = scenario?.devices[role === "qtx" ? "alice" : "bob"];
      const profile = emulatedProfile(role, link.clockHz, seed);
      return new TransceiverDevice({
        profile: { ...profile, serial: start?.serial ?? profile.serial },
        link,
        world: this.#worldOf(role),
        noiseSeed: Number(seed & 0xffff_ffffn) ^ salt,
        settings: start?.parameters ?? {},
      });
    };
    const wireSeed = Number((seed >> 8n) & 0xffff_ffffn);
    this.wires = { alice: new SiteWires(wireSeed ^ 0xa11c), bob: new SiteWires(wireSeed ^ 0xb0b) };
    this.#player = scenario === undefined ? undefined : this.#playerOf(scenario);
    // Instruments look around when a device is made: its surroundings have to be there before.
    for (const level of scenario?.initial ?? []) this.#happened(level);
    this.alice = device("qtx", 0x51a1);
    this.bob = device("qrx", 0x51b0);
  }

  /** Waits for the first light, so that every instrument has a reading; then time runs. */
  async start(): Promise<void> {
    await this.#probe();
    if (this.#setup.speed !== "manual") this.#timer = setInterval(() => this.#wallTick(), TICK_MS);
    this.#tickDevices(0);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#production.close();
    for (const wake of this.#wakers.splice(0)) wake();
    await this.#thread.close();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Link time so far, seconds. */
  get linkS(): number {
    return this.#linkS;
  }

  get conditions() {
    return this.#desk.conditions;
  }

  /** Counts since the start. */
  stats() {
    const { frames, gates, detections, lostMs } = this.#production.totals;
    return {
      linkSeconds: this.#linkS,
      /** Where the scenario's timeline is; zero without a scenario and before it begins. */
      scenarioSeconds: this.#player?.seconds ?? 0,
      wallSeconds: (performance.now() - this.#startedMs) / 1000,
      running: this.#running,
      frames,
      gates,
      keySeconds: Number(gates) / this.#setup.link.clockHz,
      detections,
      lagMs: lostMs,
      droppedFrames: {
        alice: this.alice.keyExchange?.outbox.counts.dropped ?? 0,
        bob: this.bob.keyExchange?.outbox.counts.dropped ?? 0,
      },
    };
  }

  /** What really happened in a frame, for tests; undefined when truth is off or the frame is long past. */
  truthOf(frameId: number): FrameTruth | undefined {
    return this.#truth.get(frameId);
  }

  /** Something happens to the link. Resolves when the light obeys. Throws ConfigError and then changes nothing. */
  async fault(fault: LinkFault): Promise<void> {
    if (!isSiteFault(fault)) return this.#desk.fault(fault);
    checkSiteFault(fault);
    this.#siteFault(fault);
  }

  #siteFault(fault: SiteFault): void {
    const device = "site" in fault ? this[fault.site] : undefined;
    if (fault.type === "ambient") this.#ambientC[fault.site] = fault.celsius;
    else if (fault.type === "classicalPower") this.#classicalDbm[fault.channel - 1] = fault.dbm;
    else if (fault.type === "wire") this.wires[fault.site].set(fault.faults, fault.port);
    else if (fault.type === "deviceFault") device?.fail(fault.text ?? undefined);
    else device?.hangUpAll();
  }

  /** Manual speed: lives through `ms` of link time. With no credit left it waits for some. */
  async advance(ms: number): Promise<void> {
    if (this.#setup.speed !== "manual")
      throw new ConfigError("QKD_CONFIG_INVALID", "link time runs by itself at this speed", {
        context: { field: "speed", value: String(this.#setup.speed) },
        remedy: "start the link with speed manual to advance it by hand",
      });
    const ticks = Math.round(ms / TICK_MS);
    for (let tick = 0; tick < ticks && !this.#closed; tick++) {
      const stepS = TICK_MS / 1000;
      this.#linkS += stepS;
      if (!this.#running && this.#ticks % PROBE_TICKS === 0) await this.#probe();
      this.#owedGates = this.#running ? this.#owedGates + this.#setup.link.clockHz * stepS : 0;
      while (this.#running && this.#owedGates > 0 && !this.#closed) {
        const gates = await this.#production.one();
        if (gates === undefined) await new Promise<void>((resolve) => this.#wakers.push(resolve));
        else this.#owedGates -= gates;
      }
      this.#live(stepS);
      this.#review(TICK_MS);
    }
  }

  wanted(coming: number): number | undefined {
    if (!this.#running || this.#closed) return undefined;
    if (paceOf(this.#setup.speed) === undefined) {
      const active = [this.alice, this.bob]
        .map((device) => device.keyExchange)
        .filter((one) => one !== undefined);
      if (!active.every(({ outbox }) => outbox.hasRoomFor(coming + 1))) return undefined;
    }
    return this.#frameSize();
  }

  deliver({ frameId, frame, qtx, qrx, truth }: CompletedFrame): void {
    const { sent, ...shared } = frame;
    if (truth !== undefined) {
      this.#truth.set(frameId, truth);
      this.#truth.delete(frameId - TRUTH_FRAMES);
    }
    const half = (planes: LentPlanes, sentPulses: readonly number[]): FrameHalf => ({
      ...shared,
      ...planes,
      frameId,
      sent: sentPulses,
    });
    this.alice.frame(half(qtx, sent));
    this.bob.frame(half(qrx, []));
    this.#player?.reached(this.#production.totals.gates);
  }

  failed(error: Error): void {
    for (const device of [this.alice, this.bob]) device.fail(`the optics failed: ${error.message}`);
  }

  #worldOf(role: Role): DeviceWorld {
    const pair = this;
    // A device checks what it asks for; what is refused all the same shows as a fault of the device.
    const tried = (change: Promise<void>): void => {
      change.catch((error: Error) => {
        if (!this.#closed) this.failed(error);
      });
    };
    return {
      act: (control) => {
        // What a device does by itself must not depend on how far ahead the light was ordered.
        const byItself = control.type === "detectorTemperature" && this.#player?.begun === true;
        tried(this.#desk.act(control, byItself ? this.#player?.gateOfNotice : undefined));
      },
      addLoss: (from, db) => tried(this.#desk.addLoss(from, db)),
      join: (from, size) => {
        this.#frameSizes.set(from, size);
        this.#waitedMs = 0;
        // The device has to know its first frame before the first one can come.
        setImmediate(() => this.#review(0));
        return { firstFrameId: this.#production.nextFrameId, detectionsPerFrame: this.#frameSize() };
      },
      leave: (from) => {
        this.#frameSizes.delete(from);
        this.#review(0);
      },
      wake: () => {
        for (const waker of this.#wakers.splice(0)) waker();
        this.#production.kick();
      },
      get surroundings() {
        return pair.#surroundings(role);
      },
      wallNs: () => BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n,
    };
  }

  #surroundings(role: Role): Surroundings {
    const { conditions } = this.#desk;
    const { link, laserPower, trojanLightDbm } = conditions;
    const dark = link.darkCountsPerGate[0] + link.darkCountsPerGate[1];
    return {
      ambientC: this.#ambientC[role === "qtx" ? "alice" : "bob"],
      laserRelative: laserPower,
      fibreLossDb: this.#desk.fibreLossDb,
      classicalDbm: this.#classicalDbm,
      trojanLightDbm,
      backgroundPerGate: dark + link.noisePerGate + (classicalNoise(conditions)?.total ?? 0),
    };
  }

  #frameSize(): number {
    return Math.min(...this.#frameSizes.values());
  }

  /** Decides whether frames are made: with both devices started, or with one that has waited long enough. */
  #review(passedMs: number): void {
    const joined = this.#frameSizes.size;
    this.#waitedMs = joined === 1 ? this.#waitedMs + passedMs : 0;
    const running =
      joined === 2 || (joined === 1 && (this.#running || this.#waitedMs >= this.#setup.soloAfterMs));
    const started = running && !this.#running;
    this.#running = running;
    if (started && this.#player?.begun === false) this.#player.begin();
    for (const waker of this.#wakers.splice(0)) waker();
    if (started) this.#production.start();
    else this.#production.kick();
  }

  #wallTick(): void {
    const now = performance.now();
    const wallS = (now - this.#lastTickMs) / 1000;
    this.#lastTickMs = now;
    const pace = paceOf(this.#setup.speed);
    const gates = this.#production.totals.gates;
    const madeS = Number(gates - this.#lastGates) / this.#setup.link.clockHz;
    this.#lastGates = gates;
    const passedS = pace !== undefined ? wallS * pace : this.#running ? madeS : wallS;
    this.#linkS += passedS;
    if (!this.#running && this.#ticks % PROBE_TICKS === 0)
      this.#probe().catch((error: Error) => this.failed(error));
    if (pace === undefined && this.#running && madeS === 0) this.#player?.starved(wallS);
    this.#live(passedS);
    this.#review(wallS * 1000);
  }

  /** Time goes on. With a scenario the devices' time is that of the timeline, which key frames move while they flow. */
  #live(seconds: number): void {
    if (this.#player?.begun !== true) this.#tickDevices(seconds);
    else if (!this.#running) this.#player.passed(seconds);
  }

  #playerOf(scenario: CompiledScenario): ScenarioPlayer {
    return new ScenarioPlayer(scenario, {
      happened: (level) => this.#happened(level),
      wire: (step) => {
        if (step.kind === "hangUp") this.wires[step.site].hangUp(step.port);
        else this.wires[step.site].script(step.port, step.key, step.fault);
      },
      tick: (seconds) => this.#tickDevices(seconds),
      pass: (gates) => {
        this.#thread.pass(gates).catch((error: Error) => {
          if (!this.#closed) this.failed(error);
        });
      },
    });
  }

  /** A level of the scenario is reached. */
  #happened(level: LinkFault): void {
    if (isSiteFault(level)) this.#siteFault(level);
    else this.#desk.happened(level);
  }

  #tickDevices(seconds: number): void {
    this.#ticks += 1;
    this.alice.tick(seconds);
    this.bob.tick(seconds);
  }

  async #probe(): Promise<void> {
    const { statistics } = await this.#thread.probe(PROBE_LIMITS);
    this.alice.probe(statistics);
    this.bob.probe(statistics);
  }
}
