import type { LinkParameters } from "../../physics/index.ts";
import { emulatedProfile, type Role } from "../device/device-profile.ts";
import type { FrameHalf } from "../device/keys/frame-half.ts";
import type { FrameStatistics } from "../device/keys/frame-statistics.ts";
import { TransceiverDevice } from "../device/transceiver-device.ts";
import { SiteWires } from "../faults/site-wires.ts";
import type { HappeningNews, HappeningPhase } from "../happenings/happening-news.ts";
import type { Happening } from "../happenings/happenings.ts";
import { isSiteLevel, type Level } from "../happenings/link-state/level.ts";
import { type LinkPlan, undisturbed } from "../happenings/link-state/link-state.ts";
import type { SiteName } from "../happenings/site-name.ts";
import { UsualDrift } from "../optics/drift/usual-drift.ts";
import type { FrameTruth } from "../optics/truth/frame-truth.ts";
import type { CompiledScenario, LevelStep } from "../scenario/compiled-scenario.ts";
import type { Moment } from "../scenario/moments.ts";
import type { WireStep } from "../scenario/wire-steps.ts";
import type { CompletedFrame } from "./light/frame-production.ts";
import { OpticsDesk } from "./light/optics-desk.ts";
import { OpticsThread } from "./light/optics-thread.ts";
import type { LentPlanes } from "./light/plane-memory.ts";
import { type ClockHost, PairClock, TICK_MS, type WallTick } from "./pair-clock.ts";
import { type KeyExchangeHost, PairKeyExchange } from "./pair-key-exchange.ts";
import { type MeasurementPair, PairMeasurement } from "./pair-measurement.ts";
import { PairSurroundings } from "./pair-surroundings.ts";
import { PairWorld } from "./pair-world.ts";
import { RunningLink, type RunningLinkHost } from "./running-link.ts";
import { lightOf, type PlayerHost, ScenarioPlayer } from "./scenario-player.ts";
import type { LinkSpeed } from "./speed.ts";

/** Between key exchanges the light is probed in every so many ticks, with a short frame. */
const PROBE_TICKS = 5;
const PROBE_S = (PROBE_TICKS * TICK_MS) / 1000;
/** Enough for error rates of the rarer basis, and made in a few milliseconds. */
const PROBE_DETECTIONS = 1 << 17;
/** Frames whose truth is kept for tests. */
const TRUTH_FRAMES = 64;
const ROLE_OF: Readonly<Record<SiteName, Role>> = { alice: "qtx", bob: "qrx" };

/** What a pair is made from. */
export interface PairSetup {
  readonly link: LinkParameters;
  readonly seed: bigint;
  readonly speed: LinkSpeed;
  readonly truth: boolean;
  /** How long a device that was started waits for its partner before it delivers alone. */
  readonly soloAfterMs: number;
  /** Without it nothing drifts by itself, and meters have no noise. */
  readonly drifts: boolean;
  /** A link without a scenario: what its fibre and quantum channel are like. */
  readonly plan: LinkPlan;
  /** What happens by itself; its link parameters are those of `link`. */
  readonly scenario?: CompiledScenario | undefined;
  /** Told of what happens. */
  readonly onHappening?: ((news: HappeningNews) => void) | undefined;
}

