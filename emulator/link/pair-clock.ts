import { ConfigError } from "../../errors/index.ts";
import { type LinkSpeed, paceOf } from "./speed.ts";

/** Devices look at themselves this often. */
export const TICK_MS = 100;

/** One look of the wall clock's timer. Seconds. */
export interface WallTick {
  readonly wallS: number;
  /** Link time that passed. */
  readonly passedS: number;
  /** Time in which clients gave no credit, so that link time stood still. */
  readonly starvedS: number;
}

/** What the pair's clock moves, and what it reads. */
export interface ClockHost {
  /** Gates of the key so far. */
  readonly keyGates: bigint;
  /** Whether frames are made. */
  readonly running: boolean;
  /** Link time of what was measured since the last call, seconds. */
  takeMeasuredS(): number;
  ticked(tick: WallTick): void;
  /** Manual speed: lives through a step of link time. */
  step(seconds: number): Promise<void>;
}

/** The link time of a pair: how far it is, and what makes it go on. */
export class PairClock {
  readonly #clockHz: number;
  readonly #speed: LinkSpeed;
  readonly #host: ClockHost;
  readonly #startedMs = performance.now();
  #linkS = 0;
  #starvedS = 0;
  #lastTickMs = performance.now();
  #lastGates = 0n;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(clockHz: number, speed: LinkSpeed, host: ClockHost) {
    this.#clockHz = clockHz;
    this.#speed = speed;
    this.#host = host;
  }

  /** Link time so far. */
  get linkS(): number {
    return this.#linkS;
  }

  /** The wires' time: it also goes on while clients give no credit, else a stalled line would stop what ends the stall. */
  get wireS(): number {
    return this.#linkS + this.#starvedS;
  }

  get wallS(): number {
    return (performance.now() - this.#startedMs) / 1000;
  }

  /** Time begins to run by itself, unless it is moved by hand. */
  start(): void {
    if (this.#speed !== "manual") this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
  }

  /** Manual speed: lives through `ms` of link time, in steps of a tick. Throws ConfigError at other speeds. */
  async advance(ms: number): Promise<void> {
    if (this.#speed !== "manual")
      throw new ConfigError("QKD_CONFIG_INVALID", "link time runs by itself at this speed", {
        context: { field: "speed", value: String(this.#speed) },
        remedy: "start the link with speed manual to advance it by hand",
      });
    const ticks = Math.round(ms / TICK_MS);
    for (let tick = 0; tick < ticks && !this.#closed; tick++) {
      this.#linkS += TICK_MS / 1000;
      await this.#host.step(TICK_MS / 1000);
    }
  }

  #tick(): void {
    const now = performance.now();
    const wallS = (now - this.#lastTickMs) / 1000;
    this.#lastTickMs = now;
    const { keyGates, running } = this.#host;
    const madeS = Number(keyGates - this.#lastGates) / this.#clockHz;
    this.#lastGates = keyGates;
    const pace = paceOf(this.#speed);
    const measuredS = this.#host.takeMeasuredS();
    const unpacedS = running ? madeS : Math.max(wallS, measuredS);
    const passedS = pace !== undefined ? wallS * pace : unpacedS;
    const starvedS = pace === undefined && running && madeS === 0 ? wallS : 0;
    this.#linkS += passedS;
    this.#starvedS += starvedS;
    this.#host.ticked({ wallS, passedS, starvedS });
  }
}
