import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import {
  distillationAgree,
  distillationHave,
  distillationOmit,
  PEER_MESSAGES,
} from "../../protocol/index.ts";
import { DistillationRig, type Side } from "./distillation-rig.ts";
import { type FramePair, frameSource, numbers } from "./distillation-source.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

const SIDES: readonly Side[] = ["alice", "bob"];
/** What belongs to a block: everything that could tell of a basis, an intensity or a bit. */
const TAGGED = PEER_MESSAGES.filter(({ owner, tagged }) => owner === "distillation" && tagged);

/**
 * Gives both sites their halves of the frames, each in order but in any interleaving, some lost at either site, in steps
 * and bunches of any size.
 */
function interleaved(seed: number): { rig: DistillationRig; pairs: readonly FramePair[] } {
  const random = numbers(seed);
  const source = frameSource({ seed });
  const pairs = Array.from({ length: 40 }, () => source());
  const bunch = 1 + Math.floor(random() * 6);
  const rig = new DistillationRig({ kernels, bunch }).connect();
  const left = { alice: pairs.map(({ qtx }) => qtx), bob: pairs.map(({ qrx }) => qrx) };
  const bias = random();
  const lossy = seed % 3 === 0;
  while (left.alice.length + left.bob.length > 0) {
    const side = left.bob.length === 0 || (left.alice.length > 0 && random() < bias) ? "alice" : "bob";
    const frame = left[side].shift()!;
    if (!lossy || random() > 0.08) rig.offer(side, frame);
    if (random() < 0.4) rig.settle(Math.floor(random() * 5));
  }
  return { rig: rig.settle(), pairs };
}

describe("nothing about a block is announced before its last signal has arrived", () => {
  it("at the sender, whatever the interleaving: bases, intensities, test bits, parities, seeds come after every frame", () => {
    let announced = 0;
    let blocks = 0;
    for (let seed = 1; seed <= 24; seed++) {
      const { rig, pairs } = interleaved(seed);
      const idOf = new Map(pairs.map(({ qtx }) => [qtx.firstGate, qtx.frameId]));
      const given = { alice: new Set<number>(), bob: new Set<number>() };
      const kept = { alice: new Set<number>(), bob: new Set<number>() };
      /** Frames by Bob's number, in the order in which he told them. */
      const told = new Map<number, number>();
      const framesOf = new Map<number, readonly number[]>();
      for (const event of rig.events) {
        if (event.type === "given") given[event.side].add(event.frameId);
        else if (event.type === "acknowledged") kept[event.side].add(event.frameId);
        else {
          const { side, message } = event;
          const { kind, body } = message;
          if (kind === distillationHave.kind) {
            const have = distillationHave.decode(body);
            told.set(have.number, idOf.get(have.firstGate)!);
          } else if (kind === distillationOmit.kind) told.delete(distillationOmit.decode(body).number);
          else if (kind === distillationAgree.kind) {
            const { sequence, last, frames } = distillationAgree.decode(body);
            const chosen = [...told].filter(([number]) => number <= last);
            expect(chosen).toHaveLength(frames);
            framesOf.set(
              sequence,
              chosen.map(([, frameId]) => frameId),
            );
            for (const [number] of chosen) told.delete(number);
          }
          const tagged = TAGGED.find((one) => one.kind === kind);
          if (tagged === undefined) continue;
          const { sequence } = tagged.decode(body) as { sequence: number };
          // The agreement is the first word about a block.
          const frames = framesOf.get(sequence);
          expect(frames, tagged.name).toBeDefined();
          for (const frameId of frames!) {
            expect(given[side].has(frameId)).toBe(true);
            expect(kept[side].has(frameId)).toBe(true);
            // It was told, so that Bob had it before Alice could name it.
            expect(given.bob.has(frameId)).toBe(true);
          }
          announced += 1;
        }
      }
      blocks += framesOf.size;
      expect([...rig.log.alice.failures, ...rig.log.bob.failures]).toEqual([]);
      expect(rig.keys("alice").size).toBeGreaterThan(0);
      expect(rig.keys("alice")).toEqual(rig.keys("bob"));
    }
    expect(blocks).toBeGreaterThan(40);
    expect(announced).toBeGreaterThan(2000);
  });

  it("at Bob's site also against an Alice who names a block too early: the agreement is refused, nothing is told", () => {
    // Bob lacks the last frame; the agreement of another run, in which he had it, is all that comes.
    const honest = new DistillationRig({ kernels }).connect();
    const early = new DistillationRig({ kernels }).connect();
    const [a, b] = [frameSource({ seed: 4 }), frameSource({ seed: 4 })];
    for (let i = 0; i < 17; i++) {
      honest.frame(a()).settle();
      const pair = b();
      early.frame(i === 16 ? { qtx: pair.qtx } : pair).settle();
    }
    const agree = honest.wire.find(({ kind }) => kind === distillationAgree.kind)!;
    expect(honest.keys("alice").size).toBe(1);
    early.give("bob", { type: "peerMessage", kind: agree.kind, body: agree.body.slice() }).settle();
    expect(early.log.bob.failures.map(({ code }) => code)).toEqual(["QKD_PEER_PROTOCOL"]);
    expect(early.wire.some(({ kind }) => TAGGED.some((one) => one.kind === kind))).toBe(false);
  });

  it("while frames are collected: only their gates, detections and digests are on the wire", () => {
    for (const first of SIDES) {
      const rig = new DistillationRig({ kernels }).connect();
      const next = frameSource({ seed: 6 });
      for (let i = 0; i < 16; i++) {
        const { qtx, qrx } = next();
        if (first === "alice") rig.offer("alice", qtx).settle().offer("bob", qrx).settle();
        else rig.offer("bob", qrx).settle().offer("alice", qtx).settle();
      }
      const names = rig.wire.map(({ kind }) => PEER_MESSAGES.find((one) => one.kind === kind)?.name);
      expect([...new Set(names)].sort()).toEqual([
        "distillation.have",
        "distillation.hello",
        "distillation.offer",
      ]);
      expect(names.filter((name) => name === "distillation.have")).toHaveLength(16);
    }
  });
});