/** Two devices, the light between them, the time they live in, and what happens to them: each with an owner of its own. */
export class EmulatedPair
  implements ClockHost, KeyExchangeHost, MeasurementPair, PlayerHost, RunningLinkHost
{
  readonly alice: TransceiverDevice;
  readonly bob: TransceiverDevice;
  /** What lies between each device and its clients. */
  readonly wires: Readonly<Record<SiteName, SiteWires>>;
  readonly #clockHz: number;
  readonly #thread: OpticsThread;
  readonly #desk: OpticsDesk;
  readonly #surroundings: PairSurroundings;
  readonly #clock: PairClock;
  readonly #keyExchange: PairKeyExchange;
  readonly #measurement: PairMeasurement;
  readonly #player: ScenarioPlayer | undefined;
  readonly #runningLink: RunningLink;
  readonly #drift: UsualDrift | undefined;
  readonly #onHappening: PairSetup["onHappening"];
  #gatesWithoutKey = 0n;
  readonly #truth = new Map<number, FrameTruth>();
  #ticks = 0;
  #closed = false;

  constructor(setup: PairSetup) {
    const { link, seed, speed, truth, soloAfterMs, scenario, drifts } = setup;
    const { clockHz } = link;
    this.#clockHz = clockHz;
    this.#onHappening = setup.onHappening;
    const light = scenario === undefined ? {} : lightOf(scenario);
    this.#drift = drifts ? new UsualDrift(seed) : undefined;
    this.#thread = new OpticsThread({ link, seed, truth, driftSeed: drifts ? seed : undefined, ...light });
    this.#desk = new OpticsDesk(this.#thread, link);
    this.#surroundings = new PairSurroundings(this.#desk, () => this.#drift?.at(this.#driftS));
    this.#clock = new PairClock(clockHz, speed, this);
    const longestFrameS = scenario?.longestFrameS;
    this.#keyExchange = new PairKeyExchange(
      this.#thread,
      { clockHz, speed, longestFrameS, soloAfterMs },
      this,
    );
    this.#measurement = new PairMeasurement(this.#thread, clockHz, this);
    const wireSeed = Number((seed >> 8n) & 0xffff_ffffn);
    this.wires = { alice: new SiteWires(wireSeed ^ 0xa11c), bob: new SiteWires(wireSeed ^ 0xb0b) };
    this.#player = scenario === undefined ? undefined : new ScenarioPlayer(scenario, this);
    const { start = undisturbed(link), plan = setup.plan } = scenario ?? {};
    this.#runningLink = new RunningLink(start, plan, this);
    // Instruments look around when a device is made: its surroundings have to be there before. Faults have none yet.
    for (const level of scenario?.initial ?? []) if (level.type !== "deviceFault") this.#reached(level);
    this.alice = this.#deviceAt("alice", 0x51a1, setup);
    this.bob = this.#deviceAt("bob", 0x51b0, setup);
  }

  /** Waits for the first light, so that every instrument has a reading; then time runs. */
  async start(): Promise<void> {
    await this.#probe();
    this.#clock.start();
    this.tick(0);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#clock.close();
    this.#keyExchange.close();
    await this.#thread.close();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Link time so far, seconds. */
  get linkS(): number {
    return this.#clock.linkS;
  }

  get conditions() {
    return this.#desk.conditions;
  }

  get keyGates(): bigint {
    return this.#keyExchange.totals.gates;
  }

  get running(): boolean {
    return this.#keyExchange.running;
  }

  /** Counts since the start. */
  stats() {
    const { frames, gates, detections, lostMs } = this.#keyExchange.totals;
    return {
      linkSeconds: this.#clock.linkS,
      /** Where the scenario's timeline is; zero without a scenario and before it begins. */
      scenarioSeconds: this.#player?.seconds ?? 0,
      wallSeconds: this.#clock.wallS,
      running: this.running,
      frames,
      gates,
      keySeconds: Number(gates) / this.#clockHz,
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
  async happen(happening: unknown): Promise<void> {
    await this.#runningLink.happen(happening);
  }

  /** Manual speed: lives through `ms` of link time. With no credit left it waits for some. */
  async advance(ms: number): Promise<void> {
    await this.#clock.advance(ms);
  }

  async step(seconds: number): Promise<void> {
    if (this.#probesNow) await this.#probe();
    await this.#keyExchange.live(seconds);
    await this.#runningLink.reached(this.#clock.linkS, this.#clock.wireS);
    this.#live(seconds);
    this.#keyExchange.review(TICK_MS);
    await this.#measurement.settled();
  }

  get joined(): boolean {
    return this.#keyExchange.joined;
  }

  /** Gates that become no key pass all the same: link time and drifts go on by them, key comes so much later. */
  spend(gates: number): void {
    if (!this.running) return;
    this.#keyExchange.spend(gates);
    this.#gatesWithoutKey += BigInt(gates);
    this.#player?.skip(BigInt(gates));
    this.pass(BigInt(gates));
  }

  probed(statistics: FrameStatistics): void {
    this.alice.probe(statistics);
    this.bob.probe(statistics);
  }

  takeMeasuredS(): number {
    return this.#measurement.takeSeconds();
  }

  ticked({ wallS, passedS, starvedS }: WallTick): void {
    if (this.#probesNow) this.#tried(this.#probe());
    if (starvedS > 0) this.#player?.starved(starvedS);
    this.#tried(this.#runningLink.reached(this.#clock.linkS, this.#clock.wireS));
    this.#live(passedS);
    this.#keyExchange.review(wallS * 1000);
  }

  started(): void {
    if (this.#player?.begun === false) this.#player.begin();
  }

  hasRoomFor(frames: number): boolean {
    return [this.alice, this.bob].every(({ keyExchange }) => keyExchange?.outbox.hasRoomFor(frames) ?? true);
  }

  deliver({ frameId, frame, qtx, qrx, truth }: CompletedFrame): void {
    const { sent, settings, gateDigest, receiverDigest, ...shared } = frame;
    if (truth !== undefined) {
      this.#truth.set(frameId, truth);
      this.#truth.delete(frameId - TRUTH_FRAMES);
    }
    const half = (planes: LentPlanes, sentPulses: readonly number[], digest: Uint8Array): FrameHalf => ({
      ...shared,
      ...planes,
      ofThisSetting: settings === this.#desk.settings,
      frameId,
      gateDigest: digest,
      sent: sentPulses,
    });
    this.alice.frame(half(qtx, sent, gateDigest));
    this.bob.frame(half(qrx, [], receiverDigest));
    this.#player?.reached(this.keyGates);
  }

  failed(error: Error): void {
    for (const device of [this.alice, this.bob]) device.fail(`the optics failed: ${error.message}`);
  }

  judge(levels: readonly Level[]): void {
    this.#desk.judge(levels.flatMap((level) => (isSiteLevel(level) ? [] : [level])));
  }

  async obey(levels: readonly Level[]): Promise<void> {
    const light = levels.map((level) => {
      if (!isSiteLevel(level)) return this.#desk.happens(level);
      this.#reached(level);
      return undefined;
    });
    await Promise.all(light);
  }

  happened({ levels, change }: LevelStep): void {
    this.#runningLink.scenarioChanged(change);
    for (const level of levels) this.#reached(level);
  }

  wire(step: WireStep): void {
    if (step.kind === "hangUp") this.wires[step.site].hangUp(step.port);
    else this.wires[step.site].set(step.port, step.key, step.fault);
  }

  reachedMoment({ atS, phase, happening }: Moment): void {
    this.#onHappening?.({ atS, phase, by: "scenario", happening });
  }

  told(happening: Happening, phase: HappeningPhase): void {
    const atS = this.#player?.seconds ?? this.#clock.linkS;
    this.#onHappening?.({ atS, phase, by: "caller", happening });
  }

  tick(seconds: number, heatS = seconds): void {
    this.#ticks += 1;
    this.alice.tick(seconds, heatS);
    this.bob.tick(seconds, heatS);
  }

  pass(gates: bigint): void {
    this.#tried(this.#thread.pass(gates));
  }

  get #probesNow(): boolean {
    return !this.running && !this.#measurement.active && this.#ticks % PROBE_TICKS === 0;
  }

  #deviceAt(
    site: SiteName,
    salt: number,
    { link, seed, scenario, speed, plan }: PairSetup,
  ): TransceiverDevice {
    const start = scenario?.devices[site];
    const profile = emulatedProfile(ROLE_OF[site], link.clockHz, seed);
    return new TransceiverDevice({
      profile: { ...profile, serial: start?.serial ?? profile.serial },
      link,
      world: new PairWorld(site, {
        desk: this.#desk,
        keyExchange: this.#keyExchange,
        measurement: this.#measurement,
        unpaced: speed === "max",
        quantumNm: (scenario?.plan ?? plan).multiplex.quantumWavelengthNm,
        surroundings: this.#surroundings,
        player: this.#player,
        tried: (change) => this.#tried(change),
        settingChanged: () => {
          for (const device of [this.alice, this.bob]) device.settingChanged();
        },
      }),
      noiseSeed: Number(seed & 0xffff_ffffn) ^ salt,
      settings: start?.parameters ?? {},
    });
  }

  /** What is refused of what was checked before, or fails, shows as a fault of the devices. */
  #tried(work: Promise<void>): void {
    work.catch((error: Error) => {
      if (!this.#closed) this.failed(error);
    });
  }

  /**
   * Time that drifts go by: gates of the key and those that passed without one since the first key exchange began, as the
   * optics count them, so that the light of a seed is the same in every run.
   */
  get #driftS(): number {
    if (this.#player !== undefined) return this.#player.seconds;
    return Number(this.keyGates + this.#gatesWithoutKey) / this.#clockHz;
  }

  /** Time goes on. With a scenario the devices' time is that of the timeline, which key frames move while they flow. */
  #live(seconds: number): void {
    if (this.#player === undefined) {
      this.tick(seconds);
      if (this.running || this.keyGates === 0n) return;
      const gates = BigInt(Math.round(seconds * this.#clockHz));
      this.#gatesWithoutKey += gates;
      this.pass(gates);
    }
    // How long clients take to start must not show in the light: heat stands still until the timeline begins.
    else if (!this.#player.begun) this.tick(seconds, 0);
    else if (!this.running) this.#player.passed(seconds);
  }

  /** A level is reached; the optics' thread knew it beforehand. */
  #reached(level: Level): void {
    if (!isSiteLevel(level)) this.#desk.happened(level);
    else if (level.type === "deviceFault") this[level.site].fail(level.text ?? undefined);
    else this.#surroundings.set(level);
  }

  async #probe(): Promise<void> {
    const { statistics, settings } = await this.#thread.probe({
      maxDetections: PROBE_DETECTIONS,
      maxGates: BigInt(Math.max(1, Math.round(this.#clockHz * PROBE_S))),
    });
    if (settings === this.#desk.settings) this.probed(statistics);
  }
}
