import { SeededNoise } from "../device/seeded-noise.ts";
import type { WireDirection, WireFault } from "./wire-fault.ts";

/** One direction of one connection: bytes go in, and come out damaged, later, or not at all; always in order. */
export class FaultyDirection {
  readonly #direction: WireDirection;
  readonly #random: SeededNoise;
  readonly #faults: () => readonly WireFault[];
  readonly #deliver: (bytes: Uint8Array) => void;
  readonly #held: { readonly bytes: Uint8Array; readonly dueMs: number }[] = [];
  #heldBytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    direction: WireDirection,
    seed: number,
    faults: () => readonly WireFault[],
    deliver: (bytes: Uint8Array) => void,
  ) {
    this.#direction = direction;
    this.#random = new SeededNoise(seed);
    this.#faults = faults;
    this.#deliver = deliver;
  }

  /** Bytes on their way. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** `bytes` may be reused by the caller afterwards. */
  push(bytes: Uint8Array): void {
    const faults = this.#faults().filter(
      ({ direction }) => (direction ?? this.#direction) === this.#direction,
    );
    if (faults.length === 0 && this.#held.length === 0) {
      this.#deliver(bytes);
      return;
    }
    let pieces = [bytes.slice()];
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
    for (let next = this.#held[0]; next !== undefined; next = this.#held[0]) {
      if (this.#stalled) return;
      const waitMs = next.dueMs - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.flush(), waitMs);
        return;
      }
      this.#held.shift();
      this.#heldBytes -= next.bytes.length;
      this.#deliver(next.bytes);
    }
  }

  /** Forgets what is on its way. */
  close(): void {
    clearTimeout(this.#timer);
    this.#held.length = 0;
    this.#heldBytes = 0;
  }

  get #stalled(): boolean {
    return this.#faults().some(
      ({ type, direction }) => type === "stall" && (direction ?? this.#direction) === this.#direction,
    );
  }

  #damage(piece: Uint8Array<ArrayBuffer>, fault: WireFault): Uint8Array<ArrayBuffer>[] {
    switch (fault.type) {
      case "bitFlips":
        for (let at = this.#gap(fault.perByte); at < piece.length; at += 1 + this.#gap(fault.perByte))
          piece[at]! ^= 1 << Math.floor(this.#random.uniform() * 8);
        return [piece];
      case "truncation":
        return [this.#random.uniform() < fault.probability ? piece.slice(0, piece.length >> 1) : piece];
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
