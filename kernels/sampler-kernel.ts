import { ConfigError } from "../errors/index.ts";
import {
  type DetectionCounts,
  type EventSampler,
  SAMPLER_PLANES,
  SAMPLER_SEED_WORDS,
  type SampledFrame,
} from "./sampler.ts";
import { TABLE_WORDS } from "./sampler-layout.ts";
import { instantiateKernels } from "./wasm-instance.ts";

/** What kernels/assembly/sampler/sampler.ts exports. Pointers are byte addresses. */
interface SamplerExports {
  samplerTables(): number;
  samplerSeed(): number;
  samplerSeen(): number;
  samplerCounts(): number;
  samplerPosition(): number;
  samplerDetections(): number;
  samplerGapBytes(): number;
  samplerBlindGates(): number;
  samplerClicks(detector: number): number;
  samplerGates(): number;
  samplerSettle(): void;
  samplerLoad(): void;
  samplerPlanes(planes: number, stride: number): void;
  samplerEnterWindow(high: number, low: number, shift: number): void;
  samplerBeginFrame(maxDetections: number, codes: number, gaps: number): void;
  samplerRun(until: number): number;
}

const REACHED = 0;
const FULL = 1;
/** A gap of at most 2^34 gates takes five LEB128 bytes. */
const MAX_GAP_BYTES = 5;
/** The kernel writes whole vectors past the end, at the frame's end up to whole words of planes. */
const SLACK = 64;

/** Bytes of a plane in the kernel: whole words of 64 detections. */
function planeStride(detections: number): number {
  return ((detections + 63) >>> 6) * 8;
}

/**
 * The event sampler as a WebAssembly SIMD kernel with a memory of its own.
 * @throws KernelError QKD_KERNEL_UNAVAILABLE where the kernels are not built.
 */
export async function createSamplerKernel(seed: Uint32Array): Promise<EventSampler> {
  const { exports, heap } = await instantiateKernels();
  const kernel = exports as unknown as SamplerExports;
  const view32 = (at: number, words: number) => new Uint32Array(heap.memory.buffer, at, words);
  view32(kernel.samplerSeed(), SAMPLER_SEED_WORDS).set(seed);
  let capacity = 0;
  let codesAt = 0;
  let gapsAt = 0;
  let planesAt = 0;
  const reserve = (maxDetections: number) => {
    if (maxDetections <= capacity) return;
    if (capacity > 0) {
      heap.release(codesAt);
      heap.release(gapsAt);
      heap.release(planesAt);
    }
    codesAt = heap.allocate(maxDetections + SLACK);
    gapsAt = heap.allocate(maxDetections * MAX_GAP_BYTES + SLACK);
    planesAt = heap.allocate(SAMPLER_PLANES * planeStride(maxDetections));
    capacity = maxDetections;
  };
  const planes = (detections: number, place: Uint8Array | undefined) => {
    const bytes = (detections + 7) >>> 3;
    const joined = place?.subarray(0, SAMPLER_PLANES * bytes) ?? new Uint8Array(SAMPLER_PLANES * bytes);
    for (let plane = 0; plane < SAMPLER_PLANES; plane++)
      joined.set(heap.view(planesAt + plane * planeStride(detections), bytes), plane * bytes);
    return joined;
  };
  const counts = (): DetectionCounts => {
    const [receiverZero = 0, zero = 0, one = 0, zeroWrong = 0, oneWrong = 0, ...levels] = view32(
      kernel.samplerCounts(),
      8,
    );
    const [lowest = 0, lowestWrong = 0, highest = 0] = levels;
    return { receiverZero, matched: [zero, one], wrong: [zeroWrong, oneWrong], lowest, lowestWrong, highest };
  };
  return {
    get position() {
      return kernel.samplerPosition();
    },
    load(tables) {
      kernel.samplerSettle();
      view32(kernel.samplerTables(), TABLE_WORDS).set(tables);
      kernel.samplerLoad();
    },
    enterWindow(high, low, shift) {
      kernel.samplerEnterWindow(high, low, shift);
    },
    beginFrame(maxDetections) {
      reserve(maxDetections);
      kernel.samplerBeginFrame(maxDetections, codesAt, gapsAt);
    },
    run(until) {
      const outcome = kernel.samplerRun(until);
      if (outcome === FULL || outcome === REACHED) return outcome === FULL;
      throw new ConfigError("QKD_PHYSICS_OVERFLOW", "more trapped carriers wait than the sampler can hold");
    },
    endFrame(place): SampledFrame {
      const detections = kernel.samplerDetections();
      kernel.samplerPlanes(planesAt, planeStride(detections));
      return {
        detections,
        planes: planes(detections, place),
        counts: counts(),
        clicks: [kernel.samplerClicks(0), kernel.samplerClicks(1)],
        gapBytes: heap.view(gapsAt, kernel.samplerGapBytes()),
        seen: new Float64Array(heap.memory.buffer, kernel.samplerSeen(), 6).slice(),
        blindGates: kernel.samplerBlindGates(),
        gates: kernel.samplerGates(),
      };
    },
  };
}
