import { beforeAll, describe, expect, it } from "vitest";
import type { BlockReport } from "../../controller/index.ts";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import { finiteKeyLength } from "../../physics/index.ts";
import { distillationParities, distillationVerdict, distillationVerify } from "../../protocol/index.ts";
import { DistillationRig, type RigOptions } from "./distillation-rig.ts";
import {
  frameSource,
  numbers,
  SMALL_LINK,
  SMALL_SETTINGS,
  type SourceOptions,
} from "./distillation-source.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

/** Runs frames through a fresh pair of engines and expects nothing to go wrong on the way. */
function run(frames: number, source: SourceOptions = {}, options: Partial<RigOptions> = {}): DistillationRig {
  const next = frameSource(source);
  const rig = new DistillationRig({ kernels, ...options }).connect();
  for (let i = 0; i < frames; i++) rig.frame(next()).settle();
  expect([...rig.log.alice.failures, ...rig.log.bob.failures]).toEqual([]);
  return rig;
}

const reportsOf = (rig: DistillationRig): BlockReport[] => rig.log.alice.blocks.map(({ report }) => report);

function boundOf(report: BlockReport, tagBits: number): number {
  const length = finiteKeyLength({
    counts: report.counts,
    intensities: SMALL_LINK.intensities,
    intensityProbabilities: SMALL_LINK.intensityProbabilities,
    aliceZProbability: SMALL_LINK.aliceZProbability,
    bobZProbability: SMALL_LINK.bobZProbability,
    leakBits: report.leakBits - tagBits,
    verificationBits: tagBits,
    epsilonSecrecy: SMALL_SETTINGS.epsilonSecrecy,
    epsilonCorrectness: SMALL_SETTINGS.epsilonCorrectness,
    candidateEnds: 1,
  });
  // Alice's parities alone are counted: vacuum pulses earn nothing.
  return length.secretBits - Math.ceil(length.vacuumBits);
}

