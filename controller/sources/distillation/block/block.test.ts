import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type HashKernel } from "../../../../kernels/index.ts";
import { CollectedFrame } from "../collecting/collected-frame.ts";
import { BitString } from "../memory/bit-string.ts";
import { PlanePool } from "../memory/plane-pool.ts";
import { WordPool } from "../memory/word-pool.ts";
import { Reconciliation } from "../reconciliation/reconciliation.ts";
import { SiftedIntensities } from "../sifting/sifted-intensities.ts";
import { Block } from "./block.ts";
import { authMaterialBytes, DirectionAuthentication } from "./block-authentication.ts";

let hash: HashKernel;
beforeAll(async () => {
  hash = (await createKernels()).hash;
});

const SESSION = new Uint8Array(32).fill(1);
const context = { sessionId: SESSION, settingsDigest: new Uint8Array(32).fill(2), sequence: 9 };
const material = (n: number) => new Uint8Array(authMaterialBytes(hash)).fill(n);
const body = (...bytes: readonly number[]) => Uint8Array.from(bytes);
const lie = expect.objectContaining({ code: "QKD_PEER_PROTOCOL" });

interface Parts {
  readonly site?: "alice" | "bob";
  readonly gates?: readonly bigint[];
  readonly pool?: PlanePool;
  readonly detections?: number;
  readonly digest?: number;
}

function frameAt(firstGate: bigint, { pool, detections = 64, digest = 5 }: Parts): CollectedFrame {
  const frame = new CollectedFrame(
    {
      role: "qrx",
      sessionNumber: 1,
      frameId: 1,
      firstGate,
      gateCount: 1000n,
      detections,
      gateDigest: new Uint8Array(32).fill(digest),
      planeBytes: 8,
    },
    new Uint8Array(16).fill(0xee),
  );
  if (pool !== undefined) frame.keep(pool, 0);
  return frame;
}

function make(parts: Parts = {}) {
  const { site = "alice", gates = [0n, 1000n] } = parts;
  const other = site === "alice" ? "bob" : "alice";
  const words = new WordPool();
  const keys = { alice: material(3), bob: material(4) };
  const block = new Block({
    sequence: 9,
    sessionId: SESSION,
    frames: gates.map((gate) => frameAt(gate, parts)),
    tags: {
      own: new DirectionAuthentication(hash, { offset: 0, material: keys[site] }, site, context),
      peer: new DirectionAuthentication(hash, { offset: 0, material: keys[other] }, other, context),
    },
    key: new BitString(1000, words),
    intensities: new SiftedIntensities(1000, words),
    openedAtMs: 0,
    collectedAtMs: 0,
  });
  return { block, keys };
}

describe("a block", () => {
  it("has at both sites the transcripts that were spoken, in each direction", () => {
    const { block: alice } = make();
    const { block: bob } = make({ site: "bob" });
    alice.say(0x14, [body(1), body(2)]);
    bob.hear(0x14, body(1, 2), 0);
    bob.say(0x15, [body(7)]);
    alice.hear(0x15, body(7), 1);
    expect([alice.sent, alice.heard, bob.sent, bob.heard]).toEqual([1, 1, 1, 1]);
    expect(bob.verifyPeer(alice.ownTag())).toBe(true);
    expect(alice.verifyPeer(bob.ownTag())).toBe(true);
  });

  it.each<[string, Parts]>([
    ["another frame", { gates: [0n, 2000n] }],
    ["one frame less", { gates: [0n] }],
    ["another order", { gates: [1000n, 0n] }],
    ["another number of detections", { detections: 63 }],
    ["another digest", { digest: 6 }],
  ])("ties both directions to the list of its frames: %s, and neither tag is right", (_, parts) => {
    for (const site of ["alice", "bob"] as const) {
      const { block: honest } = make({ site });
      const { block: altered } = make({ ...parts, site: site === "alice" ? "bob" : "alice" });
      honest.say(0x14, [body(1)]);
      altered.hear(0x14, body(1), 0);
      expect(altered.verifyPeer(honest.ownTag())).toBe(false);
    }
  });

  it("notices in its tag what a message said of the other side, and in which order", () => {
    const say = (...bodies: readonly Uint8Array[]) => {
      const { block } = make();
      for (const one of bodies) block.say(0x18, [one]);
      return Buffer.from(block.ownTag()).toString("hex");
    };
    const tags = [
      say(body(1), body(2)),
      say(body(2), body(1)),
      say(body(1, 2)),
      say(body(1), body(2), body()),
    ];
    expect(new Set(tags).size).toBe(4);
  });

  it("lets the peer's word of what it heard rise, never fall, and never exceed what was sent", () => {
    const { block } = make();
    expect(() => block.hear(0x15, body(), 1)).toThrow(lie);
    block.say(0x14, [body()]);
    block.say(0x14, [body()]);
    block.hear(0x15, body(), 1);
    block.hear(0x15, body(), 1);
    expect(() => block.hear(0x15, body(), 0)).toThrow(lie);
    expect(() => block.hear(0x15, body(), 3)).toThrow(lie);
    expect(block.heard).toBe(2);
    block.hear(0x15, body(), 2);
    expect(() => block.hear(0x15, body(), 1)).toThrow(lie);
  });

  it("refuses what was said before the peer had heard enough", () => {
    const { block } = make();
    block.requireHeard(0);
    for (let i = 0; i < 3; i++) block.say(0x14, [body()]);
    block.hear(0x15, body(), 2);
    block.requireHeard(2);
    expect(() => block.requireHeard(3)).toThrow(lie);
    block.hear(0x15, body(), 3);
    block.requireHeard(3);
  });

  it("is named by session and number", () => {
    expect(make().block.blockId).toMatch(/^[0-9a-f]{32}$/);
    expect(make().block.blockId).toBe(make({ site: "bob" }).block.blockId);
  });

  it("leaves nothing behind when it is dropped: planes, bits, intensities, seed, hash; pads without a tag go back", () => {
    const pool = new PlanePool(1 << 16);
    const { block, keys } = make({ pool });
    const planes = block.frames.map((frame) => frame.plane(0));
    expect(pool.heldBytes).toBe(32);
    block.key.append(new Uint8Array(16).fill(255), 128);
    block.intensities?.decoy.append(new Uint8Array(16).fill(255), 128);
    block.intensities?.vacuum.append(new Uint8Array(16).fill(255), 128);
    const wrong = new BitString(128);
    wrong.append(new Uint8Array(16).fill(255), 128);
    const deal = { bits: 128, cohorts: 1 };
    block.reconciliation = new Reconciliation({ deal, qberPpm: 1, seed: new Uint8Array(32), wrong });
    const hashed = new Uint8Array(32).fill(255);
    block.hashed = hashed;
    block.seed = new Uint8Array(8);
    const secrets = [
      ...planes,
      block.key.bytes,
      block.intensities!.decoy.bytes,
      block.intensities!.vacuum.bytes,
      wrong.bytes,
      hashed,
    ];
    expect(secrets.every((bytes) => bytes.some((byte) => byte !== 0))).toBe(true);
    const pads = block.drop();
    expect(pads.own?.material).toBe(keys.alice);
    expect(pads.peer?.material).toBe(keys.bob);
    expect(block.drop()).toEqual({ own: null, peer: null });
    for (const [index, bytes] of secrets.entries())
      expect(
        bytes.every((byte) => byte === 0),
        `secret ${index}`,
      ).toBe(true);
    expect([pool.heldBytes, block.key.bits, block.seed, block.hashed]).toEqual([0, 0, null, null]);
  });
});
