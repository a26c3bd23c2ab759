/** How fast a recording goes by: so many times the speed at which it was made; Infinity as fast as it can be served. */
export type ReplaySpeed = number;

/** The time of a recording while it is played: it stands at its beginning until it is started, and at its end afterwards. */
export class ReplayClock {
  readonly #firstNs: bigint;
  readonly #lastNs: bigint;
  readonly #speed: ReplaySpeed;
  readonly #nowMs: () => number;
  #startedMs: number | undefined;

  constructor(
    span: { readonly firstNs: bigint; readonly lastNs: bigint },
    speed: ReplaySpeed,
    nowMs: () => number = () => performance.now(),
  ) {
    this.#firstNs = span.firstNs;
    this.#lastNs = span.lastNs;
    this.#speed = speed;
    this.#nowMs = nowMs;
  }

  /** Lets the time run. Idempotent. */
  start(): void {
    this.#startedMs ??= this.#nowMs();
  }

  /** Time of the recording now. */
  get atNs(): bigint {
    if (this.#startedMs === undefined) return this.#firstNs;
    const passedNs = (this.#nowMs() - this.#startedMs) * this.#speed * 1e6;
    const spanNs = Number(this.#lastNs - this.#firstNs);
    if (!(passedNs < spanNs)) return this.#lastNs;
    return this.#firstNs + BigInt(Math.floor(passedNs));
  }

  /** Wait until a time of the recording has come, ms; 0 once it has. */
  waitMs(atNs: bigint): number {
    const aheadNs = Number(atNs - this.atNs);
    return aheadNs <= 0 ? 0 : aheadNs / this.#speed / 1e6;
  }
}
