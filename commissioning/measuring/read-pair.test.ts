import { Subject } from "rxjs";
import { describe, expect, it } from "vitest";
import type { RawKeyFrame } from "../../drivers/index.ts";
import type { Unit } from "../units/unit.ts";
import { readPair } from "./read-pair.ts";

/** A unit that gives the frames that a test pushes, and what was done with them. */
function unit() {
  const rawKeys$ = new Subject<RawKeyFrame>();
  const acknowledged: number[] = [];
  const device = {
    rawKeys$,
    start: async () => {},
    stop: async () => {},
    acknowledge: (frameId: number) => acknowledged.push(frameId),
  };
  const command = (_name: string, _request: object, work: () => Promise<unknown>) => work();
  return { rawKeys$, acknowledged, unit: { device, command } as unknown as Unit };
}

const frame = (role: "qtx" | "qrx", frameId: number, fill = 0): RawKeyFrame =>
  ({
    role,
    sessionNumber: 1,
    frameId,
    firstGate: 0n,
    gateCount: 1000n,
    detections: 8,
    gateDigest: Uint8Array.of(1, 2),
    planeBytes: 1,
    planes: new Uint8Array(role === "qtx" ? 4 : 2).fill(fill),
    sent: [900, 50, 20, 20, 5, 5],
    clicksPerDetector: [4, 4],
    doubleClicks: 0,
    deadGates: 3,
    photocurrentNa: 40,
  }) as unknown as RawKeyFrame;

const BOUNDS = { gates: Number.POSITIVE_INFINITY, frames: 2 };
const isWiped = ({ planes }: RawKeyFrame) => planes.every((byte) => byte === 0);

/** A reading under way: both units are started, and their frames are taken. */
function reading(signal = new AbortController().signal) {
  const [alice, bob] = [unit(), unit()];
  const result = readPair(alice.unit, bob.unit, BOUNDS, signal);
  result.catch(() => {});
  return { alice, bob, result };
}

describe("a reading of a pair", () => {
  it("counts frames of which both halves came, gives their credit back, and wipes them", async () => {
    const { alice, bob, result } = reading();
    const halves = [0, 1].flatMap((id) => [frame("qrx", id), frame("qtx", id, 0)]);
    for (const half of halves) (half.role === "qtx" ? alice : bob).rawKeys$.next(half);
    expect(await result).toMatchObject({ frames: 2, gates: 2000, detections: 16, unpairedFrames: 0 });
    expect([alice.acknowledged, bob.acknowledged]).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect(halves.every(isWiped)).toBe(true);
  });

  it("that is stopped wipes the halves that wait for the other end", async () => {
    const stop = new AbortController();
    const { alice, bob, result } = reading(stop.signal);
    const waiting = [frame("qtx", 7, 0b1010_1010), frame("qtx", 8, 0xff)];
    for (const half of waiting) alice.rawKeys$.next(half);
    expect(waiting.some(isWiped)).toBe(false);
    stop.abort();
    await expect(result).rejects.toMatchObject({ code: "QKD_COMMISSION_STOPPED" });
    expect(waiting.every(isWiped)).toBe(true);
    expect([alice.rawKeys$.observed, bob.rawKeys$.observed]).toEqual([false, false]);
  });

  it("ends at a frame that means nothing, with both halves wiped", async () => {
    const { alice, bob, result } = reading();
    // Both intensity planes set: an intensity that does not exist.
    const halves = [frame("qtx", 3, 0xff), frame("qrx", 3, 0x0f)] as const;
    alice.rawKeys$.next(halves[0]);
    bob.rawKeys$.next(halves[1]);
    await expect(result).rejects.toMatchObject({ code: "QKD_CODEC_VALUE" });
    expect(halves.every(isWiped)).toBe(true);
  });

  it("wipes and counts what the other end has passed over", async () => {
    const { alice, bob, result } = reading();
    const lost = frame("qtx", 1, 0x55);
    for (const half of [frame("qtx", 0), lost, frame("qtx", 2)]) alice.rawKeys$.next(half);
    for (const half of [frame("qrx", 0), frame("qrx", 2)]) bob.rawKeys$.next(half);
    expect(await result).toMatchObject({ frames: 2, unpairedFrames: 1 });
    expect(isWiped(lost)).toBe(true);
  });
});
