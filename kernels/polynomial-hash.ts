import { KernelError } from "../errors/index.ts";
import { checkExactBytes } from "./arguments.ts";
import type { HashKernel } from "./kernels.ts";
import type { WasmInstance } from "./wasm-instance.ts";

const BLOCK = 16;
/** Multiples of the key and of its square. */
const TABLES = 2 * 8192;
/** Message bytes that lie in WebAssembly memory at a time. */
const CHUNK = 65536;

/**
 * Polynomial hash over GF(2^128) = GF(2)[x] / (x^128 + x^7 + x^2 + x + 1), bit i of a block its coefficient of x^i.
 *
 * A message of L bytes is split into n = ceil(L / 16) blocks m1..mn, the last padded with zeros; with the key k,
 * tag = m1 k^(n+1) + m2 k^n + ... + mn k^2 + (8 L) k, the length in bits as an element.
 *
 * Bound: for two different messages of at most L bytes and any d, tag(m) + tag(m') = d is a polynomial equation in k of
 * degree at most n + 1. Its coefficients of k..k^(n+1) are not all zero: messages of unequal length differ in the
 * coefficient of k, messages of equal length in that of some block. (A constant d cannot cancel them.) So at most n + 1
 * keys of 2^128 satisfy it: the family is (n + 1) / 2^128-almost XOR universal. A uniform one-time pad XORed to the tag
 * therefore authenticates (Wegman, Carter 1981; Krawczyk 1994) with that forgery bound, and without a pad the chance of
 * equal tags is the same bound (d = 0). A tag cut to t bits has bound (n + 1) / 2^t: each cut difference comes from
 * 2^(128 - t) differences.
 */
export function wasmHash(instance: WasmInstance): HashKernel {
  return {
    keyBytes: BLOCK,
    tagBytes: BLOCK,
    polynomial(key, message) {
      const stream = new PolynomialStream(instance, key);
      stream.update(message);
      return stream.digest();
    },
    collisionBound: (byteLength) => (Math.ceil(byteLength / BLOCK) + 1) * 2 ** -128,
    stream: (key) => new PolynomialStream(instance, key),
  };
}

/** Memory of one hash while it runs: tables, state and a chunk of message; shared by all streams of an instance. */
class PolynomialStream {
  readonly #instance: WasmInstance;
  readonly #key: Uint8Array;
  readonly #state = new Uint8Array(BLOCK);
  readonly #partial = new Uint8Array(BLOCK);
  #filled = 0;
  #bytes = 0;
  #finished = false;

  constructor(instance: WasmInstance, key: Uint8Array) {
    checkExactBytes("hash key", key, BLOCK);
    this.#instance = instance;
    // A Buffer's slice would share the caller's memory, and this copy is wiped.
    this.#key = new Uint8Array(key);
  }

  update(piece: Uint8Array): void {
    this.#refuseAfterDigest();
    this.#bytes += piece.length;
    let rest = piece;
    if (this.#filled > 0) {
      const taken = rest.subarray(0, BLOCK - this.#filled);
      this.#partial.set(taken, this.#filled);
      this.#filled += taken.length;
      rest = rest.subarray(taken.length);
      if (this.#filled < BLOCK) return;
      this.#absorb(this.#partial);
      this.#filled = 0;
    }
    const whole = rest.length - (rest.length % BLOCK);
    if (whole > 0) this.#absorb(rest.subarray(0, whole));
    this.#partial.set(rest.subarray(whole));
    this.#filled = rest.length - whole;
  }

  digest(): Uint8Array {
    this.#refuseAfterDigest();
    this.#finished = true;
    const tail = new Uint8Array(this.#filled > 0 ? 2 * BLOCK : BLOCK);
    if (this.#filled > 0) tail.set(this.#partial.subarray(0, this.#filled));
    new DataView(tail.buffer).setBigUint64(tail.length - BLOCK, 8n * BigInt(this.#bytes), true);
    this.#absorb(tail);
    this.#key.fill(0);
    return this.#state.slice();
  }

  #absorb(blocks: Uint8Array): void {
    const { exports, heap } = this.#instance;
    heap.with(TABLES + BLOCK + Math.min(CHUNK, blocks.length), (tables) => {
      const state = tables + TABLES;
      const chunk = state + BLOCK;
      heap.view(state, BLOCK).set(this.#key);
      exports.polynomialTables(state, tables);
      heap.view(state, BLOCK).set(this.#state);
      for (let at = 0; at < blocks.length; at += CHUNK) {
        const part = blocks.subarray(at, at + CHUNK);
        heap.view(chunk, part.length).set(part);
        exports.polynomialBlocks(tables, state, chunk, part.length / BLOCK);
      }
      this.#state.set(heap.view(state, BLOCK));
    });
  }

  #refuseAfterDigest(): void {
    if (this.#finished) throw new KernelError("QKD_KERNEL_INPUT", "a hash stream was used after its digest");
  }
}
