import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../../../kernels/index.ts";
import { LINK_PRESETS } from "../../../../physics/index.ts";
import { distillationTag } from "../../../../protocol/index.ts";
import type { Block } from "../block/block.ts";
import { authMaterialBytes } from "../block/block-authentication.ts";
import { CollectedFrame } from "../collecting/collected-frame.ts";
import { agreedSettings } from "../settings.ts";
import { AuthSupply } from "./auth-supply.ts";
import { Session } from "./session.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

const settings = agreedSettings({
  link: LINK_PRESETS.yuan2018.link,
  blockBits: 1e5,
  epsilonSecrecy: 1e-10,
  epsilonCorrectness: 1e-15,
  maxLeakFraction: 0.4,
});

/** Alice's session that holds material for block 1. */
function make(attempts = Number.POSITIVE_INFINITY) {
  const bytes = authMaterialBytes(kernels.hash);
  const supply = new AuthSupply("alice", bytes, {
    request: () => {},
    offer: () => {},
    refuse: () => {},
    failed: () => {},
    mayOffer: () => true,
  });
  const session = new Session(
    {
      site: "alice",
      settings,
      settingsDigest: new Uint8Array(32),
      kernels,
      random: (count) => new Uint8Array(count),
      firstSequence: 1,
      attempts,
    },
    supply,
  );
  const provide = (sequence: number) => {
    supply.prepare(sequence);
    supply.material(2 * sequence - 1, 0, new Uint8Array(bytes).fill(1));
    supply.offered({ sequence, offset: 0 }, sequence);
    supply.material(2 * sequence, 0, new Uint8Array(bytes).fill(2));
  };
  return { session, provide };
}

function frame(): CollectedFrame {
  const facts = {
    role: "qtx",
    sessionNumber: 1,
    frameId: 0,
    firstGate: 0n,
    gateCount: 100n,
    detections: 8,
    gateDigest: new Uint8Array(32),
    planeBytes: 1,
  } as const;
  return new CollectedFrame(facts, new Uint8Array(4));
}

