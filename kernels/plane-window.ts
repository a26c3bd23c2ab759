import type { WasmHeap } from "./wasm-heap.ts";

/** Bytes that hold a plane in whole vectors. */
export function vectorBytes(bitCount: number): number {
  return 16 * Math.ceil(bitCount / 128);
}

/** Copies the first `bitCount` bits of a plane to `at`, zeros behind them up to a whole vector. */
export function copyPlane(heap: WasmHeap, at: number, plane: Uint8Array, bitCount: number): void {
  const bytes = Math.ceil(bitCount / 8);
  const window = heap.view(at, vectorBytes(bitCount));
  window.set(plane.subarray(0, bytes));
  window.fill(0, bytes);
  clearTail(window, bitCount);
}

/** Zeroes the bits of the last byte past `bitCount`. */
export function clearTail(bytes: Uint8Array, bitCount: number): void {
  if (bitCount % 8) bytes[Math.floor(bitCount / 8)]! &= (1 << (bitCount % 8)) - 1;
}
