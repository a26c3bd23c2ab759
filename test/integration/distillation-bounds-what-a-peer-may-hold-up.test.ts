import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import {
  distillationHello,
  distillationParities,
  distillationReconcile,
  distillationSiftReply,
} from "../../protocol/index.ts";
import { bodyOf, forged } from "./distillation-forgery.ts";
import { DistillationRig, type RigOptions, type WireMessage } from "./distillation-rig.ts";
import { frameSource } from "./distillation-source.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

const LEAD = 2 ** 16;

function sites(options: Partial<RigOptions> = {}) {
  const rig = new DistillationRig({ kernels, ...options });
  const next = frameSource({ seed: 51 });
  const blocks = (count: number): void => {
    for (let i = 0; i < 17 * count; i++) rig.frame(next()).settle();
  };
  const pass = (ms: number): void => {
    for (const end = rig.nowMs + ms; rig.nowMs < end; ) {
      rig.nowMs += 250;
      rig.tick();
    }
  };
  return { rig, blocks, pass };
}
const codes = (rig: DistillationRig, side: "alice" | "bob") => rig.log[side].failures.map(({ code }) => code);

describe("the number that a peer proposes", () => {
  /** Bob's hellos name this number while `lies` holds. */
  const proposing = (sequence: number, lies: () => boolean) => (message: WireMessage) =>
    message.kind === distillationHello.kind && message.from === "bob" && lies()
      ? [forged(distillationHello, message.body, () => ({ nextSequence: sequence }))]
      : [message.body];

  it.each([
    ["the last that a store can hold", 2 ** 32 - 2],
    ["one further than the lead", 9 + LEAD + 1],
  ])("is refused by name where it is %s, and leaves no trace", (_, sequence) => {
    let lies = true;
    const { rig, blocks, pass } = sites({ firstSequence: 9, tamper: proposing(sequence, () => lies) });
    rig.connect();
    blocks(1);
    expect(codes(rig, "alice")[0]).toBe("QKD_PEER_LIED");
    expect(rig.log.alice.blocks).toEqual([]);
    lies = false;
    pass(13_000);
    blocks(2);
    expect([...rig.keys("alice").keys()][0]).toBeLessThan(20);
    expect(rig.keys("alice")).toEqual(rig.keys("bob"));
  });

  it("within the lead is taken for the session alone while no block bears it out", () => {
    let lies = true;
    const { rig, pass } = sites({ firstSequence: 9, tamper: proposing(9 + LEAD, () => lies) });
    for (let again = 0; again < 20; again++) {
      rig.disconnect().settle().connect();
      expect(codes(rig, "alice")).toEqual([]);
    }
    lies = false;
    rig.disconnect().settle().connect();
    pass(1000);
    const said = rig.wire.filter(({ kind, from }) => kind === distillationHello.kind && from === "alice");
    const proposed = said.map(({ body }) => distillationHello.decode(body).nextSequence);
    expect(Math.max(...proposed)).toBe(9 + LEAD / 2);
  });

  it("may be far ahead of a site that never stored a block", () => {
    const { rig } = sites({ firstSequence: 1, tamper: proposing(40_000_000, () => true) });
    rig.connect();
    expect(codes(rig, "alice")).toEqual([]);
    const other = sites({ firstSequence: 1, tamper: proposing(2 ** 31 + 2, () => true) });
    other.rig.connect();
    expect(codes(other.rig, "alice")[0]).toBe("QKD_PEER_LIED");
  });
});