describe("two distillation engines", () => {
  it("make equal keys and equal reports under rising sequence numbers", () => {
    const rig = run(40);
    expect(rig.keys("alice").size).toBe(2);
    expect(rig.keys("alice")).toEqual(rig.keys("bob"));
    // Alice proposed 1, Bob 5: blocks count from the larger.
    expect([...rig.keys("alice").keys()]).toEqual([5, 6]);
    expect(reportsOf(rig)).toEqual(rig.log.bob.blocks.map(({ report }) => report));
    expect(new Set([...rig.keys("alice").values()].map((line) => line.slice(-64))).size).toBe(2);
  });

  it("acknowledge every frame once, at both sites", () => {
    const rig = run(36);
    const all = Array.from({ length: 36 }, (_, i) => i);
    expect(rig.log.alice.acknowledged).toEqual(all);
    expect(rig.log.bob.acknowledged).toEqual(all);
  });

  it("count what the frames hold, exactly", () => {
    const next = frameSource({ seed: 3 });
    const pairs = Array.from({ length: 18 }, () => next());
    const truth = { sent: [0, 0, 0, 0, 0, 0], sifted: [0, 0, 0, 0, 0, 0], errors: [0, 0, 0, 0, 0, 0] };
    for (const { qtx, qrx } of pairs.slice(0, 17)) {
      qtx.sent?.forEach((count, i) => {
        truth.sent[i]! += count;
      });
      const at = (frame: typeof qtx, plane: number, i: number) =>
        (frame.planes[plane * frame.planeBytes + (i >> 3)]! >> (i & 7)) & 1;
      for (let i = 0; i < qtx.detections; i++) {
        if (at(qtx, 0, i) !== at(qrx, 0, i)) continue;
        const index = 3 * at(qtx, 0, i) + at(qtx, 2, i) + 2 * at(qtx, 3, i);
        truth.sifted[index]! += 1;
        truth.errors[index]! += at(qtx, 1, i) ^ at(qrx, 1, i);
      }
    }
    const rig = new DistillationRig({ kernels }).connect();
    for (const pair of pairs) rig.frame(pair).settle();
    const [report] = reportsOf(rig);
    expect(report?.frames).toBe(17);
    expect(report?.counts).toEqual(truth);
    expect(report?.detections).toBe(17 * 4096);
    expect(report?.doubleClicks).toBe(17 * 3);
    expect(report?.photocurrentNa).toBeCloseTo(12.5);
    expect(report?.qber.z).toBeCloseTo(
      (truth.errors[0]! + truth.errors[1]! + truth.errors[2]!) / report!.siftedZ,
    );
  });

  it("count every disclosed bit once: parities and tags on the wire are the leak", () => {
    const rig = run(20);
    const [report] = reportsOf(rig);
    let parityBytes = 0;
    let entries = 0;
    let tagBits = 0;
    let verdicts = 0;
    for (const { from, kind, body } of rig.wire) {
      if (kind === distillationParities.kind && from === "alice") {
        const message = distillationParities.decode(body);
        if (message.sequence !== report?.sequence) continue;
        for (const entry of message.entries) parityBytes += entry.parities.length;
        entries += message.entries.length;
      } else if (
        kind === distillationVerify.kind &&
        distillationVerify.decode(body).sequence === report?.sequence
      )
        tagBits += 8 * distillationVerify.decode(body).tag.length;
      else if (kind === distillationVerdict.kind) verdicts += 1;
    }
    const parities = report!.leakBits - tagBits - verdicts;
    expect(entries).toBeGreaterThan(0);
    expect(tagBits).toBeGreaterThanOrEqual(3 * 64);
    // A message fills whole bytes: up to seven bits of padding an entry.
    expect(parities).toBeLessThanOrEqual(8 * parityBytes);
    expect(parities).toBeGreaterThanOrEqual(8 * parityBytes - 7 * entries);
    expect(report!.reconciliationEfficiencyBothWays).toBeGreaterThan(1.8 * report!.reconciliationEfficiency);
    expect(report!.secretBits).toBeLessThanOrEqual(boundOf(report!, tagBits));
    expect(report!.secretBits).toBeGreaterThan(boundOf(report!, tagBits) - 300);
    expect(8 * rig.log.alice.blocks[0]!.block.key.length).toBe(report!.secretBits);
  });

  it("take the parities of both directions off the key where that is agreed", () => {
    const both = { ...SMALL_SETTINGS, leakAccounting: "bothDirections" as const };
    const rig = run(20, {}, { settings: { alice: both, bob: both } });
    const oneWay = reportsOf(run(20))[0]!;
    const [report] = reportsOf(rig);
    expect(rig.keys("alice")).toEqual(rig.keys("bob"));
    expect(report!.leakBits).toBeGreaterThan(1.7 * oneWay.leakBits);
    expect(report!.secretBits).toBeLessThan(oneWay.secretBits - 1000);
  });

  it("give the same keys whatever the bunching of messages", () => {
    const runs = [1, 3, 50].map((bunch) => run(40, {}, { bunch }));
    const keys = runs.map((rig) => [...rig.keys("bob").values()]);
    expect(keys[0]).toHaveLength(2);
    expect(keys[1]).toEqual(keys[0]);
    expect(keys[2]).toEqual(keys[0]);
    const other = run(40, {}, { seed: "another" });
    expect([...other.keys("bob").values()]).not.toEqual(keys[0]);
  });

  it("give the same keys from one seed whatever the bunching, the delays and the order in which frames arrive at the sites", () => {
    const frames = 6 * 17;
    const reference = [...run(frames).keys("alice")];
    expect(reference).toHaveLength(6);
    for (let seed = 1; seed <= 12; seed++) {
      const random = numbers(seed);
      const next = frameSource();
      const pairs = Array.from({ length: frames }, () => next());
      const left = { alice: pairs.map(({ qtx }) => qtx), bob: pairs.map(({ qrx }) => qrx) };
      const rig = new DistillationRig({ kernels, bunch: 1 + Math.floor(random() * 40) }).connect();
      const bias = random();
      while (left.alice.length + left.bob.length > 0) {
        const side = left.bob.length === 0 || (left.alice.length > 0 && random() < bias) ? "alice" : "bob";
        rig.offer(side, left[side].shift()!);
        if (random() < 0.3) rig.settle(Math.floor(random() * 8));
      }
      rig.settle();
      expect([...rig.log.alice.failures, ...rig.log.bob.failures]).toEqual([]);
      expect([...rig.keys("alice")].sort(([a], [b]) => a - b)).toEqual(reference);
      expect(rig.keys("bob")).toEqual(rig.keys("alice"));
    }
  });

  it("need no correction where there are no errors", () => {
    const rig = run(20, { qber: { z: 0, x: 0 } });
    const [report] = reportsOf(rig);
    // The vacuum intensity still errs half the time; it is rare.
    expect(report!.qber.z).toBeLessThan(0.001);
    expect(rig.keys("alice")).toEqual(rig.keys("bob"));
    expect(rig.keys("alice").size).toBe(1);
  });

  it("give no key at 11 % errors, and say why, alike at both sites", () => {
    const rig = run(36, { qber: { z: 0.11, x: 0.11 } });
    expect(rig.keys("alice").size + rig.keys("bob").size).toBe(0);
    expect(rig.log.alice.aborted.length).toBe(2);
    expect(rig.log.bob.aborted).toEqual(rig.log.alice.aborted);
    for (const report of rig.log.alice.aborted) {
      expect(["leakAboveMaximum", "noSecretKey"]).toContain(report.aborted);
      expect(report.secretBits).toBe(0);
      expect(report.qber.z).toBeGreaterThan(0.1);
    }
  });

  it("do not reconcile hopeless bits, count them as disclosed and still measure their errors", () => {
    const rig = run(20, { qber: { z: 0.25, x: 0.25 } });
    const [report] = rig.log.alice.aborted;
    expect(report?.aborted).toBe("leakAboveMaximum");
    expect(report?.leakBits).toBeGreaterThanOrEqual(report?.siftedZ ?? 0);
    expect(report?.qber.z).toBeGreaterThan(0.23);
    expect(report?.qber.z).toBeLessThan(0.27);
    expect(rig.wire.some(({ kind }) => kind === distillationParities.kind)).toBe(false);
  });

  it("survive error rates that step between blocks", () => {
    const next = frameSource({ seed: 11 });
    const rig = new DistillationRig({ kernels }).connect();
    for (const rate of [0.005, 0.03, 0.01])
      for (let i = 0; i < 17; i++) rig.frame(next({ z: rate, x: rate })).settle();
    rig.frame(next()).settle();
    expect([...rig.log.alice.failures, ...rig.log.bob.failures]).toEqual([]);
    expect(rig.keys("alice")).toEqual(rig.keys("bob"));
    const rates = [...rig.log.alice.blocks.map(({ report }) => report), ...rig.log.alice.aborted]
      .sort((a, b) => a.sequence - b.sequence)
      .map(({ qber }) => Math.round(qber.z * 200) / 200);
    expect(rates).toEqual([0.005, 0.03, 0.01]);
  });

  it("close a short block when told to, and give no key for it where nothing is proved", () => {
    const next = frameSource({ seed: 5 });
    const rig = new DistillationRig({ kernels }).connect();
    for (let i = 0; i < 4; i++) rig.frame(next()).settle();
    rig.give("alice", { type: "flush" }).settle();
    const [report] = rig.log.bob.aborted;
    expect(report).toMatchObject({ frames: 4, aborted: "noSecretKey", secretBits: 0 });
    for (let i = 0; i < 18; i++) rig.frame(next()).settle();
    expect(rig.keys("alice").size).toBe(1);
    expect(rig.keys("alice")).toEqual(rig.keys("bob"));
  });

  it("close a block of one detection, or of none that both measured in one basis", () => {
    for (let seed = 1; seed <= 6; seed++) {
      const next = frameSource({ seed, detections: 1 });
      const rig = new DistillationRig({ kernels }).connect();
      rig.frame(next()).settle();
      rig.give("alice", { type: "flush" }).settle();
      expect([...rig.log.alice.failures, ...rig.log.bob.failures]).toEqual([]);
      expect(rig.log.alice.aborted).toMatchObject([{ frames: 1, detections: 1, secretBits: 0 }]);
      expect(rig.log.bob.aborted).toEqual(rig.log.alice.aborted);
    }
  });

  it("set apart a share of each key for the authentication reserve", () => {
    const rig = run(20);
    const [entry] = rig.log.bob.blocks;
    expect(entry!.block.authBytes).toBe(Math.min(256, 2 * Math.floor((entry!.block.key.length - 64) / 8)));
  });
});
