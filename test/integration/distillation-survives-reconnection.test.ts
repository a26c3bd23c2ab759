import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import {
  distillationOffer,
  distillationSift,
  distillationSiftReply,
  distillationTag,
} from "../../protocol/index.ts";
import { DistillationRig, type Side } from "./distillation-rig.ts";
import { frameSource } from "./distillation-source.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

const shared = (rig: DistillationRig): number[] =>
  [...rig.keys("alice").keys()].filter((sequence) => rig.keys("bob").has(sequence));

/** Every basis plane that left a site, which names its frame: planes are random. */
const basesSent = (rig: DistillationRig): string[] =>
  rig.wire.flatMap(({ from, kind, body }) => {
    const [message] = [distillationSift, distillationSiftReply].filter((one) => one.kind === kind);
    return message === undefined
      ? []
      : [`${from} ${Buffer.from(message.decode(body).basis).toString("hex")}`];
  });

/** The place in the reserve of the pad under every tag that the site sent. */
const padsUnderTags = (rig: DistillationRig, side: Side): number[] => {
  const offered = new Map<number, number>();
  return rig.wire.flatMap(({ from, kind, body }) => {
    if (from !== side) return [];
    if (kind === distillationOffer.kind) {
      const { sequence, offset } = distillationOffer.decode(body);
      offered.set(sequence, offset);
    }
    return kind === distillationTag.kind ? [offered.get(distillationTag.decode(body).sequence)!] : [];
  });
};

/** The place in the reserve of the pad of every offer that the site sent. */
const padsOffered = (rig: DistillationRig, side: Side): number[] =>
  rig.wire
    .filter(({ from, kind }) => from === side && kind === distillationOffer.kind)
    .map(({ body }) => distillationOffer.decode(body).offset);

