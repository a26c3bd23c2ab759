import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import {
  distillationAgree,
  distillationDone,
  distillationHave,
  distillationOmit,
  distillationSift,
  distillationVerdict,
} from "../../protocol/index.ts";
import { type Agree, agreedOn, bodyOf, forged, type Have, havesIn } from "./distillation-forgery.ts";
import { DistillationRig, type WireMessage } from "./distillation-rig.ts";
import { frameSource } from "./distillation-source.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

/** Frames enough for `blocks` blocks, one after the other. */
function run(rig: DistillationRig, blocks: number): void {
  const next = frameSource({ seed: 41 });
  for (let i = 0; i < 17 * blocks; i++) rig.frame(next()).settle();
}

/** Frames that a flood names and nobody has. */
const MAX_TOLD = 1 << 17;

describe("a peer that passed every check of the channel and lies", () => {
  it.each<[string, (told: readonly Have[], agree: Agree) => Partial<Agree>]>([
    ["with its first frame", (told) => agreedOn(told.slice(0, 1))],
    ["a frame early", (told) => agreedOn(told.slice(0, 16))],
    ["a frame late", (told) => agreedOn(told.slice(0, 18))],
    ["a frame late, as if it were told to", (told) => ({ ...agreedOn(told.slice(0, 18)), flushed: true })],
    ["with a frame left out that it never omitted", (told) => agreedOn(told.filter((_, i) => i !== 4))],
    ["with two frames in another order", (told) => agreedOn([...told.slice(1, 17), told[0]!])],
    ["behind the last frame that was told", (told) => ({ ...agreedOn(told), last: 99 })],
    ["with no frame", () => agreedOn([])],
    [
      "with other frames than the digest says",
      (_, { listDigest }) => ({ listDigest: listDigest.map((b) => b ^ 1) }),
    ],
    ["after another number of detections", ({ length }) => ({ detections: length })],
    ["in another block than the next", (_, { sequence }) => ({ sequence: sequence + 1 })],
    ["before it was opened: it has heard what was not said", () => ({ heard: 1 })],
  ])(
    "cannot choose which frames a block holds: one that ends %s is refused before any basis is told",
    (_, lie) => {
      let lies = 0;
      const tamper = ({ kind, body }: WireMessage): readonly Uint8Array[] => {
        if (kind !== distillationAgree.kind || lies > 0) return [body];
        lies += 1;
        return [forged(distillationAgree, body, (agree) => lie(havesIn(rig.wire), agree))];
      };
      const rig: DistillationRig = new DistillationRig({ kernels, tamper }).connect();
      const next = frameSource({ seed: 41 });
      const pairs = Array.from({ length: 20 }, () => next());
      for (const { qrx } of pairs) rig.frame({ qrx }).settle();
      for (const { qtx } of pairs.slice(0, 16)) rig.frame({ qtx }).settle();
      const before = rig.wire.length;
      rig.frame({ qtx: pairs[16]!.qtx });
      // Until the lie has arrived, and no further.
      while (rig.log.bob.failures.length === 0) rig.settle(1);
      expect(rig.log.bob.failures[0]?.code).toBe("QKD_PEER_PROTOCOL");
      expect(rig.wire.slice(before).some(({ kind }) => kind === distillationSift.kind)).toBe(false);
      rig.settle();
      expect([lies, rig.log.bob.blocks]).toEqual([1, []]);
      for (const { qtx } of pairs.slice(17)) rig.frame({ qtx }).settle();
      for (let i = 0; i < 14; i++) rig.frame(next()).settle();
      expect(rig.keys("alice").size).toBe(1);
      expect(rig.keys("alice")).toEqual(rig.keys("bob"));
    },
  );

  it("cannot leave out what was never told, nor anything twice", () => {
    for (const number of [99, 0]) {
      const rig = new DistillationRig({ kernels }).connect();
      const next = frameSource({ seed: 41 });
      for (let i = 0; i < 3; i++) rig.frame({ qrx: next().qrx }).settle();
      const omit = { type: "peerMessage", kind: distillationOmit.kind } as const;
      const give = () =>
        rig.give("bob", { ...omit, body: bodyOf(distillationOmit, { number, reason: "missing" }) }).settle();
      if (number === 0) {
        give();
        expect(rig.log.bob.failures).toEqual([]);
      }
      give();
      expect(rig.log.bob.failures[0]).toMatchObject({
        code: "QKD_PEER_PROTOCOL",
        message: expect.stringContaining("leaves out a frame that it was not told"),
      });
    }
  });

  it("cannot fill the memory with frames that nobody has", () => {
    const rig = new DistillationRig({ kernels }).connect();
    const have: Have = {
      number: 0,
      firstGate: 10n ** 15n,
      gateCount: 1n,
      detections: 1,
      gateDigest: new Uint8Array(32),
    };
    const flood = (from: number, to: number) => {
      for (let number = from; number < to; number++) {
        const body = bodyOf(distillationHave, { ...have, number });
        rig.give("alice", { type: "peerMessage", kind: distillationHave.kind, body });
      }
      rig.settle();
    };
    flood(0, MAX_TOLD);
    expect(rig.log.alice.failures).toEqual([]);
    expect(rig.alice.progress.heldBytes).toBe(0);
    flood(MAX_TOLD, MAX_TOLD + 1);
    expect(rig.log.alice.failures[0]).toMatchObject({
      code: "QKD_PEER_PROTOCOL",
      message: expect.stringContaining("too many of them"),
    });
    run(rig, 1);
    expect(rig.keys("alice").size).toBe(1);
    expect(rig.keys("alice")).toEqual(rig.keys("bob"));
  });

  it("cannot have a cohort extended without end", () => {
    const wrongTag: Kernels = {
      ...kernels,
      hash: { ...kernels.hash, polynomial: (key, message) => kernels.hash.polynomial(key, message).fill(0) },
    };
    let lies = 0;
    const tamper = ({ kind, body }: WireMessage): readonly Uint8Array[] => {
      if (kind !== distillationVerdict.kind) return [body];
      return [
        forged(distillationVerdict, body, ({ verdict }) => {
          if (verdict !== "extend") lies += 1;
          return { verdict: "extend" as const };
        }),
      ];
    };
    const rig = new DistillationRig({ kernels, bobKernels: wrongTag, tamper }).connect();
    run(rig, 1);
    expect(lies).toBeGreaterThan(0);
    expect(rig.log.alice.failures[0]).toMatchObject({
      code: "QKD_PEER_PROTOCOL",
      message: expect.stringContaining("judges a cohort that it may not judge so"),
    });
    expect(rig.log.alice.blocks).toEqual([]);
  });

  it("cannot pile up blocks that it never confirms", () => {
    const tamper = ({ kind, body }: WireMessage): readonly Uint8Array[] =>
      kind === distillationDone.kind ? [] : [body];
    const rig = new DistillationRig({ kernels, tamper }).connect();
    run(rig, 14);
    expect(rig.log.alice.blocks).toEqual([]);
    expect(rig.log.bob.blocks.length).toBeGreaterThan(5);
    expect(rig.log.bob.blocks.length).toBeLessThanOrEqual(11);
    // What waited is given up with the connection, and distillation goes on.
    rig.disconnect().settle();
    expect(rig.log.alice.dropped.length).toBeGreaterThanOrEqual(10);
  });
});
