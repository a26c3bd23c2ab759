import { isSiteLevel, type Level } from "../happenings/link-state/level.ts";
import type { CompiledScenario, LevelStep } from "../scenario/compiled-scenario.ts";
import type { Moment } from "../scenario/moments.ts";
import type { WireStep } from "../scenario/wire-steps.ts";
import { DueMoments } from "./due-moments.ts";
import type { ScheduledChanges } from "./light/optics-timeline.ts";

/** Devices look at themselves this often, and at least so often in the longest frame. */
const TICK_S = 0.1;
const TICKS_PER_LONGEST_FRAME = 2.5;
/** Light that was ordered reaches at most four frames beyond what was delivered, a device's look back at most one. */
const FRAMES_OF_NOTICE = 6;

/** What the player moves. */
export interface PlayerHost {
  /** A step of the timeline is reached; the optics obey it already. */
  happened(step: LevelStep): void;
  wire(step: WireStep): void;
  /** An event begins or is over; what it does is done already. */
  reachedMoment(moment: Moment): void;
  /** Devices live through so much link time. */
  tick(seconds: number): void;
  /** Gates pass without a key exchange. */
  pass(gates: bigint): void;
}

/**
 * Plays a scenario outside the optics: air, instruments, wires, and the devices' own time. The timeline is counted in
 * gates, those of the key and those that passed without a key exchange, so it stands still before the first key exchange
 * unless the scenario starts at once. Wires have a clock that also runs while clients give no credit: else a stalled
 * line would stop the time that has to end the stall.
 */
export class ScenarioPlayer {
  readonly #scenario: CompiledScenario;
  readonly #clockHz: number;
  readonly #host: PlayerHost;
  readonly #tickS: number;
  #begun: boolean;
  #keyGates = 0n;
  #gatesWithoutKey = 0n;
  #starvedS = 0;
  #nextTick = 1;
  #nextLevel = 0;
  #nextWire = 0;
  readonly #lightMoments: DueMoments;
  readonly #wireMoments: DueMoments;

  constructor(scenario: CompiledScenario, host: PlayerHost) {
    this.#scenario = scenario;
    this.#clockHz = scenario.link.clockHz;
    this.#host = host;
    this.#begun = scenario.startsAtOnce;
    this.#lightMoments = new DueMoments(scenario.moments.filter(({ onWires }) => !onWires));
    this.#wireMoments = new DueMoments(scenario.moments.filter(({ onWires }) => onWires));
    this.#tickS = Math.max(TICK_S, scenario.longestFrameS / TICKS_PER_LONGEST_FRAME);
  }

  /** Whether the timeline runs. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Where the timeline is, seconds. */
  get seconds(): number {
    return Number(this.#keyGates + this.#gatesWithoutKey) / this.#clockHz;
  }

  /** A gate of the timeline that no ordered light has passed, the same in every run: for what devices do by themselves. */
  get gateOfNotice(): bigint {
    const tickedS = (this.#nextTick - 1) * this.#tickS;
    return gateAt(tickedS + FRAMES_OF_NOTICE * this.#scenario.longestFrameS, this.#clockHz);
  }

  /** The first key exchange begins. */
  begin(): void {
    this.#begun = true;
    this.#play();
  }

  /** The key has come so far. */
  reached(keyGates: bigint): void {
    this.#keyGates = keyGates;
    this.#play();
  }

  /** Time passed without a key exchange. */
  passed(seconds: number): void {
    const gates = gateAt(seconds, this.#clockHz);
    this.#gatesWithoutKey += gates;
    this.#host.pass(gates);
    this.#play();
  }

  /** Gates passed that became no key, beside those of a key exchange; the optics know. */
  skip(gates: bigint): void {
    this.#gatesWithoutKey += gates;
  }

  /** Time passed in which clients gave no credit. */
  starved(seconds: number): void {
    this.#starvedS += seconds;
    this.#play();
    // Sessions need looking after; for the devices themselves no time has passed.
    this.#host.tick(0);
  }

  #play(): void {
    for (let atS = this.#nextTick * this.#tickS; atS <= this.seconds; atS = this.#nextTick * this.#tickS) {
      this.#levelsUntil(atS);
      this.#nextTick += 1;
      this.#host.tick(this.#tickS);
    }
    this.#levelsUntil(this.seconds);
    const { wireSteps } = this.#scenario;
    for (let next = wireSteps[this.#nextWire]; next !== undefined; next = wireSteps[this.#nextWire]) {
      if (next.atS > this.seconds + this.#starvedS) break;
      this.#nextWire += 1;
      this.#host.wire(next);
    }
    this.#tell(this.#wireMoments.until(this.seconds + this.#starvedS));
  }

  #levelsUntil(atS: number): void {
    const { levelSteps } = this.#scenario;
    for (let next = levelSteps[this.#nextLevel]; next !== undefined; next = levelSteps[this.#nextLevel]) {
      if (next.atS > atS) break;
      this.#nextLevel += 1;
      this.#host.happened(next);
    }
    this.#tell(this.#lightMoments.until(atS));
  }

  #tell(moments: readonly Moment[]): void {
    for (const moment of moments) this.#host.reachedMoment(moment);
  }
}

/** What the optics' thread has to know of a scenario before it starts. */
export function lightOf(scenario: CompiledScenario) {
  const controls = (levels: readonly Level[]) =>
    levels.flatMap((level) => (isSiteLevel(level) ? [] : [level]));
  const scheduled = scenario.levelSteps.map(
    ({ atS, levels }): ScheduledChanges => ({
      atGate: gateAt(atS, scenario.link.clockHz),
      changes: controls(levels).map((control) => ({ by: "link", control })),
    }),
  );
  return {
    initial: controls(scenario.initial),
    scheduled: scheduled.filter(({ changes }) => changes.length > 0),
  };
}

const gateAt = (seconds: number, clockHz: number): bigint => BigInt(Math.round(seconds * clockHz));
