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
  readonly #ownAt: number;
  readonly #peerAt: number;
  /** Parities of this round; none when every frame is done. */
  #ownBits = 0;
  /** Whether they were emitted. */
  #pending = false;
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
      this.#ownAt = exports.cascadeOwn(at);
      this.#peerAt = exports.cascadePeer(at);
      this.#withKeys((keysAt) => {
        const keyBytes = Math.ceil(setup.keyBits / 8);
        const keys = heap.view(keysAt, this.#paddedBytes);
        keys.set(setup.key.subarray(0, keyBytes));
        keys.fill(0, keyBytes);
        clearTail(keys, setup.keyBits);
        this.#ownBits = exports.cascadeBegin(at, this.#tablesAt, CLEAN_RUN, keysAt);
      });
    } catch (error) {
      if (this.#at !== undefined) heap.release(this.#at);
      tables.release(this.#tablesAt);
      throw error;
    }
  }

  get done(): boolean {
    return this.#at === undefined ? this.#last.done : this.#ownBits === 0;
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
    this.#address();
    if (!this.#pending) {
      this.#pending = true;
      this.#disclosedBits += this.#ownBits;
    }
    return this.#heap.bytes.slice(this.#ownAt, this.#ownAt + this.#messageBytes);
  }

  absorb(peer: Uint8Array): void {
    const at = this.#address();
    if (!this.#pending) throw new KernelError("QKD_KERNEL_LOCKSTEP", "absorb was called before emit");
    const expected = this.#messageBytes;
    if (peer.length !== expected)
      throw new KernelError("QKD_KERNEL_LOCKSTEP", "the peer's parities have the wrong length", {
        context: { bytes: peer.length, expected },
      });
    this.#heap.bytes.set(peer, this.#peerAt);
    this.#ownBits = this.#wasm.cascadeAbsorb(at);
    this.#pending = false;
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
    this.#ownBits = this.#wasm.cascadeExtend(at, passes);
  }

  result(into?: Uint8Array): Uint8Array {
    const at = this.#address();
    const bytes = Math.ceil(this.#keyBits / 8);
    if (into !== undefined && into.length < bytes)
      throw new KernelError("QKD_KERNEL_INPUT", "the key does not fit", {
        context: { bytes, space: into.length },
      });
    const key = into === undefined ? new Uint8Array(bytes) : into.subarray(0, bytes);
    this.#withKeys((keysAt) => {
      this.#wasm.cascadeResult(at, keysAt);
      key.set(this.#heap.view(keysAt, bytes));
    });
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

  /** Runs `work` with space for the key bits of all frames. */
  #withKeys<T>(work: (at: number) => T): T {
    return this.#heap.with(this.#paddedBytes, work);
  }

  get #paddedBytes(): number {
    return (this.frames * this.frameBits) / 8;
  }

  get #messageBytes(): number {
    return Math.ceil(this.#ownBits / 8);
  }

  #address(): number {
    if (this.#at === undefined) throw new KernelError("QKD_KERNEL_LOCKSTEP", "the cohort was freed");
    return this.#at;
  }
}
