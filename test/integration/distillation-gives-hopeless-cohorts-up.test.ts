import { beforeAll, describe, expect, it } from "vitest";
import type { BlockReport } from "../../controller/index.ts";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import { distillationDisclose, distillationParities, distillationVerdict } from "../../protocol/index.ts";
import { forged } from "./distillation-forgery.ts";
import { DistillationRig, type RigOptions, type Side, type WireMessage } from "./distillation-rig.ts";
import { type FramePair, frameSource, SMALL_SETTINGS } from "./distillation-source.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

const SETTINGS = { ...SMALL_SETTINGS, blockBits: 260_000, cohortBits: 1 << 16, maxLeakFraction: 0.6 };
/** Frames that make a block. */
const FRAMES = 12;
const QUIET = { z: 0.02, x: 0.02 };

function sites(settings = SETTINGS, tamper?: RigOptions["tamper"]) {
  const options = { kernels, settings: { alice: settings, bob: settings } };
  const rig = new DistillationRig(tamper === undefined ? options : { ...options, tamper }).connect();
  const next = frameSource({ seed: 61, detections: 1 << 16 });
  const frames = (
    count: number,
    change: (pair: FramePair) => FramePair = (pair) => pair,
    qber = QUIET,
  ): void => {
    for (let i = 0; i < count; i++) rig.frame(change(next(qber))).settle();
  };
  return { rig, frames };
}

/** Reports of all blocks in order, equal at both sites. */
function reports(rig: DistillationRig): BlockReport[] {
  const of = (side: Side) =>
    [...rig.log[side].blocks.map(({ report }) => report), ...rig.log[side].aborted].sort(
      (a, b) => a.sequence - b.sequence,
    );
  const [alice, bob] = [of("alice"), of("bob")];
  expect(alice.map(comparable)).toEqual(bob.map(comparable));
  expect([...rig.log.alice.failures, ...rig.log.bob.failures]).toEqual([]);
  return alice;
}
const comparable = ({ sequence, counts, leakBits, secretBits, aborted, ones }: BlockReport) => ({
  sequence,
  counts,
  leakBits,
  secretBits,
  aborted,
  ones,
});
const rounds = (rig: DistillationRig, sequence: number): number =>
  Math.max(
    ...rig.wire
      .filter(({ kind }) => kind === distillationParities.kind)
      .map(({ body }) => distillationParities.decode(body))
      .filter((message) => message.sequence === sequence)
      .flatMap(({ entries }) => entries.map(({ round }) => round)),
  );

const zeros =
  (side: "qtx" | "qrx") =>
  (pair: FramePair): FramePair => ({
    ...pair,
    [side]: { ...pair[side], planes: new Uint8Array(pair[side].planes.length) },
  });

describe("errors that no test bit shows", () => {
  it.each<[string, Parameters<ReturnType<typeof sites>["frames"]>[1], { z: number; x: number }, number]>([
    ["an attack on the key basis alone", undefined, { z: 0.25, x: 0.02 }, 0.25],
    ["a device of Bob's that gives zeros", zeros("qrx"), QUIET, 0.5],
    ["a device of Alice's that gives zeros", zeros("qtx"), QUIET, 0.5],
  ])(
    "%s: the block ends without key as soon as it is sifted, and the next ones give key",
    (_, change, qber, rate) => {
      const { rig, frames } = sites();
      frames(FRAMES * 2);
      frames(FRAMES, change, qber);
      frames(2 * FRAMES);
      const all = reports(rig);
      expect(all.map(({ aborted }) => aborted)).toEqual([null, null, "leakAboveMaximum", null, null]);
      const [struck] = all.slice(2);
      expect(struck!.qber.z).toBeCloseTo(rate, 1);
      // No more than a cohort of the link as it should be.
      expect(rounds(rig, struck!.sequence)).toBeLessThan(200);
      for (const { reconciliationEfficiency } of all.slice(3))
        expect(reconciliationEfficiency).toBeLessThan(1.1);
      expect(rig.keys("alice")).toEqual(rig.keys("bob"));
      expect(rig.alice.progress.cohortsInFlight + rig.bob.progress.cohortsInFlight).toBe(0);
    },
  );

  it("end within six hundred rounds where they fill half of a block", () => {
    const { rig, frames } = sites();
    frames(FRAMES * 2);
    frames(FRAMES / 2, undefined, { z: 0.25, x: 0.02 });
    frames(FRAMES * 1.5);
    const all = reports(rig);
    expect(all.map(({ aborted }) => aborted)).toEqual([null, null, "leakAboveMaximum", null]);
    expect(rounds(rig, all[2]!.sequence)).toBeLessThan(600);
  });

  it("show in the first round of a long cohort already", () => {
    const { rig, frames } = sites({ ...SETTINGS, blockBits: 1 << 19, cohortBits: 1 << 19 });
    const usual = { z: 0.03, x: 0.03 };
    frames(46, undefined, usual);
    frames(23, undefined, { ...usual, z: 0.25 });
    frames(23, undefined, usual);
    const all = reports(rig);
    expect(all.map(({ aborted }) => aborted === null)).toEqual([true, true, false, true]);
    expect(rounds(rig, all[2]!.sequence)).toBe(0);
  });

  it("spoil no estimate of later blocks, however many come by", () => {
    const { rig, frames } = sites();
    frames(FRAMES * 2);
    frames(FRAMES * 2, undefined, { z: 0.25, x: 0.02 });
    frames(FRAMES * 9);
    const late = reports(rig).filter(({ qber }) => qber.z < 0.03);
    expect(late).toHaveLength(11);
    for (const { reconciliationEfficiency } of late) expect(reconciliationEfficiency).toBeLessThan(1.1);
  });

  it("give a cohort up that is too short for a sample as soon as too many were found", () => {
    const { rig, frames } = sites({ ...SETTINGS, blockBits: 3000, cohortBits: 1024, maxLeakFraction: 1 });
    frames(1);
    frames(1, undefined, { z: 0.4, x: 0.02 });
    const all = reports(rig);
    expect(all.some(({ qber }) => qber.z > 0.3)).toBe(true);
    expect(rig.bob.progress.discardedCohorts).toBeGreaterThan(0);
    expect(rig.bob.progress.discardedCohorts).toBe(rig.alice.progress.discardedCohorts);
  });
});