describe("a session", () => {
  it("opens a block only where it holds the material of both directions, and uses it once", () => {
    const { session, provide } = make();
    const refused = expect.objectContaining({ code: "QKD_PEER_PROTOCOL" });
    expect(session.mayOpen).toBe(false);
    expect(() => session.open([frame()])).toThrow(refused);
    provide(1);
    expect(session.mayOpen).toBe(true);
    expect(session.open([frame()]).sequence).toBe(1);
    expect(session.mayOpen).toBe(false);
    expect(() => session.open([frame()])).toThrow(refused);
  });

  it("opens no more blocks than may be attempted, however those before ended", () => {
    const { session, provide } = make(1);
    provide(1);
    session.open([frame()]);
    session.end("a test");
    // The pads come back: no tag was made with them.
    session.prepare();
    provide(2);
    expect([session.mayAttempt, session.mayOpen]).toEqual([false, false]);
    expect(() => session.open([frame()])).toThrow(expect.objectContaining({ code: "QKD_PEER_PROTOCOL" }));
    session.attempts = 2;
    expect(session.mayAttempt).toBe(true);
  });

  it("wipes a block that gives no key and one that is lost", () => {
    for (const end of ["aborted", "lost"] as const) {
      const { session, provide } = make();
      provide(1);
      const block = session.open([frame()]);
      block.key.append(new Uint8Array(2).fill(255), 16);
      const bits = block.key.bytes;
      block.stage = end === "aborted" ? { at: "decided", key: false } : { at: "reconciled" };
      if (end === "aborted") session.advance(block, { type: "tag" });
      else session.end("the peer is gone");
      expect([...bits]).toEqual([0, 0]);
      expect(session.blocks).toEqual([]);
      expect(session.takeOutputs().at(-1)?.type).toBe(end === "aborted" ? "blockAborted" : "blockDropped");
    }
  });

  it("tells what a lost block cost: its secrecy always, its tags where one was made or compared", () => {
    const costOf = (happen: (block: Block) => void) => {
      const { session, provide } = make();
      provide(1);
      const block = session.open([frame()]);
      block.collisionBound = 1e-17;
      happen(block);
      session.end("the peer is gone");
      const output = session.takeOutputs().at(-1);
      if (output?.type !== "blockDropped") throw new Error("no block was dropped");
      return { ...output.epsilon, padsSpent: output.padsSpent };
    };
    const { epsilonSecrecy: secrecy } = make().session.settings;
    const untagged = { secrecy, correctness: 1e-17, authentication: 0, padsSpent: false };
    expect(costOf(() => {})).toEqual(untagged);
    const tags = { ...untagged, authentication: expect.closeTo(0, 30) };
    for (const [happen, padsSpent] of [
      [(block: Block) => void block.ownTag(), true],
      [(block: Block) => void block.verifyPeer(new Uint8Array(16)), false],
    ] as const) {
      const cost = costOf(happen);
      expect(cost).toEqual({ ...tags, padsSpent });
      expect(cost.authentication).toBeGreaterThan(0);
    }
  });

  const DECIDED = { at: "decided", key: true } as const;
  const TAGGED = { at: "amplifying", confirmed: false, amplified: false } as const;

  it("keeps a block that lacks nothing but tags for the next session, if the other site has it, too", () => {
    for (const stage of [DECIDED, TAGGED]) {
      const { session, provide } = make();
      provide(1);
      const block = session.open([frame()]);
      block.stage = stage;
      session.end("the peer is gone");
      expect([session.blocks, session.closingIds]).toEqual([[], [block.blockId]]);
      expect(session.holdings.blockIds).toEqual([block.blockId]);
      session.resume(["00".repeat(16), block.blockId]);
      expect([...session.facts.open, ...session.facts.finishing]).toEqual([block]);
      expect([session.closingIds, session.takeOutputs()]).toEqual([[], []]);
    }
  });

  it("loses it where the other site does not list it, or does not come back in time", () => {
    for (const how of ["unlisted", "late"] as const) {
      const { session, provide } = make();
      provide(1);
      const block = session.open([frame()]);
      block.key.append(new Uint8Array(2).fill(255), 16);
      const bits = block.key.bytes;
      block.stage = DECIDED;
      session.nowMs = 1000;
      session.end("the peer is gone");
      session.nowMs = 301_000;
      session.expireClosing();
      expect(session.takeOutputs()).toEqual([]);
      session.nowMs = 301_001;
      if (how === "late") session.expireClosing();
      else session.resume([]);
      expect(session.takeOutputs()).toMatchObject([{ type: "blockDropped", sequence: 1, padsSpent: false }]);
      expect([[...bits], session.closingIds]).toEqual([[0, 0], []]);
    }
  });

  it("keeps none of which a wrong tag has come", () => {
    const { session, provide } = make();
    provide(1);
    const block = session.open([frame()]);
    block.stage = DECIDED;
    expect(block.verifyPeer(new Uint8Array(16))).toBe(false);
    session.end("QKD_AUTH_TAG");
    expect(session.closingIds).toEqual([]);
    expect(session.takeOutputs()).toMatchObject([{ type: "blockDropped", sequence: 1 }]);
  });

  it("answers a tag that it has had with the one it sent, once a session, and destroys the block at another", () => {
    const resumed = () => {
      const { session, provide } = make();
      provide(1);
      const block = session.open([frame()]);
      const own = block.ownTag();
      block.verifyPeer(new Uint8Array(16));
      const right = Uint8Array.from({ length: 16 }, (_, i) => i);
      block.verifyPeer = (tag) => Buffer.compare(tag, right) === 0;
      block.stage = TAGGED;
      expect(session.repeatTag(1, right)).toBe(false);
      session.end("the peer is gone");
      expect(session.repeatTag(1, right)).toBe(false);
      session.resume([block.blockId]);
      return { session, own, right };
    };
    const { session, own, right } = resumed();
    expect(session.repeatTag(2, right)).toBe(false);
    expect(session.repeatTag(1, right)).toBe(true);
    const [output, ...others] = session.takeOutputs();
    if (output?.type !== "send") throw new Error("nothing was sent");
    expect([distillationTag.decode(Buffer.concat(output.parts)), others]).toEqual([
      { sequence: 1, tag: own },
      [],
    ]);
    expect(session.repeatTag(1, right)).toBe(false);
    const other = resumed();
    expect(() => other.session.repeatTag(1, other.own)).toThrow(
      expect.objectContaining({ code: "QKD_AUTH_TAG" }),
    );
    expect(other.session.takeOutputs()).toMatchObject([{ type: "blockDropped", sequence: 1 }]);
    expect(other.session.facts.finishing).toEqual([]);
  });

  it("wipes a hashed key that nobody waits for any more", () => {
    const { session } = make();
    const key = new Uint8Array(32).fill(255);
    session.amplified(7, key);
    expect(key.every((byte) => byte === 0)).toBe(true);
    expect(session.takeOutputs()).toEqual([]);
  });
});
