import { describe, expect, it } from "vitest";
import { PlaneMemory } from "./plane-memory.ts";

describe("memory for planes", () => {
  it("is used again only when both halves are finished with, however often one says so", () => {
    const places = new PlaneMemory();
    const memory = places.take(100);
    const { qtx, qrx } = places.lend(memory, 100);
    qtx.finished();
    qtx.finished();
    expect(places.take(100)).not.toBe(memory);
    qrx.finished();
    expect(places.take(100)).toBe(memory);
    qrx.finished();
    expect(places.take(100)).not.toBe(memory);
  });

  it("holds four planes of one half, then two of the other, of the frame that it came to be", () => {
    const places = new PlaneMemory();
    const memory = places.take(1000);
    new Uint8Array(memory).set(Array.from({ length: 12 }, (_, i) => i));
    const { qtx, qrx } = places.lend(memory, 11);
    expect([...qtx.planes]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect([...qrx.planes]).toEqual([8, 9, 10, 11]);
  });

  it("is made anew for larger frames", () => {
    const places = new PlaneMemory();
    places.giveBack(places.take(8));
    expect(places.take(9).byteLength).toBe(12);
  });
});
