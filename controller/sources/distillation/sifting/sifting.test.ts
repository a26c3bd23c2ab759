import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../../kernels/index.ts";
import type { EngineFrame } from "./engine.ts";
import { bytesFor } from "./memory/bit-planes.ts";
import { StepMemory } from "./memory/step-memory.ts";
import { DIGEST_BYTES, type SiftReplyMessage } from "./messages/index.ts";
import { type SiftedFrame, siftFrame } from "./sifting/alice-sifting.ts";
import { siftAnswered } from "./sifting/bob-sifting.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

/** One detection: both bases, both bits, intensity. */
interface Detection {
  readonly aliceX: number;
  readonly bobX: number;
  readonly bit: number;
  readonly bobBit: number;
  readonly intensity: number;
}

const one = fc.nat(1);
const detections = fc.array(
  fc.record({ aliceX: one, bobX: one, bit: one, bobBit: one, intensity: fc.nat(2) }),
  { maxLength: 700, size: "max" },
);

const packed = (bits: readonly number[]): Uint8Array => {
  const bytes = new Uint8Array(bytesFor(bits.length));
  for (const [i, bit] of bits.entries()) bytes[i >> 3]! |= bit << (i & 7);
  return bytes;
};

function frame(role: "qtx" | "qrx", count: number, ...planes: number[][]): EngineFrame {
  const planeBytes = bytesFor(count) + 3;
  // Rubbish behind the planes.
  const bytes = new Uint8Array(planes.length * planeBytes).fill(0xee);
  for (const [index, plane] of planes.entries()) bytes.set(packed(plane), index * planeBytes);
  const gates = { frameId: 1, firstGate: 0n, gateCount: 10_000n, gateDigest: new Uint8Array(DIGEST_BYTES) };
  return { role, ...gates, detections: count, planes: bytes, planeBytes, sent: Array(6).fill(1000) };
}

const ofAlice = (all: readonly Detection[]): EngineFrame => {
  const columns = [(d: Detection) => d.aliceX, (d: Detection) => d.bit];
  const codes = [(d: Detection) => d.intensity & 1, (d: Detection) => d.intensity >> 1];
  return frame("qtx", all.length, ...[...columns, ...codes].map((column) => all.map(column)));
};

const ofBob = (all: readonly Detection[]): EngineFrame =>
  frame(
    "qrx",
    all.length,
    all.map((d) => d.bobX),
    all.map((d) => d.bobBit),
  );

/** The frame sifted by Alice, and her bits of the key basis. */
function sift(all: readonly Detection[]): { sifted: SiftedFrame; zBit: Uint8Array } {
  let zBit = new Uint8Array();
  const alice = ofAlice(all);
  const bobBasis = packed(all.map((d) => d.bobX));
  const sifted = siftFrame(kernels.bits, alice, bobBasis, new StepMemory(), (bit) => {
    zBit = bit.slice();
  });
  expect(alice.planes.every((byte) => byte === 0)).toBe(true);
  return { sifted, zBit };
}

function answer(all: readonly Detection[], { z, x, ...rest }: SiftedFrame): SiftReplyMessage {
  return {
    ...{ sequence: 1, frameId: 1, cohort: 0, endsCohort: false, endsBlock: false, detections: all.length },
    ...{
      ...rest,
      zBits: z.bits,
      xBits: x.bits,
      zDecoys: z.intensities.decoys,
      xDecoys: x.intensities.decoys,
    },
    ...{ zDecoy: z.intensities.decoy, zVacuum: z.intensities.vacuum },
    ...{ xDecoy: x.intensities.decoy, xVacuum: x.intensities.vacuum },
  };
}

const perIntensity = (some: readonly Detection[]) =>
  [0, 1, 2].map((k) => count(some, (d) => d.intensity === k));
const count = (some: readonly Detection[], when: (d: Detection) => boolean) => some.filter(when).length;