describe("hellos", () => {
  const flood = (rig: DistillationRig, count: number, nonce: (i: number) => number): void => {
    const [first] = rig.wire.filter(({ kind, from }) => kind === distillationHello.kind && from === "bob");
    for (let i = 0; i < count; i++) {
      const body = forged(distillationHello, first!.body, () => ({
        nonce: new Uint8Array(16).fill(nonce(i)),
        echo: new Uint8Array(16),
      }));
      rig.give("alice", { type: "peerMessage", kind: distillationHello.kind, body });
    }
    rig.settle();
  };

  it.each([
    ["each of another session", (i: number) => i],
    ["all of one session", () => 77],
  ])("beyond one a second and a burst end the connection by name, once: %s", (_, nonce) => {
    const { rig, blocks, pass } = sites();
    rig.connect();
    const said = rig.wire.length;
    flood(rig, 200, nonce);
    expect(codes(rig, "alice").filter((code) => code === "QKD_PEER_FLOOD")).toHaveLength(1);
    expect(rig.log.alice.renewals.map(({ code }) => code)).toEqual(["QKD_PEER_FLOOD"]);
    expect(rig.wire.length - said).toBeLessThan(20);
    expect(rig.alice.progress.brokenSessions).toBe(1);
    pass(500);
    blocks(2);
    expect(rig.keys("alice").size).toBe(2);
    expect(rig.keys("alice")).toEqual(rig.keys("bob"));
  });

  it("of this site keep the same bound when one session breaks after the other", () => {
    const { rig } = sites();
    rig.connect();
    const own = () => rig.wire.filter(({ kind, from }) => kind === distillationHello.kind && from === "bob");
    const before = own().length;
    for (let i = 0; i < 12; i++) {
      rig.give("bob", { type: "peerMessage", kind: distillationReconcile.kind, body: new Uint8Array(3) });
      rig.settle();
    }
    expect(own().length - before).toBeLessThanOrEqual(5);
    expect(rig.bob.progress.brokenSessions).toBe(rig.log.bob.failures.length);
    expect(rig.log.bob.renewals).toEqual([]);
  });
});

describe("a peer that goes on, but not to the end", () => {
  it("cannot hold a block longer than its limit by messages that it draws out", () => {
    const parities = distillationParities.kind;
    const { rig, blocks, pass } = sites({ tamper: ({ kind, body }) => (kind === parities ? [] : [body]) });
    rig.connect();
    blocks(1);
    const [opening] = rig.wire.filter(({ kind }) => kind === parities);
    const [reply] = rig.wire.filter(({ kind }) => kind === distillationSiftReply.kind).toReversed();
    const { sequence } = distillationParities.decode(opening!.body);
    const heard = {
      alice: distillationParities.decode(opening!.body).heard,
      bob: distillationSiftReply.decode(reply!.body).heard,
    };
    const failures = () => [...rig.log.alice.failures, ...rig.log.bob.failures];
    // Empty messages are progress of the transcript and of nothing else.
    for (let i = 0; i < 30 && failures().length === 0; i++) {
      for (const side of ["alice", "bob"] as const) {
        const body = bodyOf(distillationParities, { sequence, heard: heard[side], entries: [] });
        rig.give(side, { type: "peerMessage", kind: parities, body });
      }
      pass(5000);
    }
    expect(failures()[0]).toMatchObject({ code: "QKD_PEER_STALLED", context: { awaited: "block" } });
    expect(rig.alice.progress.brokenSessions + rig.bob.progress.brokenSessions).toBe(failures().length);
  });
});

describe("a part of this site that does not answer", () => {
  it("costs the block that waits to be hashed, under a name, and no other", () => {
    let silent = true;
    const { rig, blocks, pass } = sites({ silent: (part) => part === "amplification" && silent });
    rig.connect();
    blocks(1);
    silent = false;
    blocks(1);
    expect(rig.keys("alice").size).toBe(1);
    pass(62_000);
    expect(rig.log.alice.failures).toMatchObject([
      { code: "QKD_DISTILLATION_STALLED", context: { awaited: "amplification" } },
    ]);
    expect(rig.log.alice.dropped).toHaveLength(1);
    blocks(1);
    expect(rig.keys("alice").size).toBe(2);
  });

  it("is asked anew when it is the reserve", () => {
    let silent = true;
    const { rig, blocks, pass } = sites({ silent: (part) => part === "reserve" && silent });
    rig.connect();
    blocks(1);
    pass(31_000);
    expect(rig.log.alice.failures).toMatchObject([
      { code: "QKD_DISTILLATION_STALLED", context: { awaited: "reserve" } },
    ]);
    silent = false;
    pass(35_000);
    blocks(1);
    expect(rig.keys("alice").size).toBeGreaterThan(0);
    expect(rig.keys("alice")).toEqual(rig.keys("bob"));
  });
});
