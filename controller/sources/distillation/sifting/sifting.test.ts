import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../../../kernels/index.ts";
import type { distillationSiftReply, PeerValueOf } from "../../../../protocol/index.ts";
import { planeBytes } from "../../../../protocol/index.ts";
import { CollectedFrame } from "../collecting/collected-frame.ts";
import { DIGEST_BYTES } from "../collecting/frame-intake.ts";
import { StepMemory } from "../memory/step-memory.ts";
import { type SiftedFrame, siftFrame } from "./alice-sifting.ts";
import { siftAnswered } from "./sift-answered.ts";

type SiftReply = PeerValueOf<typeof distillationSiftReply>;

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
  const bytes = new Uint8Array(planeBytes(bits.length));
  for (const [i, bit] of bits.entries()) bytes[i >> 3]! |= bit << (i & 7);
  return bytes;
};

/** A frame and the planes that it came with, to see them wiped. */
interface Given {
  readonly frame: CollectedFrame;
  readonly planes: Uint8Array;
}

const SENT: readonly number[] = Array(6).fill(1000);

function given(role: "qtx" | "qrx", count: number, columns: readonly number[][], sent = SENT): Given {
  const stride = planeBytes(count) + 3;
  // Rubbish behind the planes.
  const planes = new Uint8Array(columns.length * stride).fill(0xee);
  for (const [index, column] of columns.entries()) planes.set(packed(column), index * stride);
  const gates = { frameId: 1, firstGate: 0n, gateCount: 10_000n, gateDigest: new Uint8Array(DIGEST_BYTES) };
  const facts = { role, sessionNumber: 1, ...gates, detections: count, planeBytes: stride, sent };
  return { frame: new CollectedFrame(facts, planes), planes };
}

const ofAlice = (all: readonly Detection[], sent = SENT): Given =>
  given(
    "qtx",
    all.length,
    [
      all.map((d) => d.aliceX),
      all.map((d) => d.bit),
      all.map((d) => d.intensity & 1),
      all.map((d) => d.intensity >> 1),
    ],
    sent,
  );

const ofBob = (all: readonly Detection[]): Given =>
  given("qrx", all.length, [all.map((d) => d.bobX), all.map((d) => d.bobBit)]);

/** The frame sifted by Alice, and her bits of the key basis. */
function sift(all: readonly Detection[]): { sifted: SiftedFrame; zBit: Uint8Array } {
  let zBit = new Uint8Array();
  const alice = ofAlice(all);
  const bobBasis = packed(all.map((d) => d.bobX));
  const sifted = siftFrame(kernels.bits, alice.frame, bobBasis, new StepMemory(), (bit) => {
    zBit = bit.slice();
  });
  expect(alice.planes.every((byte) => byte === 0)).toBe(true);
  return { sifted, zBit };
}

function answer(all: readonly Detection[], { z, x, ...rest }: SiftedFrame): SiftReply {
  return {
    sequence: 1,
    heard: 0,
    frame: 0,
    detections: all.length,
    ...rest,
    zBits: z.bits,
    zDecoys: z.intensities.decoys,
    zDecoy: z.intensities.decoy,
    zVacuum: z.intensities.vacuum,
    xBits: x.bits,
    xDecoys: x.intensities.decoys,
    xDecoy: x.intensities.decoy,
    xVacuum: x.intensities.vacuum,
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
        const answered = siftAnswered(
          kernels.bits,
          bob.frame,
          answer(all, sifted),
          ({ bit, bits, ...planes }) => {
            kept = {
              ...planes,
              bits,
              bit: bit.slice(),
              decoy: planes.decoy.slice(),
              vacuum: planes.vacuum.slice(),
            };
          },
        );
        expect(kept).toEqual({ ...sifted.z.intensities, bit: packed(inZ!.map((d) => d.bobBit)) });
        expect(answered).toEqual({
          zBits: inZ!.length,
          xBits: inX!.length,
          z: perIntensity(inZ!),
          x: perIntensity(inX!),
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
    const wrong = ({ frame, planes }: Given) => {
      const keep = () => expect.unreachable();
      const sifting = () => siftFrame(kernels.bits, frame, new Uint8Array(1), new StepMemory(), keep);
      expect(sifting).toThrow(expect.objectContaining({ code: "QKD_DISTILLATION_FRAME" }));
      expect(planes.every((byte) => byte === 0)).toBe(true);
    };
    wrong(ofAlice([plain, { ...plain, intensity: 3 }]));
    wrong(ofAlice([plain, plain], [1, 9, 9, 9, 9, 9]));
  });

  it("tells what is wrong with an answer that does not fit, keeps nothing and wipes the frame", () => {
    const all = Array.from({ length: 40 }, (_, i) => ({
      aliceX: i & 1,
      bobX: (i >> 1) & 1,
      bit: (i >> 2) & 1,
      bobBit: (i >> 2) & 1,
      intensity: i % 3,
    }));
    const right = answer(all, sift(all).sifted);
    const changes: Partial<SiftReply>[] = [
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
      expect(typeof siftAnswered(kernels.bits, bob.frame, { ...right, ...change }, keep)).toBe("string");
      expect(bob.planes.every((byte) => byte === 0)).toBe(true);
    }
  });
});
