import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WasmHeap } from "./wasm-heap.ts";

const freshHeap = (maximum = 64) => new WasmHeap(new WebAssembly.Memory({ initial: 1, maximum }), 1000);

describe("the kernels' memory", () => {
  it("hands out spans that never overlap, inside the memory, and takes them back in any order", () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 30_000 })), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (list) => {
        const heap = freshHeap(1024);
        const live = new Map<number, number>();
        for (const [release, number] of list) {
          const oldest = [...live.keys()][number % Math.max(1, live.size)];
          if (release && oldest !== undefined) {
            heap.release(oldest);
            live.delete(oldest);
            continue;
          }
          const at = heap.allocate(number);
          expect(at % 64).toBe(0);
          expect(at).toBeGreaterThanOrEqual(1000);
          expect(at + number + 16).toBeLessThanOrEqual(heap.memory.buffer.byteLength);
          for (const [other, bytes] of live) expect(at + number <= other || other + bytes <= at).toBe(true);
          live.set(at, number);
        }
      }),
      { seed: 20263, numRuns: 100 },
    );
  });

  it("uses freed memory again, so that it stays flat", () => {
    const heap = freshHeap();
    for (let i = 0; i < 200; i++) {
      const spans = [5000, 70_000, 100, 20_000].map((bytes) => heap.allocate(bytes));
      for (const at of spans.sort((a, b) => ((a * 7 + i) % 13) - ((b * 7 + i) % 13))) heap.release(at);
    }
    expect(heap.memory.buffer.byteLength).toBeLessThanOrEqual(3 * 65_536);
  });

  it("grows ahead of need, but only as far as there is room", () => {
    const roomy = freshHeap(1000);
    roomy.allocate(4 * 65_536);
    const { byteLength } = roomy.memory.buffer;
    roomy.allocate(65_536);
    expect(roomy.memory.buffer.byteLength).toBeGreaterThan(byteLength + 2 * 65_536 - 1);
    const tight = freshHeap(6);
    for (const bytes of [4 * 65_536, 65_536]) tight.allocate(bytes);
    expect(tight.memory.buffer.byteLength).toBe(6 * 65_536);
    expect(() => tight.allocate(65_536)).toThrow(/cannot grow/);
  });

  it("releases what `with` took when the work throws, and ignores a second release", () => {
    const heap = freshHeap();
    const first = heap.with(100, (at) => at);
    expect(() =>
      heap.with(100, () => {
        throw new Error("stopped");
      }),
    ).toThrow("stopped");
    heap.release(first);
    expect(heap.allocate(100)).toBe(first);
  });

  it("leaves nothing behind of what `with` worked on", () => {
    const heap = freshHeap();
    const at = heap.with(100, (span) => {
      heap.view(span, 100).fill(7);
      return span;
    });
    expect(heap.view(at, 100)).toEqual(new Uint8Array(100));
  });

  it("says when the memory is exhausted and stays usable", () => {
    const heap = freshHeap(2);
    expect(() => heap.allocate(200_000)).toThrow(expect.objectContaining({ code: "QKD_KERNEL_LIMIT" }));
    expect(heap.allocate(1000)).toBeGreaterThan(0);
  });
});
