import { describe, expect, it } from "vitest";
import { SharedFrames } from "./shared-frames.ts";

const planes = (value: number, bytes = 1000) => new Uint8Array(bytes).fill(value);

describe("frames in shared memory", () => {
  it("copies the planes and names new memory once", () => {
    const frames = new SharedFrames();
    const first = frames.put(planes(7));
    expect(first).toMatchObject({ place: 0, bytes: 1000 });
    expect(new Uint8Array(first.memory ?? new ArrayBuffer(0), 0, 1000)).toEqual(planes(7));
    frames.release(first.place);
    const again = frames.put(planes(9, 800));
    expect(again).toEqual({ place: 0, bytes: 800 });
    expect(new Uint8Array(first.memory ?? new ArrayBuffer(0), 0, 800)).toEqual(planes(9, 800));
  });

  it("never gives a place away that is in use", () => {
    const frames = new SharedFrames();
    const places = [1, 2, 3].map((value) => frames.put(planes(value)).place);
    expect(new Set(places).size).toBe(3);
    frames.release(places[1]!);
    expect(frames.put(planes(4)).place).toBe(places[1]);
    expect(frames.put(planes(5)).place).toBe(3);
  });

  it("takes a larger place for a larger frame", () => {
    const frames = new SharedFrames();
    frames.release(frames.put(planes(1)).place);
    expect(frames.put(planes(2, 200_000)).place).toBe(1);
    expect(frames.places).toBe(2);
  });

  it("releases a place once, and none that it does not know", () => {
    const frames = new SharedFrames();
    const { place } = frames.put(planes(1));
    for (const released of [place, place, 99, -1]) frames.release(released);
    expect([frames.put(planes(2)).place, frames.put(planes(3)).place]).toEqual([0, 1]);
    // A frame without detections needs no room, but a place all the same.
    expect(frames.put(new Uint8Array()).place).toBe(2);
  });
});
