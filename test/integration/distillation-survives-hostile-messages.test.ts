import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import {
  distillationDisclose,
  distillationHello,
  distillationOffer,
  distillationParities,
  distillationRefuse,
  distillationSeed,
  distillationSiftReply,
  PEER_MESSAGES,
} from "../../protocol/index.ts";
import { DistillationRig, type Side, type WireMessage } from "./distillation-rig.ts";
import { frameSource, numbers, SMALL_SETTINGS } from "./distillation-source.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

const SIDES: readonly Side[] = ["alice", "bob"];
/** Every message of distillation enrols by itself. */
const MESSAGES = PEER_MESSAGES.filter(({ owner }) => owner === "distillation");

type Damage = (body: Uint8Array) => readonly Uint8Array[];

const flip =
  (bit: number): Damage =>
  (body) => {
    const damaged = body.slice();
    const at = bit % (8 * damaged.length);
    damaged[at >> 3]! ^= 1 << (at & 7);
    return [damaged];
  };

/**
 * One block with a missing frame (so that it is left out) while one message is damaged; then a reconnection and enough
 * frames for whole blocks. Whatever happened, a key that both sites hand out is the same at both.
 */
function attack(from: Side, kind: number, index: number, damage: Damage): DistillationRig {
  const tamper = (message: WireMessage): readonly Uint8Array[] =>
    message.from === from && message.kind === kind && message.index === index
      ? damage(message.body)
      : [message.body];
  const conflictAt = kind === distillationRefuse.kind ? from : undefined;
  const rig = new DistillationRig({ kernels, tamper, ...(conflictAt === undefined ? {} : { conflictAt }) });
  rig.connect();
  const next = frameSource({ seed: 21 });
  for (let i = 0; i < 20; i++) {
    const pair = next();
    rig.frame(i === 3 ? { qrx: pair.qrx } : pair).settle();
  }
  rig.disconnect().settle().connect();
  for (let i = 0; i < 20; i++) rig.frame(next()).settle();
  return rig;
}

function expectNoWrongKey(rig: DistillationRig): void {
  const alice = rig.keys("alice");
  const bob = rig.keys("bob");
  for (const [sequence, key] of alice) if (bob.has(sequence)) expect(bob.get(sequence)).toBe(key);
  // After the reconnection distillation works again.
  expect([...alice.keys()].filter((sequence) => bob.has(sequence)).length).toBeGreaterThan(0);
}

