import { readFile } from "node:fs/promises";
import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";
import { KernelError } from "../errors/index.ts";
import type { WasmExports } from "./wasm-exports.ts";
import { WasmHeap } from "./wasm-heap.ts";

/** Beside this file in the built package; in `dist` when this runs from its source. */
const WASM = import.meta.url.endsWith(".ts")
  ? new URL("../dist/kernels/kernels.wasm", import.meta.url)
  : new URL("./kernels.wasm", import.meta.url);

/** 2 GiB: addresses stay positive where they come back as signed numbers. */
const MAX_PAGES = 32768;

/** One instance of the kernels with its own memory. */
export interface WasmInstance {
  /** The raw exports; the typed part is WasmExports. */
  readonly exports: WasmExports & WebAssembly.Exports;
  readonly heap: WasmHeap;
}

let compiled: Promise<WebAssembly.Module> | undefined;

/** Reads and compiles a module; throws QKD_KERNEL_UNAVAILABLE where that fails. */
export async function compileKernels(file: URL): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(await readFile(file));
  } catch (cause) {
    throw new KernelError("QKD_KERNEL_UNAVAILABLE", "the WebAssembly kernels cannot be loaded", { cause });
  }
}

/** Name under which threads inherit the compiled module. */
const SHARED = "qkdlink kernels";

/**
 * The module, compiled once a process: threads that start later inherit it. Besides the time this spares, machine code that
 * is compiled and freed by one thread after the other can bring V8 down (nodejs/node issue 64500).
 */
async function compiledOnce(): Promise<WebAssembly.Module> {
  const shared = getEnvironmentData(SHARED);
  if (shared instanceof WebAssembly.Module) return shared;
  compiled ??= compileKernels(WASM);
  try {
    const module = await compiled;
    setEnvironmentData(SHARED, module as never);
    return module;
  } catch (error) {
    // The next caller tries again: a build may have finished.
    compiled = undefined;
    throw error;
  }
}

/**
 * Compiles kernels.wasm, so that threads started from now on need not.
 * @throws KernelError QKD_KERNEL_UNAVAILABLE when the file is missing or this engine lacks SIMD.
 */
export async function loadKernels(): Promise<void> {
  await compiledOnce();
}

/**
 * Instantiates kernels.wasm; compiled once a process.
 * @throws KernelError QKD_KERNEL_UNAVAILABLE when the file is missing or this engine lacks SIMD.
 */
export async function instantiateKernels(): Promise<WasmInstance> {
  const module = await compiledOnce();
  const memory = new WebAssembly.Memory({ initial: 16, maximum: MAX_PAGES });
  const instance = await WebAssembly.instantiate(module, { env: { memory, abort: trap } });
  const exports = instance.exports as unknown as WasmExports & WebAssembly.Exports;
  return { exports, heap: new WasmHeap(memory, exports.heapBase()) };
}

function trap(): never {
  throw new KernelError("QKD_KERNEL_LIMIT", "a kernel stopped itself");
}