describe("sifting a frame", () => {
  it("equals the definition, detection by detection, at both sites", () => {
    fc.assert(
      fc.property(detections, (all) => {
        const [inZ, inX] = [0, 1].map((basis) => all.filter((d) => d.aliceX === basis && d.bobX === basis));
        const { sifted, zBit } = sift(all);
        expect(zBit).toEqual(packed(inZ!.map((d) => d.bit)));
        expect(sifted.basis).toEqual(packed(all.map((d) => d.aliceX)));
        expect(sifted.xBit).toEqual(packed(inX!.map((d) => d.bit)));
        for (const [basis, some] of [[sifted.z, inZ!] as const, [sifted.x, inX!] as const]) {
          const decoys = some.filter((d) => d.intensity > 0);
          expect(basis).toEqual({
            bits: some.length,
            perIntensity: perIntensity(some),
            ones: count(some, (d) => d.bit === 1),
            intensities: {
              bits: some.length,
              decoy: packed(some.map((d) => Math.sign(d.intensity))),
              decoys: decoys.length,
              vacuum: packed(decoys.map((d) => d.intensity >> 1)),
            },
          });
        }
        const bob = ofBob(all);
        let kept: unknown;
        const answered = siftAnswered(kernels.bits, bob, answer(all, sifted), ({ bit, bits, ...planes }) => {
          kept = {
            ...planes,
            bits,
            bit: bit.slice(),
            decoy: planes.decoy.slice(),
            vacuum: planes.vacuum.slice(),
          };
        });
        expect(kept).toEqual({ ...sifted.z.intensities, bit: packed(inZ!.map((d) => d.bobBit)) });
        expect(answered).toEqual({
          ...{ zBits: inZ!.length, xBits: inX!.length, z: perIntensity(inZ!), x: perIntensity(inX!) },
          xErrors: perIntensity(inX!.filter((d) => d.bit !== d.bobBit)),
          xOnes: count(inX!, (d) => d.bit === 1),
        });
        expect(bob.planes.every((byte) => byte === 0)).toBe(true);
      }),
      { seed: 4, numRuns: 150 },
    );
  });

  it("refuses a frame with an unknown intensity or more detections than pulses, and wipes it", () => {
    const plain = { aliceX: 0, bobX: 0, bit: 1, bobBit: 1, intensity: 0 };
    const wrong = (frame: EngineFrame) => {
      const keep = () => expect.unreachable();
      const sifting = () => siftFrame(kernels.bits, frame, new Uint8Array(1), new StepMemory(), keep);
      expect(sifting).toThrow(expect.objectContaining({ code: "QKD_DISTILLATION_FRAME" }));
      expect(frame.planes.every((byte) => byte === 0)).toBe(true);
    };
    wrong(ofAlice([plain, { ...plain, intensity: 3 }]));
    wrong({ ...ofAlice([plain, plain]), sent: [1, 9, 9, 9, 9, 9] });
  });

  it("tells what is wrong with an answer that does not fit, keeps nothing and wipes the frame", () => {
    const all = Array.from({ length: 40 }, (_, i) => ({
      ...{ aliceX: i & 1, bobX: (i >> 1) & 1, bit: (i >> 2) & 1, bobBit: (i >> 2) & 1, intensity: i % 3 },
    }));
    const right = answer(all, sift(all).sifted);
    const changes: Partial<SiftReplyMessage>[] = [
      { detections: 39 },
      { zBits: right.zBits - 1 },
      { xBits: right.xBits - 1 },
      { zDecoys: right.zDecoys - 1 },
      { xDecoys: right.xDecoys - 1 },
      { zDecoys: 1 << 20, zVacuum: new Uint8Array(1 << 17) },
      { xDecoys: 1 << 20, xVacuum: new Uint8Array(1 << 17) },
      { basis: new Uint8Array(5) },
    ];
    for (const change of changes) {
      const bob = ofBob(all);
      const keep = () => expect.unreachable();
      expect(typeof siftAnswered(kernels.bits, bob, { ...right, ...change }, keep)).toBe("string");
      expect(bob.planes.every((byte) => byte === 0)).toBe(true);
    }
  });
});
