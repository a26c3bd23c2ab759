import { KernelError } from "../errors/index.ts";
import { checkPlanes } from "./arguments.ts";
import type { PlaneCombination, PlaneSpace } from "./kernels.ts";
import { clearTail, copyPlane, vectorBytes } from "./plane-window.ts";
import type { WasmInstance } from "./wasm-instance.ts";

/** Bit k: the result where k of the two bits are one. */
const COMBINATIONS = {
  neither: 0b001,
  both: 0b100,
  differ: 0b010,
  either: 0b110,
  agree: 0b101,
} as const;
/** Compaction writes up to two words behind its result. */
const SLACK_BYTES = 16;

/** Runs `work` on slots in memory that is wiped and released afterwards. */
export function withPlaneSpace<T>(
  instance: WasmInstance,
  slots: number,
  bitCount: number,
  work: (space: PlaneSpace) => T,
): T {
  checkPlanes([], bitCount);
  const stride = vectorBytes(bitCount) + SLACK_BYTES;
  const workBytes = instance.exports.planesCompactWork(slots);
  return instance.heap.with(slots * stride + workBytes, (at) =>
    work(new WasmPlaneSpace(instance, { at, slots, stride, limit: bitCount })),
  );
}

interface Place {
  readonly at: number;
  readonly slots: number;
  readonly stride: number;
  readonly limit: number;
}

/** Slots at equal distances; bits past a plane's length are zero up to a whole vector. */
class WasmPlaneSpace implements PlaneSpace {
  readonly #wasm: WasmInstance;
  readonly #place: Place;
  readonly #bits: number[];

  constructor(wasm: WasmInstance, place: Place) {
    this.#wasm = wasm;
    this.#place = place;
    this.#bits = new Array<number>(place.slots).fill(0);
  }

  put(slot: number, plane: Uint8Array, bitCount: number): void {
    checkPlanes([plane], bitCount);
    if (bitCount > this.#place.limit) throw refuse("a plane is longer than its slot", { bitCount });
    copyPlane(this.#wasm.heap, this.#address(slot), plane, bitCount);
    this.#bits[slot] = bitCount;
  }

  combine(how: PlaneCombination, a: number, b: number, out: number): void {
    const bitCount = this.#length(a);
    if (this.#length(b) !== bitCount) throw refuse("planes of unequal length cannot be combined", { a, b });
    const [x, y, to] = [this.#address(a), this.#address(b), this.#address(out)];
    this.#wasm.exports.planesCombine(x, y, to, vectorBytes(bitCount), COMBINATIONS[how]);
    this.#end(out, bitCount);
  }

  compact(mask: number, from: number, count: number, to: number): number {
    const bitCount = this.#length(mask);
    for (let j = 0; j < count; j++) {
      const isInput = to + j === mask || (to + j >= from && to + j < from + count);
      if (this.#length(from + j) !== bitCount || isInput)
        throw refuse("planes of unequal length, or onto themselves, cannot be compacted", { mask, from, to });
      this.#address(to + j);
    }
    const { at, slots, stride } = this.#place;
    const kept = this.#wasm.exports.planesCompact(
      ...([this.#address(mask), this.#address(from), stride, count, this.#address(to), stride] as const),
      ...([vectorBytes(bitCount), at + slots * stride] as const),
    );
    for (let j = 0; j < count; j++) this.#end(to + j, kept);
    return kept;
  }

  ones(slot: number): number {
    return this.#wasm.exports.planePopcount(this.#address(slot), vectorBytes(this.#length(slot)));
  }

  view(slot: number): Uint8Array {
    return this.#wasm.heap.view(this.#address(slot), Math.ceil(this.#length(slot) / 8));
  }

  /** Sets a slot's length and zeroes what lies behind it in the last vector. */
  #end(slot: number, bitCount: number): void {
    this.#bits[slot] = bitCount;
    const window = this.#wasm.heap.view(this.#address(slot), vectorBytes(bitCount));
    window.fill(0, Math.ceil(bitCount / 8));
    clearTail(window, bitCount);
  }

  #length(slot: number): number {
    const bitCount = this.#bits[slot];
    if (bitCount === undefined) throw refuse("there is no such slot", { slot });
    return bitCount;
  }

  #address(slot: number): number {
    this.#length(slot);
    return this.#place.at + slot * this.#place.stride;
  }
}

function refuse(why: string, context: Record<string, number>): KernelError {
  return new KernelError("QKD_KERNEL_INPUT", why, { context });
}
