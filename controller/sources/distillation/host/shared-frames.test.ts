import { describe, expect, it } from "vitest";
import { SharedFrames } from "./shared-frames.ts";

const planes = (value: number, bytes = 1000) => new Uint8Array(bytes).fill(value);

describe("frames in shared memory", () => {
  it("copies the planes and names new memory once", () => {
    const frames = new SharedFrames();
    const first = frames.put(1, planes(7));
    expect(first).toMatchObject({ place: 0, bytes: 1000 });
    expect(new Uint8Array(first.memory ?? new ArrayBuffer(0), 0, 1000)).toEqual(planes(7));
    frames.release(1);
    const again = frames.put(2, planes(9, 800));
    expect(again).toEqual({ place: 0, bytes: 800 });
    expect(new Uint8Array(first.memory ?? new ArrayBuffer(0), 0, 800)).toEqual(planes(9, 800));
  });

  it("never gives a place away that is in use", () => {
    const frames = new SharedFrames();
    const places = [1, 2, 3].map((frameId) => frames.put(frameId, planes(frameId)).place);
    expect(new Set(places).size).toBe(3);
    frames.release(2);
    expect(frames.put(4, planes(4)).place).toBe(places[1]);
    expect(frames.put(5, planes(5)).place).toBe(3);
  });

  it("takes a larger place for a larger frame", () => {
    const frames = new SharedFrames();
    frames.put(1, planes(1));
    frames.release(1);
    expect(frames.put(2, planes(2, 200_000)).place).toBe(1);
    expect(frames.places).toBe(2);
  });

  it("releases the youngest of frames with one number first, and nothing it does not know", () => {
    const frames = new SharedFrames();
    const original = frames.put(1, planes(1)).place;
    const repeated = frames.put(1, planes(2)).place;
    frames.release(1);
    expect(frames.put(2, planes(3)).place).toBe(repeated);
    frames.release(1);
    expect(frames.put(3, planes(4)).place).toBe(original);
    frames.release(99);
    expect(frames.put(4, planes(5)).place).toBe(2);
  });
});
