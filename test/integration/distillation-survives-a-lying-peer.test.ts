import { beforeAll, describe, expect, it } from "vitest";
import { agreedSettings, settingsDigest } from "../../controller/sources/distillation/settings.ts";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import {
  distillationAgree,
  distillationDone,
  distillationEstimates,
  distillationHave,
  distillationHello,
  distillationOmit,
  distillationParities,
  distillationReconcile,
  distillationSift,
  distillationSiftReply,
  distillationTag,
  distillationVerdict,
  PEER_MESSAGES,
} from "../../protocol/index.ts";
import { type Agree, agreedOn, bodyOf, forged, type Have, havesIn } from "./distillation-forgery.ts";
import { DistillationRig, type WireMessage } from "./distillation-rig.ts";
import { frameSource, SMALL_SETTINGS } from "./distillation-source.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

/** Frames enough for `blocks` blocks, one after the other. */
function run(rig: DistillationRig, blocks: number): void {
  const next = frameSource({ seed: 41 });
  for (let i = 0; i < 17 * blocks; i++) rig.frame(next()).settle();
}

const TAGGED = PEER_MESSAGES.filter(({ owner, tagged }) => owner === "distillation" && tagged);
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
    const rig = new DistillationRig({ kernels, bunch: 1 << 15 }).connect();
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

  it("costs no frame and no memory when it opens a block that cannot be opened", () => {
    // Bob holds no authentication material: Alice's reserve gives none.
    const rig = new DistillationRig({ kernels, refuseAuth: 4 }).connect();
    const next = frameSource({ seed: 41 });
    for (let i = 0; i < 3; i++) rig.frame(next()).settle();
    const held = rig.bob.progress.heldBytes;
    for (let again = 1; again <= 3; again++) {
      // A side begins one session a second.
      rig.nowMs += 1000;
      const told = havesIn(rig.wire).slice(-3);
      const message = { sequence: 5, heard: 0, flushed: true, ...agreedOn(told) };
      const body = bodyOf(distillationAgree, message);
      rig.give("bob", { type: "peerMessage", kind: distillationAgree.kind, body }).settle();
      expect(rig.log.bob.failures).toHaveLength(again);
      expect(rig.bob.progress.heldBytes).toBe(held);
      expect(havesIn(rig.wire)).toHaveLength(3 + 3 * again);
    }
    rig.nowMs += 5000;
    for (let i = 0; i < 14; i++) rig.frame(next()).settle();
    expect(rig.log.bob.blocks[0]?.report.frames).toBe(17);
    expect(rig.keys("alice")).toEqual(rig.keys("bob"));
    expect(rig.bob.progress.heldBytes).toBe(0);
  });

  it("cannot close a block before an older one", () => {
    let lies = 0;
    const tamper = ({ kind, body }: WireMessage): readonly Uint8Array[] => {
      if (kind !== distillationEstimates.kind || lies > 0) return [body];
      lies += 1;
      const said = TAGGED.filter(({ from }) => from !== "bob").flatMap((message) =>
        rig.wire
          .filter(({ from, kind: sent }) => from === "alice" && sent === message.kind)
          .map((sent) => message.decode(sent.body) as { sequence: number }),
      );
      const heard = said.filter(({ sequence }) => sequence === 6).length;
      expect(heard).toBeGreaterThan(0);
      return [forged(distillationEstimates, body, () => ({ sequence: 6, heard }))];
    };
    const rig: DistillationRig = new DistillationRig({ kernels, tamper }).connect();
    const next = frameSource({ seed: 41 });
    for (let i = 0; i < 40; i++) rig.frame(next());
    rig.settle();
    expect(rig.log.alice.failures[0]?.message).toContain("closes a block before an older one");
    expect(rig.keys("alice").has(5) || rig.keys("bob").has(5)).toBe(false);
  });

  it("cannot have more cohorts under way than agreed", () => {
    const greedy = { ...SMALL_SETTINGS, cohortsInFlight: 12 };
    const digests = {
      alice: settingsDigest(agreedSettings(SMALL_SETTINGS)),
      bob: settingsDigest(agreedSettings(greedy)),
    };
    // Each is told what it wants to hear.
    const tamper = ({ kind, body, from }: WireMessage): readonly Uint8Array[] =>
      kind === distillationHello.kind
        ? [
            forged(distillationHello, body, () => ({
              settingsDigest: digests[from === "alice" ? "bob" : "alice"],
            })),
          ]
        : [body];
    const rig = new DistillationRig({ kernels, settings: { bob: greedy }, tamper }).connect();
    const next = frameSource({ seed: 41 });
    for (let i = 0; i < 40; i++) rig.frame(next());
    rig.settle();
    expect(rig.log.alice.failures[0]?.message).toContain("has more cohorts in flight than agreed");
    expect(rig.keys("alice").size).toBe(0);
  });

  it("does not pass for an attack when it ends a block too early", () => {
    for (const side of ["alice", "bob"] as const) {
      let done = false;
      const tamper = ({ kind, body, index }: WireMessage): readonly Uint8Array[] => {
        if (kind === distillationSift.kind && index === 8 && !done) {
          done = true;
          const tag = bodyOf(distillationTag, { sequence: 5, tag: new Uint8Array(16) });
          rig.give(side, { type: "peerMessage", kind: distillationTag.kind, body: tag });
        }
        return [body];
      };
      const rig: DistillationRig = new DistillationRig({ kernels, tamper }).connect();
      run(rig, 1);
      expect(rig.log[side].failures[0]).toMatchObject({
        code: "QKD_PEER_PROTOCOL",
        message: expect.stringContaining("ends a block that is not decided on"),
      });
    }
  });

  it("gets sixteen frames' bases ahead of its answers at most, and five open blocks", () => {
    const tamper = ({ kind, body }: WireMessage): readonly Uint8Array[] =>
      kind === distillationSiftReply.kind ? [] : [body];
    const rig = new DistillationRig({ kernels, tamper }).connect();
    run(rig, 9);
    const sifts = rig.wire.filter(({ kind }) => kind === distillationSift.kind);
    const perBlock = [5, 6, 7, 8, 9].map(
      (block) => sifts.filter(({ body }) => distillationSift.decode(body).sequence === block).length,
    );
    expect(perBlock).toEqual([16, 16, 16, 16, 16]);
    expect(rig.wire.filter(({ kind }) => kind === distillationAgree.kind)).toHaveLength(5);
    expect([...rig.log.alice.failures, ...rig.log.bob.failures]).toEqual([]);
  });

  it("cannot leave reconciliations behind by opening one twice", () => {
    let alive = 0;
    const counted: Kernels = {
      ...kernels,
      cascade: (setup) => {
        const cascade = kernels.cascade(setup);
        const free = cascade.free.bind(cascade);
        alive += 1;
        return Object.assign(cascade, {
          free: () => {
            alive -= 1;
            free();
          },
        });
      },
    };
    let again: Uint8Array | null = null;
    const tamper = ({ kind, body, from, index }: WireMessage): readonly Uint8Array[] => {
      if (kind === distillationReconcile.kind) again ??= body.slice();
      if (kind === distillationParities.kind && from === "bob" && index === 2) {
        const tagged = TAGGED.map((one) => one.kind);
        const heard = rig.wire.filter((one) => one.from === "alice" && tagged.includes(one.kind)).length;
        const lie = forged(distillationReconcile, again!, () => ({ heard }));
        expect(alive).toBeGreaterThan(0);
        rig.give("alice", { type: "peerMessage", kind: distillationReconcile.kind, body: lie });
      }
      return [body];
    };
    const rig: DistillationRig = new DistillationRig({
      kernels: counted,
      bobKernels: kernels,
      tamper,
      bunch: 1,
    }).connect();
    run(rig, 1);
    expect(rig.log.alice.failures[0]).toMatchObject({
      code: "QKD_PEER_PROTOCOL",
      context: { stage: "reconciling", input: "reconcile" },
    });
    expect(alive).toBe(0);
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
    let forgets = false;
    const tamper = ({ from, kind, body }: WireMessage): readonly Uint8Array[] => {
      if (kind === distillationDone.kind) return [];
      if (!forgets || from !== "bob" || kind !== distillationHello.kind) return [body];
      return [forged(distillationHello, body, () => ({ closing: [] }))];
    };
    const rig = new DistillationRig({ kernels, tamper }).connect();
    run(rig, 14);
    expect(rig.log.alice.blocks).toEqual([]);
    expect(rig.log.bob.blocks.length).toBeGreaterThan(5);
    expect(rig.log.bob.blocks.length).toBeLessThanOrEqual(11);
    // What waits goes on waiting in the next session, which finds no room for more.
    rig.disconnect().settle().connect();
    run(rig, 14);
    expect(rig.log.bob.blocks.length).toBeLessThanOrEqual(11);
    // It is told in the hello: a peer that has lost it all gives the room back.
    forgets = true;
    rig.disconnect().settle().connect();
    expect(rig.log.alice.dropped.length).toBeGreaterThanOrEqual(10);
    run(rig, 14);
    expect(rig.log.bob.blocks.length).toBeGreaterThan(11);
  });
});