describe("a doubtful cohort", () => {
  it("that turns out well goes on: sample and verdict are counted, and key comes out", () => {
    const { rig, frames } = sites();
    frames(FRAMES * 2);
    const before = reports(rig).length;
    frames(FRAMES, undefined, { z: 0.04, x: 0.02 });
    frames(FRAMES);
    const sampled = rig.wire
      .filter(({ kind }) => kind === distillationDisclose.kind)
      .map(({ body }) => distillationDisclose.decode(body));
    expect(sampled.length).toBeGreaterThan(0);
    for (const { bits } of sampled) expect(bits).toBe(1024);
    expect(reports(rig).length).toBeGreaterThan(before);
    expect(reports(rig).every(({ aborted }) => aborted === null)).toBe(true);
    expect(rig.alice.progress).toMatchObject({ discardedCohorts: 0, extendedCohorts: 0 });
    expect(rig.keys("alice")).toEqual(rig.keys("bob"));
  });
});

it("a lost block's other cohorts are given up before they begin, by Bob's verdict", () => {
  const { rig, frames } = sites({ ...SETTINGS, blockBits: 530_000, cohortsInFlight: 2 });
  frames(FRAMES * 2);
  const from = rig.wire.length;
  frames(FRAMES * 2, undefined, { z: 0.25, x: 0.02 });
  frames(FRAMES * 2);
  const struck = reports(rig).find(({ qber }) => qber.z > 0.2)!;
  const entries = rig.wire
    .slice(from)
    .filter(({ kind }) => kind === distillationParities.kind)
    .map(({ body }) => distillationParities.decode(body))
    .filter(({ sequence }) => sequence === struck.sequence)
    .flatMap((message) => message.entries.map(({ cohort }) => cohort));
  const verdicts = rig.wire
    .filter(({ kind }) => kind === distillationVerdict.kind)
    .map(({ body }) => distillationVerdict.decode(body))
    .filter(({ sequence, verdict }) => sequence === struck.sequence && verdict === "discard");
  expect(new Set(entries).size).toBeLessThan(8);
  expect(verdicts.map(({ cohort }) => cohort).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(struck.leakBits).toBeGreaterThanOrEqual(struck.siftedZ);
});

it("cohorts of a block that disclosed too much already are given up before they begin", () => {
  const { rig, frames } = sites({ ...SETTINGS, cohortsInFlight: 1, maxLeakFraction: 0.06 });
  frames(FRAMES);
  const [report] = reports(rig);
  expect(report?.aborted).toBe("leakAboveMaximum");
  // Each cohort of four discloses some 15 % of its bits: two are reconciled.
  expect(rig.alice.progress.discardedCohorts).toBe(2);
});

describe("a peer that lies about a sample", () => {
  const struck = (tamper: RigOptions["tamper"]): DistillationRig => {
    const { rig, frames } = sites(SETTINGS, tamper);
    frames(FRAMES * 2);
    frames(FRAMES, undefined, { z: 0.25, x: 0.02 });
    return rig;
  };
  const once = (kind: number, lie: (message: WireMessage) => readonly Uint8Array[]): RigOptions["tamper"] => {
    let lies = 0;
    return (message) => (message.kind === kind && lies++ === 0 ? lie(message) : [message.body]);
  };

  it("by its size is refused", () => {
    const rig = struck(
      once(distillationDisclose.kind, ({ body }) => [
        forged(distillationDisclose, body, () => ({ bits: 8, plane: Uint8Array.of(0) })),
      ]),
    );
    expect(rig.log.bob.failures[0]?.message).toContain("discloses another sample than agreed");
  });

  it("by calling it equal is refused", () => {
    const discard = (message: WireMessage): boolean =>
      message.kind === distillationVerdict.kind &&
      distillationVerdict.decode(message.body).verdict !== "equal";
    const rig = struck((message) =>
      discard(message)
        ? [forged(distillationVerdict, message.body, () => ({ verdict: "equal" as const }))]
        : [message.body],
    );
    expect(rig.log.alice.failures[0]?.message).toContain("judges a cohort that it may not judge so");
  });

  it("or never sends it ends the session by name, and key flows again", () => {
    const { rig, frames } = sites(
      SETTINGS,
      once(distillationDisclose.kind, () => []),
    );
    frames(FRAMES * 2);
    const before = rig.keys("alice").size;
    frames(FRAMES, undefined, { z: 0.25, x: 0.02 });
    for (let i = 0; i < 60; i++) {
      rig.nowMs += 250;
      rig.tick();
    }
    const codes = [...rig.log.alice.failures, ...rig.log.bob.failures].map(({ code }) => code);
    expect(codes).toContain("QKD_PEER_STALLED");
    frames(2 * FRAMES);
    expect(rig.keys("alice").size).toBeGreaterThan(before);
    expect(rig.keys("alice")).toEqual(rig.keys("bob"));
  });
});
