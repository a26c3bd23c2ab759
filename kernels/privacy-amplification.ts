import { checkBytes, checkExactBytes } from "./arguments.ts";
import { MIDDLE_TERMS } from "./field/irreducible.ts";
import { CANTOR_BASIS, multiply16 } from "./field/tower.ts";
import type { PrivacyAmplificationKernel } from "./kernels.ts";
import {
  type AmplificationPlan,
  type AmplificationPlanner,
  GROUP_BITS,
  MAX_LOG_POINTS,
  planAmplification,
} from "./plan/amplification-plan.ts";
import { clearTail } from "./plane-window.ts";
import type { WasmExports } from "./wasm-exports.ts";
import type { WasmHeap } from "./wasm-heap.ts";
import type { WasmInstance } from "./wasm-instance.ts";

const POINT_BYTES = GROUP_BITS / 8;
/** Points multiplied at a time: one a bit of a vector. */
const RUN = 128;
const FACTOR_BYTES = 128;
const STRIP_BUFFER = 32768;

/**
 * XOR-universal hash by additive transform (docs/PRIVACY-AMPLIFICATION.md). Needs 1.35 bytes of memory
 * for each 8 bits of input at an output ratio of 0.35, plus up to 4 MiB of tables; the seed is read run by run.
 */
export function wasmAmplification(
  instance: WasmInstance,
  planner: AmplificationPlanner = planAmplification,
): PrivacyAmplificationKernel {
  const factors = new TwiddleFactors(instance);
  return {
    seedBytes: (inputBits, outputBits) => planner(inputBits, outputBits).seedBytes,
    hash(key, inputBits, outputBits, seed) {
      const plan = planner(inputBits, outputBits);
      checkBytes("key", key, Math.ceil(inputBits / 8));
      checkExactBytes("seed", seed, plan.seedBytes);
      const points = 2 ** plan.logPoints;
      const groupStride = Math.max(points, RUN) * POINT_BYTES;
      const tables = factors.upTo(plan.logPoints);
      const { exports, heap } = instance;
      return heap.with(plan.groups * groupStride, (data) => {
        loadInput(heap, data, groupStride, key, inputBits, plan);
        heap.with(STRIP_BUFFER, (buffer) => {
          for (let g = 0; g < plan.groups; g++)
            exports.transformForward(data + g * groupStride, plan.logPoints, tables, buffer);
          multiplyBySeed(instance, data, groupStride, plan, seed);
          for (let g = 0; g < plan.groups; g++)
            exports.transformBackward(data + g * groupStride, plan.logPoints, tables, buffer);
        });
        return readOutput(heap, data, groupStride, outputBits, plan);
      });
    },
  };
}

/** Each group takes its share of the input as its lowest coefficients; the rest is zero. */
function loadInput(
  heap: WasmHeap,
  data: number,
  groupStride: number,
  key: Uint8Array,
  inputBits: number,
  plan: AmplificationPlan,
): void {
  const share = plan.inputPoints * POINT_BYTES;
  const inputBytes = Math.ceil(inputBits / 8);
  for (let g = 0; g < plan.groups; g++) {
    const group = heap.view(data + g * groupStride, groupStride);
    const part = key.subarray(g * share, Math.min(inputBytes, (g + 1) * share));
    group.set(part);
    group.fill(0, part.length);
    if (8 * g * share < inputBits && inputBits < 8 * (g + 1) * share)
      clearTail(group, inputBits - 8 * g * share);
  }
}

function multiplyBySeed(
  { exports, heap }: WasmInstance,
  data: number,
  groupStride: number,
  plan: AmplificationPlan,
  seed: Uint8Array,
): void {
  const { groups, logPoints } = plan;
  const degree = GROUP_BITS * groups;
  const [t1, t2, t3] = MIDDLE_TERMS.get(degree)!;
  const seedRun = degree * (RUN / 8);
  const workBytes = (12 * degree + 32) * (RUN / 8);
  heap.with(seedRun + workBytes, (planes) => {
    const runs = Math.ceil(2 ** logPoints / RUN);
    for (let run = 0; run < runs; run++) {
      const window = heap.view(planes, seedRun);
      if (2 ** logPoints >= RUN) window.set(seed.subarray(run * seedRun, (run + 1) * seedRun));
      else spreadSeed(seed, 2 ** logPoints, window);
      const points = data + run * RUN * POINT_BYTES;
      exports.amplifyRun(points, groupStride, groups, planes, t1, t2, t3, planes + seedRun);
    }
  });
}

/** Widens the planes of a block of fewer than 128 points to whole vectors; absent points get zero. */
function spreadSeed(seed: Uint8Array, points: number, planes: Uint8Array): void {
  planes.fill(0);
  for (let at = 0; at < seed.length * 8; at++) {
    if (((seed[at >> 3]! >> (at & 7)) & 1) === 0) continue;
    const point = at % points;
    planes[16 * Math.floor(at / points) + (point & 15)]! |= 1 << (point >> 4);
  }
}

function readOutput(
  heap: WasmHeap,
  data: number,
  groupStride: number,
  outputBits: number,
  plan: AmplificationPlan,
): Uint8Array {
  const share = plan.outputPoints * POINT_BYTES;
  const output = new Uint8Array(Math.ceil(outputBits / 8));
  const top = (2 ** plan.logPoints - plan.outputPoints) * POINT_BYTES;
  for (let g = 0; g < plan.groups && g * share < output.length; g++) {
    const bytes = Math.min(share, output.length - g * share);
    output.set(heap.view(data + g * groupStride + top, bytes), g * share);
  }
  clearTail(output, outputBits);
  return output;
}

/** Nibble tables of the transform's factors, kept for the life of the instance and enlarged when a block needs more. */
class TwiddleFactors {
  readonly #exports: WasmExports;
  readonly #heap: WasmHeap;
  #tables: number | undefined;
  #log = 0;

  constructor({ exports, heap }: WasmInstance) {
    this.#exports = exports;
    this.#heap = heap;
  }

  /** Address of the tables for transforms of up to 2^log points. */
  upTo(log: number): number {
    if (this.#tables !== undefined && this.#log >= log) return this.#tables;
    if (this.#tables !== undefined) this.#heap.release(this.#tables);
    this.#log = Math.max(log, 8);
    const count = 2 ** (this.#log - 1);
    const tables = this.#heap.allocate(count * FACTOR_BYTES);
    this.#tables = tables;
    this.#heap.with((MAX_LOG_POINTS - 1) * FACTOR_BYTES, (basis) => {
      const window = this.#heap.view(basis, (MAX_LOG_POINTS - 1) * FACTOR_BYTES);
      for (let i = 0; i < MAX_LOG_POINTS - 1; i++)
        window.set(nibbleTable(CANTOR_BASIS[i + 1]!), i * FACTOR_BYTES);
      this.#exports.transformTables(basis, tables, count);
    });
    return tables;
  }
}

/** Products of a factor with every value of every nibble: 4 x 16 low bytes, then 4 x 16 high bytes. */
function nibbleTable(factor: number): Uint8Array {
  const table = new Uint8Array(FACTOR_BYTES);
  for (let nibble = 0; nibble < 4; nibble++)
    for (let value = 0; value < 16; value++) {
      const product = multiply16(factor, value << (4 * nibble));
      table[16 * nibble + value] = product & 255;
      table[64 + 16 * nibble + value] = product >> 8;
    }
  return table;
}