describe("a reconnection", () => {
  it("at any moment drops blocks cleanly, never makes a wrong key, never uses a sequence or a pad twice", () => {
    let dropped = 0;
    for (let moment = 1; moment < 120; moment += 7) {
      const rig = new DistillationRig({ kernels, bunch: 1 }).connect();
      const next = frameSource({ seed: moment });
      for (let i = 0; i < 17; i++) rig.frame(next());
      rig.settle(moment).disconnect().settle();
      expect(rig.alice.progress.cohortsInFlight).toBe(0);
      rig.connect();
      for (let i = 0; i < 20; i++) rig.frame(next()).settle();
      const bob = rig.keys("bob");
      for (const [sequence, key] of rig.keys("alice"))
        if (bob.has(sequence)) expect(bob.get(sequence)).toBe(key);
      expect(shared(rig).length).toBeGreaterThan(0);
      dropped += rig.log.alice.dropped.length;
      const sequences = rig.log.alice.blocks.map(({ block }) => block.sequence);
      expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
      for (const side of ["alice", "bob"] as const) {
        const spent = padsUnderTags(rig, side);
        expect(new Set(spent).size).toBe(spent.length);
      }
    }
    expect(dropped).toBeGreaterThan(5);
  });

  it("costs no pad of which no tag was made, however often it comes", () => {
    const rig = new DistillationRig({ kernels, bunch: 1 }).connect();
    const next = frameSource({ seed: 3 });
    for (let cut = 0; cut < 200; cut++) {
      for (let i = 0; i < 9; i++) rig.frame(next());
      rig
        .settle(3 + (cut % 40))
        .disconnect()
        .settle()
        .connect();
    }
    for (const side of ["alice", "bob"] as const) {
      const tags = padsUnderTags(rig, side);
      expect(new Set(padsOffered(rig, side)).size).toBeLessThanOrEqual(tags.length + 3);
    }
    for (let i = 0; i < 60; i++) rig.frame(next()).settle();
    expect(shared(rig).length).toBeGreaterThan(0);
  });

  it("that only one side noticed is agreed on by the hello", () => {
    for (const side of ["alice", "bob"] as const) {
      const rig = new DistillationRig({ kernels }).connect();
      const next = frameSource({ seed: 5 });
      for (let i = 0; i < 6; i++) rig.frame(next()).settle();
      rig.give(side, { type: "peerUp" }).settle();
      for (let i = 0; i < 20; i++) rig.frame(next()).settle();
      expect(rig.keys("alice").size).toBe(1);
      expect(rig.keys("alice")).toEqual(rig.keys("bob"));
    }
  });

  it("keeps frames that were not sifted and never sifts one twice", () => {
    const rig = new DistillationRig({ kernels }).connect().disconnect().settle();
    const next = frameSource({ seed: 9 });
    for (let i = 0; i < 18; i++) rig.frame(next()).settle();
    rig.connect();
    expect(rig.keys("alice").size).toBe(1);
    expect(basesSent(rig)).toHaveLength(2 * 17);
  });

  it("at any moment never has a basis plane of a frame announced a second time", () => {
    for (let moment = 1; moment < 60; moment += 4) {
      const rig = new DistillationRig({ kernels, bunch: 1 }).connect();
      const next = frameSource({ seed: moment });
      for (let i = 0; i < 34; i++) rig.frame(next());
      for (let again = 0; again < 4; again++)
        rig
          .settle(moment + 30 * again)
          .disconnect()
          .settle()
          .connect();
      for (let i = 0; i < 18; i++) rig.frame(next()).settle();
      const sent = basesSent(rig);
      expect(sent.length).toBeGreaterThan(2 * 17);
      expect(new Set(sent).size).toBe(sent.length);
    }
  });

  it("while frames are collected costs none of them", () => {
    const undisturbed = new DistillationRig({ kernels }).connect();
    const source = frameSource({ seed: 12 });
    for (let i = 0; i < 17; i++) undisturbed.frame(source()).settle();
    const { counts } = undisturbed.log.alice.blocks[0]!.report;
    for (let broken = 0; broken < 17; broken += 2)
      for (const how of ["both", "alice", "bob"] as const) {
        const rig = new DistillationRig({ kernels }).connect();
        const next = frameSource({ seed: 12 });
        for (let i = 0; i < 17; i++) {
          if (i === broken || i === broken + 1) {
            // Messages about the last frame are on their way.
            if (i > 0) rig.settle(1);
            if (how === "both") rig.disconnect().frame(next()).settle().connect();
            else rig.give(how, { type: "peerUp" }).frame(next()).settle();
          } else rig.frame(next()).settle();
        }
        expect(rig.keys("alice").size).toBe(1);
        expect(rig.keys("alice")).toEqual(rig.keys("bob"));
        expect(rig.log.alice.blocks[0]?.report.counts).toEqual(counts);
        for (const side of ["alice", "bob"] as const) {
          expect([rig.log[side].dropped, rig.log[side].failures]).toEqual([[], []]);
          expect(rig[side].progress).toMatchObject({ frames: 17, missingFrames: 0, digestMismatches: 0 });
          expect(rig.log[side].acknowledged).toEqual(Array.from({ length: 17 }, (_, i) => i));
        }
      }
  });

  it("may follow the acceptance of a block that is still being amplified", () => {
    const rig = new DistillationRig({ kernels }).connect();
    const next = frameSource({ seed: 9 });
    for (let i = 0; i < 18; i++) rig.frame(next()).settle();
    expect(shared(rig)).toEqual([5]);
  });
});

describe("an exhausted authentication reserve", () => {
  it("is reported, asked again after a while, and distillation goes on", () => {
    const rig = new DistillationRig({ kernels, refuseAuth: 1 }).connect();
    const next = frameSource({ seed: 2 });
    for (let i = 0; i < 18; i++) rig.frame(next()).settle();
    expect(rig.log.alice.failures.map(({ code }) => code)).toEqual(["QKD_AUTH_EXHAUSTED"]);
    expect(rig.keys("alice").size).toBe(0);
    rig.nowMs += 5000;
    rig.frame(next()).settle();
    expect(rig.keys("alice").size).toBe(1);
    expect(rig.keys("alice")).toEqual(rig.keys("bob"));
    expect(rig.log.alice.failures[0]).toMatchObject({ name: "PeerError", code: "QKD_AUTH_EXHAUSTED" });
  });
});

describe("a failing amplification", () => {
  it("drops the block with its reason", () => {
    const rig = new DistillationRig({ kernels, refuseAmplification: true }).connect();
    const next = frameSource({ seed: 2 });
    for (let i = 0; i < 18; i++) rig.frame(next()).settle();
    expect(rig.log.alice.dropped).toMatchObject([{ sequence: 5, reason: "QKD_KERNEL_LIMIT" }]);
    expect(rig.log.bob.dropped).toMatchObject([{ sequence: 5, reason: "QKD_KERNEL_LIMIT" }]);
    expect(rig.keys("alice").size).toBe(0);
  });
});
