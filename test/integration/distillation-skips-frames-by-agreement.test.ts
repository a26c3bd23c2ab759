import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import { distillationOmit, distillationSift } from "../../protocol/index.ts";
import { DistillationRig } from "./distillation-rig.ts";
import { type EngineFrame, type FramePair, frameSource } from "./distillation-source.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

const pairs = (count: number, seed = 31, sessionNumber = 1): FramePair[] => {
  const next = frameSource({ seed, sessionNumber });
  return Array.from({ length: count }, () => next());
};

function expectEqualKeys(rig: DistillationRig, atLeast = 1): void {
  expect(rig.keys("alice").size).toBeGreaterThanOrEqual(atLeast);
  expect(rig.keys("alice")).toEqual(rig.keys("bob"));
}

describe("frames", () => {
  it("that one site lacks are left out by both", () => {
    const rig = new DistillationRig({ kernels }).connect();
    for (const [i, pair] of pairs(25).entries()) {
      if (i % 5 === 1) rig.frame({ qrx: pair.qrx });
      else if (i % 5 === 3) rig.frame({ qtx: pair.qtx });
      else rig.frame(pair);
      rig.settle();
    }
    rig.give("alice", { type: "flush" }).settle();
    expect([...rig.log.alice.failures, ...rig.log.bob.failures]).toEqual([]);
    const [report] = [...rig.log.alice.blocks.map((entry) => entry.report), ...rig.log.alice.aborted];
    expect(report?.frames).toBe(15);
    expect(rig.log.bob.blocks.map((entry) => entry.report).concat(rig.log.bob.aborted)[0]).toEqual(report);
    expect(rig.alice.progress.missingFrames).toBe(10);
    expect(rig.bob.progress.missingFrames).toBe(5);
    // Credits return for every frame that a site had.
    expect(rig.log.alice.acknowledged).toHaveLength(25 - 5);
    expect(rig.log.bob.acknowledged).toHaveLength(25 - 5);
  });

  it("whose gate digests differ are left out and reported at both sites", () => {
    const rig = new DistillationRig({ kernels }).connect();
    for (const [i, pair] of pairs(20).entries()) {
      const gateDigest = pair.qrx.gateDigest.slice();
      if (i === 4) gateDigest[31]! ^= 1;
      rig.frame({ qtx: pair.qtx, qrx: { ...pair.qrx, gateDigest } }).settle();
    }
    expectEqualKeys(rig);
    for (const side of ["alice", "bob"] as const) {
      expect(rig.log[side].failures.map(({ code }) => code)).toEqual(["QKD_DISTILLATION_DIGEST"]);
      expect(rig.log[side].failures[0]?.context.frameId).toBe(4);
      expect(rig[side].progress.digestMismatches).toBe(1);
    }
    expect(rig.log.alice.blocks[0]?.report.frames).toBe(17);
  });

  it("that arrive at different times at the two sites wait for each other", () => {
    const rig = new DistillationRig({ kernels }).connect();
    const all = pairs(20);
    for (const { qrx } of all) rig.frame({ qrx });
    rig.settle();
    // Bob has taken them over and told so; nothing of their bases has left him.
    expect(rig.log.bob.acknowledged).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(rig.wire.some(({ kind }) => kind === distillationSift.kind)).toBe(false);
    for (const { qtx } of all) rig.frame({ qtx });
    rig.settle();
    expectEqualKeys(rig);
    const other = new DistillationRig({ kernels }).connect();
    const again = pairs(20);
    for (const { qtx } of again) other.frame({ qtx });
    other.settle();
    // Alice keeps under the device's credit what Bob has not told.
    expect(other.log.alice.acknowledged).toEqual([]);
    for (const { qrx } of again) other.frame({ qrx });
    other.settle();
    expect(other.keys("bob")).toEqual(rig.keys("bob"));
  });

  it("that are repeated or late are refused, and their credit returns", () => {
    const rig = new DistillationRig({ kernels }).connect();
    const all = pairs(22);
    for (const [i, pair] of all.entries()) {
      rig.frame(pair);
      if (i === 6) rig.frame({ qtx: pairs(7)[6]!.qtx, qrx: pairs(7)[6]!.qrx });
      if (i === 9) rig.frame({ qrx: pairs(4)[3]!.qrx });
      rig.settle();
    }
    expectEqualKeys(rig);
    expect(rig.alice.progress.refusedFrames).toBe(1);
    expect(rig.bob.progress.refusedFrames).toBe(2);
    expect(rig.log.bob.acknowledged.filter((id) => id === 6)).toHaveLength(2);
  });

  it("that count from the beginning again in another key exchange cost nothing", () => {
    const rig = new DistillationRig({ kernels }).connect();
    for (const pair of pairs(8)) rig.frame(pair).settle();
    for (const pair of pairs(9, 77, 2)) rig.frame(pair).settle();
    expectEqualKeys(rig);
    expect(rig.log.alice.blocks[0]?.report.frames).toBe(17);
    for (const side of ["alice", "bob"] as const) {
      expect([rig.log[side].dropped, rig.log[side].failures]).toEqual([[], []]);
      expect(rig[side].progress).toMatchObject({ refusedFrames: 0, missingFrames: 0, frames: 17 });
    }
  });

  it("that count from the beginning again in a key exchange of the same number come from a device that lost its power", () => {
    const rig = new DistillationRig({ kernels }).connect();
    for (const pair of pairs(8)) rig.frame(pair).settle();
    for (const pair of pairs(26, 77)) rig.frame(pair).settle();
    expectEqualKeys(rig);
    for (const side of ["alice", "bob"] as const) {
      // Two might have been late ones.
      expect(rig[side].progress).toMatchObject({ refusedFrames: 2, missingFrames: 0, frames: 8 + 24 });
      expect(rig.log[side].dropped).toEqual([]);
      expect(rig.log[side].acknowledged).toHaveLength(8 + 26);
    }
  });

  it("of before a loss of power that one site has and the other lacks cost themselves alone", () => {
    for (const lacking of ["qtx", "qrx"] as const)
      for (const first of ["qtx", "qrx"] as const) {
        const rig = new DistillationRig({ kernels }).connect();
        const before = pairs(9);
        for (const pair of before.slice(0, 8)) rig.frame(pair).settle();
        const last = before[8]!;
        rig.frame(lacking === "qtx" ? { qrx: last.qrx } : { qtx: last.qtx }).settle();
        for (const { qtx, qrx } of pairs(9, 77, 2)) {
          rig.frame(first === "qtx" ? { qtx } : { qrx }).settle();
          rig.frame(first === "qtx" ? { qrx } : { qtx }).settle();
        }
        expectEqualKeys(rig);
        expect(rig.log.bob.blocks[0]?.report.frames).toBe(17);
        expect(rig.alice.progress.missingFrames).toBe(1);
        expect(rig.wire.filter(({ kind }) => kind === distillationOmit.kind)).toHaveLength(
          lacking === "qtx" ? 1 : 0,
        );
      }
  });

  it("that are malformed are refused with a typed error and nothing else happens", () => {
    const [pair] = pairs(1);
    const qtx = pair!.qtx;
    const qrx = pair!.qrx;
    const bad: [EngineFrame, "alice" | "bob"][] = [
      [{ ...qrx, frameId: 100 }, "alice"],
      [{ ...qtx, frameId: 100 }, "bob"],
      [{ ...qtx, detections: 2 ** 24 }, "alice"],
      [{ ...qtx, detections: 1.5 }, "alice"],
      [{ ...qtx, detections: -1 }, "alice"],
      [{ ...qtx, gateCount: 5n }, "alice"],
      [{ ...qtx, gateDigest: new Uint8Array(31) }, "alice"],
      [{ ...qtx, planes: qtx.planes.subarray(1) }, "alice"],
      [{ ...qtx, planeBytes: 3 }, "alice"],
      [{ ...qtx, sent: [1, 2, 3] }, "alice"],
      [{ ...qtx, sent: [1, 2, 3, 4, 5, -6] }, "alice"],
      [{ ...qtx, frameId: -1 }, "alice"],
      [{ ...qrx, frameId: Number.NaN }, "bob"],
    ];
    const rig = new DistillationRig({ kernels }).connect();
    for (const [frame, side] of bad) {
      const before = rig.log[side].failures.length;
      rig.offer(side, frame).settle();
      expect(rig.log[side].failures.slice(before).map(({ code }) => code)).toEqual([
        "QKD_DISTILLATION_FRAME",
      ]);
    }
    for (const good of pairs(18)) rig.frame(good).settle();
    expectEqualKeys(rig);
  });

  it("with an intensity that does not exist, or more detections than pulses, are left out", () => {
    const rig = new DistillationRig({ kernels }).connect();
    for (const [i, pair] of pairs(21).entries()) {
      const { qtx, qrx } = pair;
      if (i === 2) qtx.planes.fill(0xff, 2 * qtx.planeBytes);
      const sent = i === 5 ? [1, 1, 1, 1, 1, 1] : (qtx.sent ?? []);
      rig.frame({ qtx: { ...qtx, sent }, qrx }).settle();
    }
    expectEqualKeys(rig);
    expect(rig.log.alice.failures.map(({ code }) => code)).toEqual([
      "QKD_DISTILLATION_FRAME",
      "QKD_DISTILLATION_FRAME",
    ]);
    expect(rig.log.bob.failures).toEqual([]);
    // Before a block held them: Alice looked at her own settings alone.
    const omitted = rig.wire.filter(({ kind }) => kind === distillationOmit.kind);
    expect(omitted.map(({ body }) => distillationOmit.decode(body))).toEqual([
      { number: 2, reason: "refused" },
      { number: 5, reason: "refused" },
    ]);
    expect(rig.alice.progress.refusedFrames).toBe(2);
    expect(rig.bob.progress.missingFrames).toBe(2);
    expect(rig.log.alice.blocks[0]?.report.frames).toBe(17);
  });

  it("without any detection count their pulses and nothing else", () => {
    const rig = new DistillationRig({ kernels }).connect();
    const all = pairs(20);
    const empty = { detections: 0, planes: new Uint8Array(), planeBytes: 0, frameId: 0 };
    const [first] = all;
    rig.frame({ qtx: { ...first!.qtx, ...empty }, qrx: { ...first!.qrx, ...empty } }).settle();
    for (const pair of all.slice(1)) rig.frame(pair).settle();
    expectEqualKeys(rig);
    expect(rig.log.alice.blocks[0]?.report.frames).toBe(18);
  });

  it("in excess of the bound are refused instead of filling the memory", () => {
    const rig = new DistillationRig({ kernels });
    const [pair] = pairs(1);
    for (let frameId = 0; frameId < 300; frameId++) rig.offer("bob", { ...pair!.qrx, frameId });
    rig.settle();
    expect(rig.bob.progress.refusedFrames).toBe(300 - 256);
  });
});
