import { KernelError } from "../errors/index.ts";

const PAGE = 65536;
const ALIGNMENT = 64;
/** Growth ahead of need, at most. */
const GENEROUS_BYTES = 1 << 26;

interface Span {
  at: number;
  bytes: number;
}

/**
 * Owns the memory of one kernel instance: first fit over free spans, grown on demand. The kernels never allocate. Freed
 * memory keeps its contents.
 */
export class WasmHeap {
  readonly memory: WebAssembly.Memory;
  #bytes: Uint8Array;
  #free: Span[] = [];
  #end: number;
  readonly #used = new Map<number, number>();

  constructor(memory: WebAssembly.Memory, base: number) {
    this.memory = memory;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#end = align(base);
  }

  /** All memory; do not keep it across `allocate`. */
  get bytes(): Uint8Array {
    if (this.#bytes.buffer !== this.memory.buffer) this.#bytes = new Uint8Array(this.memory.buffer);
    return this.#bytes;
  }

  /** A fresh view; do not keep it across `allocate`. */
  view(at: number, bytes: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, at, bytes);
  }

  /**
   * Address of `bytes` bytes of arbitrary content, 64-aligned, with at least 16 more readable bytes behind.
   * @throws KernelError QKD_KERNEL_LIMIT when the memory cannot grow.
   */
  allocate(bytes: number): number {
    const size = align(bytes + 16);
    const index = this.#free.findIndex((span) => span.bytes >= size);
    let at = this.#end;
    if (index >= 0) {
      const span = this.#free[index]!;
      at = span.at;
      span.at += size;
      span.bytes -= size;
      if (span.bytes === 0) this.#free.splice(index, 1);
    } else {
      this.#grow(at + size);
      this.#end = at + size;
    }
    this.#used.set(at, size);
    return at;
  }

  /** Gives memory back; what `allocate` did not return is ignored. */
  release(at: number): void {
    const bytes = this.#used.get(at);
    if (bytes === undefined) return;
    this.#used.delete(at);
    const place = this.#free.findIndex((span) => span.at > at);
    this.#free.splice(place < 0 ? this.#free.length : place, 0, { at, bytes });
    this.#merge();
  }

  /** Runs `work` with `bytes` of memory that is zeroed and released afterwards: it may have held key bits. */
  with<T>(bytes: number, work: (at: number) => T): T {
    const at = this.allocate(bytes);
    try {
      return work(at);
    } finally {
      this.view(at, bytes).fill(0);
      this.release(at);
    }
  }

  #merge(): void {
    const merged: Span[] = [];
    for (const span of this.#free) {
      const last = merged.at(-1);
      if (last !== undefined && last.at + last.bytes === span.at) last.bytes += span.bytes;
      else merged.push(span);
    }
    const last = merged.at(-1);
    if (last !== undefined && last.at + last.bytes === this.#end) {
      this.#end = last.at;
      merged.pop();
    }
    this.#free = merged;
  }

  #grow(end: number): void {
    const present = this.memory.buffer.byteLength;
    const missing = end + ALIGNMENT - present;
    if (missing <= 0) return;
    // Every growth makes the JavaScript engine collect garbage, so it is taken in large steps; untouched memory costs nothing.
    const generous = Math.max(missing, Math.min(present / 2, GENEROUS_BYTES));
    try {
      this.memory.grow(Math.ceil(generous / PAGE));
      return;
    } catch {
      // There may be room for what is needed.
    }
    try {
      this.memory.grow(Math.ceil(missing / PAGE));
    } catch (cause) {
      throw new KernelError("QKD_KERNEL_LIMIT", "the kernels' memory cannot grow", {
        cause,
        context: { bytes: end },
      });
    }
  }
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
