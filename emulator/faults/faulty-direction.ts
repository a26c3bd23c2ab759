import { SeededNoise } from "../device/instruments/seeded-noise.ts";
import type { LineSettings } from "../ports/line-settings.ts";
import { misread } from "./misread.ts";
import type { WireDirection, WireFault } from "./wire-fault.ts";

/** One direction of one connection: bytes go in, and come out damaged, later, or not at all; always in order. */
export class FaultyDirection {
  readonly #direction: WireDirection;
  readonly #random: SeededNoise;
  readonly #faults: () => readonly WireFault[];
  readonly #deliver: (bytes: Uint8Array, finished?: () => void) => void;
  readonly #line: LineSettings | undefined;
  readonly #held: { bytes: Uint8Array; readonly dueMs: number }[] = [];
  #heldBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Bytes that a trickle owes, and since when it counts. */
  #allowance = 0;
  #countedMs = 0;

  /** `line`: what a serial line is set to. */
  constructor(
    direction: WireDirection,
    seed: number,
    faults: () => readonly WireFault[],
    deliver: (bytes: Uint8Array, finished?: () => void) => void,
    line?: LineSettings,
  ) {
    this.#direction = direction;
    this.#random = new SeededNoise(seed);
    this.#faults = faults;
    this.#deliver = deliver;
    this.#line = line;
  }

  /** Bytes on their way. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** `bytes` may be reused once `deliver` or this calls `finished`; what is held back is copied. */
  push(bytes: Uint8Array, finished?: () => void): void {
    const faults = this.#present;
    if (faults.length === 0 && this.#held.length === 0) {
      this.#deliver(bytes, finished);
      return;
    }
    this.#suffer(bytes, faults);
    finished?.();
  }

  #suffer(bytes: Uint8Array, faults: readonly WireFault[]): void {
    let pieces: Uint8Array[] = [bytes.slice()];
    let delayMs = 0;
    for (const fault of faults) {
      if (fault.type === "halfOpen") return;
      if (fault.type === "delay") delayMs = Math.max(delayMs, fault.ms);
      else pieces = pieces.flatMap((piece) => this.#damage(piece, fault));
    }
    const dueMs = performance.now() + delayMs;
    for (const piece of pieces) {
      this.#held.push({ bytes: piece, dueMs });
      this.#heldBytes += piece.length;
    }
    this.flush();
  }

  /** Lets go what is due; also to be called when faults change. */
  flush(): void {
    clearTimeout(this.#timer);
    const now = performance.now();
    const rate = this.#bytesPerSecond;
    // An idle line saves nothing up.
    if (rate === undefined || this.#held.length === 0) this.#allowance = 0;
    else
      this.#allowance = Math.min(
        rate,
        this.#allowance + (Math.min(now - this.#countedMs, 1000) * rate) / 1000,
      );
    this.#countedMs = now;
    for (let next = this.#held[0]; next !== undefined; next = this.#held[0]) {
      if (this.#stalled) return;
      const waitMs = Math.max(next.dueMs - now, this.#allowance < 1 && rate !== undefined ? 1000 / rate : 0);
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.flush(), waitMs);
        return;
      }
      const count =
        rate === undefined ? next.bytes.length : Math.min(next.bytes.length, Math.floor(this.#allowance));
      if (rate !== undefined) this.#allowance -= count;
      this.#letGo(next, count);
    }
  }

  /** Forgets what is on its way. */
  close(): void {
    clearTimeout(this.#timer);
    this.#held.length = 0;
    this.#heldBytes = 0;
  }

  #letGo(next: { bytes: Uint8Array }, count: number): void {
    const part = next.bytes.subarray(0, count);
    if (count === next.bytes.length) this.#held.shift();
    else next.bytes = next.bytes.subarray(count);
    this.#heldBytes -= count;
    this.#deliver(part);
  }

  get #present(): readonly WireFault[] {
    return this.#faults().filter(({ direction }) => (direction ?? this.#direction) === this.#direction);
  }

  get #stalled(): boolean {
    return this.#present.some(({ type }) => type === "stall");
  }

  /** The slowest trickle now present. */
  get #bytesPerSecond(): number | undefined {
    const rates = this.#present.flatMap((fault) => (fault.type === "trickle" ? [fault.bytesPerSecond] : []));
    return rates.length === 0 ? undefined : Math.min(...rates);
  }

  #damage(piece: Uint8Array, fault: WireFault): Uint8Array[] {
    switch (fault.type) {
      case "bitFlips":
        for (let at = this.#gap(fault.perByte); at < piece.length; at += 1 + this.#gap(fault.perByte))
          piece[at]! ^= 1 << Math.floor(this.#random.uniform() * 8);
        return [piece];
      case "truncation":
        return [this.#random.uniform() < fault.probability ? piece.slice(0, piece.length >> 1) : piece];
      case "baudMismatch":
        return this.#line === undefined ? [piece] : misread(piece, this.#line, fault.baud, this.#direction);
      case "duplicates":
        return this.#random.uniform() < fault.probability ? [piece, piece.slice()] : [piece];
      default:
        return [piece];
    }
  }

  /** Bytes until the next flip: one draw per flip, not per byte. */
  #gap(perByte: number): number {
    if (perByte <= 0) return Number.POSITIVE_INFINITY;
    if (perByte >= 1) return 0;
    return Math.floor(Math.log(1 - this.#random.uniform()) / Math.log1p(-perByte));
  }
}
