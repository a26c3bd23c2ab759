import { KernelError } from "../errors/index.ts";
import type { CascadeTables } from "./cascade-tables.ts";
import type { CascadeCohort, CascadeSetup } from "./kernels.ts";
import { type CascadePlan, CLEAN_RUN, MAX_PASSES, planCascade, WAVE_LEAVES } from "./plan/cascade-plan.ts";
import { clearTail } from "./plane-window.ts";
import type { WasmExports } from "./wasm-exports.ts";
import type { WasmHeap } from "./wasm-heap.ts";
import type { WasmInstance } from "./wasm-instance.ts";

/** Lockstep Cascade on bit-packed frames in WebAssembly memory. */
export class WasmCascade implements CascadeCohort {
  readonly frames: number;
  readonly frameBits: number;
  readonly #wasm: WasmExports;
  readonly #heap: WasmHeap;
  readonly #keyBits: number;
  readonly #tables: CascadeTables;
  readonly #tablesAt: number;
  #at: number | undefined;
  #pending: number | undefined;
  /** What remains readable after `free`. */
  #last = { done: false, corrected: 0 };
  #disclosedBits = 0;
  #rounds = 0;

  constructor({ exports, heap }: WasmInstance, tables: CascadeTables, setup: CascadeSetup) {
    const plan = planCascade(setup);
    this.frames = plan.frames;
    this.frameBits = plan.frameBits;
    this.#wasm = exports;
    this.#heap = heap;
    this.#keyBits = setup.keyBits;
    const bytes = heap.with(exports.cascadeHeaderBytes(), (at) => this.#layOut(at, plan, setup));
    this.#tables = tables;
    this.#tablesAt = tables.take(setup.seed, plan.frameBits);
    try {
      const at = heap.allocate(bytes);
      this.#at = at;
      this.#layOut(at, plan, setup);
      const keyBytes = Math.ceil(setup.keyBits / 8);
      const keys = heap.view(exports.cascadeKeys(at), (plan.frames * plan.frameBits) / 8);
      keys.set(setup.key.subarray(0, keyBytes));
      keys.fill(0, keyBytes);
      clearTail(keys, setup.keyBits);
      exports.cascadeBegin(at, this.#tablesAt, CLEAN_RUN);
    } catch (error) {
      tables.release(this.#tablesAt);
      throw error;
    }
  }

  get done(): boolean {
    return this.#at === undefined ? this.#last.done : this.#wasm.cascadeOwnBits(this.#at) === 0;
  }

  get disclosedBits(): number {
    return this.#disclosedBits;
  }

  get rounds(): number {
    return this.#rounds;
  }

  get corrected(): number {
    return this.#at === undefined ? this.#last.corrected : this.#wasm.cascadeCorrected(this.#at);
  }

  emit(): Uint8Array {
    const at = this.#address();
    if (this.#pending === undefined) {
      this.#pending = this.#wasm.cascadeOwnBits(at);
      this.#disclosedBits += this.#pending;
    }
    return this.#heap.view(this.#wasm.cascadeOwn(at), Math.ceil(this.#pending / 8)).slice();
  }

  absorb(peer: Uint8Array): void {
    const at = this.#address();
    if (this.#pending === undefined)
      throw new KernelError("QKD_KERNEL_LOCKSTEP", "absorb was called before emit");
    const expected = Math.ceil(this.#pending / 8);
    if (peer.length !== expected)
      throw new KernelError("QKD_KERNEL_LOCKSTEP", "the peer's parities have the wrong length", {
        context: { bytes: peer.length, expected },
      });
    this.#heap.view(this.#wasm.cascadePeer(at), expected).set(peer);
    this.#wasm.cascadeAbsorb(at);
    this.#pending = undefined;
    this.#rounds++;
  }

  extend(passes: number): void {
    if (!Number.isSafeInteger(passes) || passes < 1)
      throw new KernelError("QKD_KERNEL_INPUT", "an extension needs at least one pass", {
        context: { passes },
      });
    const at = this.#address();
    if (!this.done)
      throw new KernelError("QKD_KERNEL_LOCKSTEP", "extend was called before the cohort was done");
    this.#wasm.cascadeExtend(at, passes);
  }

  result(): Uint8Array {
    const at = this.#address();
    const key = this.#heap.view(this.#wasm.cascadeKeys(at), Math.ceil(this.#keyBits / 8)).slice();
    clearTail(key, this.#keyBits);
    return key;
  }

  free(): void {
    if (this.#at === undefined) return;
    this.#last = { done: this.done, corrected: this.corrected };
    this.#wasm.cascadeWipe(this.#at);
    this.#heap.release(this.#at);
    this.#tables.release(this.#tablesAt);
    this.#at = undefined;
  }

  #layOut(at: number, plan: CascadePlan, setup: CascadeSetup): number {
    return this.#wasm.cascadeLayOut(
      at,
      plan.frames,
      plan.frameBits,
      plan.lastFrameBits,
      plan.firstBlock,
      plan.secondBlock,
      plan.cellPlanes,
      setup.role === "bob" ? 1 : 0,
      MAX_PASSES,
      WAVE_LEAVES,
    );
  }

  #address(): number {
    if (this.#at === undefined) throw new KernelError("QKD_KERNEL_LOCKSTEP", "the cohort was freed");
    return this.#at;
  }
}