describe("a damaged message", () => {
  for (const { name, kind, from: sender } of MESSAGES)
    for (const from of SIDES.filter((side) => sender === "either" || sender === side)) {
      if (kind === distillationDisclose.kind) continue;
      it(`${name} of ${from} never makes a wrong key: any bit, cut short, extended, doubled, lost, replaced`, () => {
        const random = numbers(kind * 2 + (from === "bob" ? 1 : 0));
        const somewhere = () => Math.floor(random() * 1e6);
        const damages: Damage[] = [
          flip(0),
          flip(somewhere()),
          flip(somewhere()),
          (body) => [body.subarray(0, body.length - 1)],
          (body) => [new Uint8Array([...body, 0])],
          (body) => [body, body],
          () => [],
          () => [new Uint8Array()],
          (body) => [body.map(() => Math.floor(random() * 256))],
        ];
        for (const damage of damages) {
          let hit = false;
          const rig = attack(from, kind, kind === distillationParities.kind ? 4 : 0, (body) => {
            hit = true;
            return damage(body);
          });
          expect(hit).toBe(true);
          expectNoWrongKey(rig);
        }
      });
    }

  it("in a transcript is noticed by its tag: the block is destroyed at both sites and reported as an attack", () => {
    // Bits of Alice's intensities: nothing but the transcript can notice them.
    let original = new Uint8Array();
    const rig = attack("alice", distillationSiftReply.kind, 5, (body) => {
      original = body.slice();
      const damaged = body.slice();
      damaged[damaged.length - 300]! ^= 1;
      return [damaged];
    });
    expect(original.length).toBeGreaterThan(600);
    const codes = [...rig.log.alice.failures, ...rig.log.bob.failures].map(({ code }) => code);
    expect(codes.some((code) => code === "QKD_AUTH_TAG" || code === "QKD_PEER_PROTOCOL")).toBe(true);
    expect(rig.keys("alice").has(5)).toBe(false);
    expect(rig.keys("bob").has(5)).toBe(false);
    expectNoWrongKey(rig);
  });

  it("of the seed alone is caught by the tag", () => {
    const rig = attack("alice", distillationSeed.kind, 0, flip(8 * 100));
    expect(rig.log.bob.failures.map(({ code }) => code)).toContain("QKD_AUTH_TAG");
    expect(rig.keys("alice").has(5)).toBe(false);
    expect(rig.keys("bob").has(5)).toBe(false);
  });

  it("with wrong parities costs further passes or the cohort, never a wrong key", () => {
    for (const index of [0, 2, 6, 10]) {
      const rig = attack("bob", distillationParities.kind, index, (body) => {
        const damaged = body.slice();
        for (let i = damaged.length - 1; i >= 24; i -= 7) damaged[i]! ^= 0x55;
        return [damaged];
      });
      expectNoWrongKey(rig);
      expect(rig.keys("alice").has(5)).toBe(false);
    }
  });

  it("leaves no session behind after seventeen in a row, until the channel reconnects", () => {
    let damaged = true;
    const rig = new DistillationRig({
      kernels,
      tamper: ({ kind, body }) =>
        damaged && kind === distillationSiftReply.kind ? [new Uint8Array(3)] : [body],
    }).connect();
    const next = frameSource();
    // Each broken session costs a block.
    for (let i = 0; i < 17 * 19; i++) {
      rig.nowMs += 250;
      rig.frame(next()).settle();
    }
    const offers = rig.wire.filter(({ kind }) => kind === distillationOffer.kind).length;
    expect(rig.log.bob.failures.at(-1)?.message).toContain("too many broken sessions");
    expect(offers).toBeLessThan(45);
    expect(rig.log.bob.renewals).toHaveLength(1);
    // The last failure tells that there were too many.
    expect(rig.bob.progress.brokenSessions).toBe(rig.log.bob.failures.length - 1);
    damaged = false;
    rig.disconnect().settle().connect();
    for (let i = 0; i < 36; i++) rig.frame(next()).settle();
    expect(rig.keys("alice").size).toBeGreaterThan(0);
    expect(rig.keys("alice")).toEqual(rig.keys("bob"));
  });
});

describe("sites that do not fit together", () => {
  it("refuse to distil with different settings", () => {
    const bob = { ...SMALL_SETTINGS, blockBits: 30_000 };
    const rig = new DistillationRig({ kernels, settings: { bob } }).connect();
    const next = frameSource();
    for (let i = 0; i < 20; i++) rig.frame(next()).settle();
    expect(rig.log.alice.failures[0]?.code).toBe("QKD_DISTILLATION_SETTINGS");
    expect(rig.log.bob.failures[0]?.code).toBe("QKD_DISTILLATION_SETTINGS");
    expect(rig.log.alice.failures.length).toBeLessThan(4);
    expect(rig.wire.every(({ kind }) => kind === distillationHello.kind)).toBe(true);
  });

  it("need not agree on the losses they expect", () => {
    const link = { ...SMALL_SETTINGS.link, channelLossDb: 3 };
    const rig = new DistillationRig({ kernels, settings: { bob: { ...SMALL_SETTINGS, link } } }).connect();
    const next = frameSource();
    for (let i = 0; i < 18; i++) rig.frame(next()).settle();
    expect(rig.keys("alice").size).toBe(1);
    expect(rig.keys("alice")).toEqual(rig.keys("bob"));
  });
});
