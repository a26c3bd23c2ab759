import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import {
  distillationAgree,
  distillationHave,
  distillationOmit,
  PEER_MESSAGES,
  type PeerMessage,
} from "../../protocol/index.ts";
import { agreedOn, bodyOf, forged, havesIn } from "./distillation-forgery.ts";
import { DistillationRig, type WireMessage } from "./distillation-rig.ts";
import { frameSource, numbers } from "./distillation-source.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

/** What arrives instead of a message; `wire`: all that was sent so far, with this one. */
type Tamper = (message: WireMessage, wire: readonly WireMessage[]) => readonly Uint8Array[];

const FIRST_BLOCK = 5;

/** A block with frames that either site lacks; then a reconnection and frames for another. */
function run(
  tamper: Tamper,
  during: (rig: DistillationRig, frame: number) => void = () => {},
): DistillationRig {
  let attacked = true;
  const wire: WireMessage[] = [];
  const rig = new DistillationRig({
    kernels,
    tamper: (message) => {
      wire.push(message);
      return attacked ? tamper(message, wire) : [message.body];
    },
  }).connect();
  const next = frameSource({ seed: 51 });
  for (let i = 0; i < 24; i++) {
    const { qtx, qrx } = next();
    rig.frame(i === 3 || i === 8 ? { qrx } : i === 6 ? { qtx } : { qtx, qrx });
    during(rig, i);
    rig.settle();
  }
  attacked = false;
  rig.disconnect().settle().connect();
  for (let i = 0; i < 20; i++) rig.frame(next()).settle();
  return rig;
}

/** No two different keys under one number, and distillation goes on. */
function expectOneKey(rig: DistillationRig): void {
  const [alice, bob] = [rig.keys("alice"), rig.keys("bob")];
  const shared = [...alice].filter(([sequence]) => bob.has(sequence));
  for (const [sequence, key] of shared) expect(bob.get(sequence)).toBe(key);
  expect(shared.length).toBeGreaterThan(0);
}

function expectNoFirstBlock(rig: DistillationRig): void {
  expect([rig.keys("alice").has(FIRST_BLOCK), rig.keys("bob").has(FIRST_BLOCK)]).toEqual([false, false]);
  const codes = [...rig.log.alice.failures, ...rig.log.bob.failures].map(({ code }) => code);
  expect(codes.some((code) => code === "QKD_AUTH_TAG" || code === "QKD_PEER_PROTOCOL")).toBe(true);
}

describe("an attacker on the line between the sites", () => {
  it("who drops, doubles, delays, swaps or replays any have, omit or agree never gets two keys accepted", () => {
    let altered = 0;
    for (const { kind } of [distillationHave, distillationOmit, distillationAgree])
      for (let seed = 1; seed <= 14; seed++) {
        const random = numbers(100 * kind + seed);
        const at = Math.floor(
          random() * (kind === distillationHave.kind ? 20 : kind === distillationOmit.kind ? 2 : 1),
        );
        let held: Uint8Array[] = [];
        const old: Uint8Array[] = [];
        const actions: Tamper[] = [
          () => [],
          ({ body }) => [body, body],
          ({ body }) => {
            held.push(body);
            return [];
          },
          ({ body }) => [...old.slice(-1), body],
          ({ body }) => [body, ...old.slice(0, 1)],
          ({ body }) => [...old, body],
          ({ body }) => old.slice(0, 1).concat(old.length > 0 ? [] : [body]),
        ];
        const act = actions[seed % actions.length]!;
        const rig = run((message) => {
          if (message.kind !== kind) return [message.body];
          if (message.index === at) {
            altered += 1;
            return act(message, []);
          }
          old.push(message.body.slice());
          const late = held;
          held = [];
          return [message.body, ...late];
        });
        expectOneKey(rig);
      }
    expect(altered).toBeGreaterThanOrEqual(42);
  });

  it("who forges any field of any have, omit or agree never gets two keys accepted", () => {
    const other = (bytes: Uint8Array) => bytes.map((byte, i) => (i === 7 ? byte ^ 0x10 : byte));
    const forgeries: readonly ((wire: readonly WireMessage[], body: Uint8Array) => Uint8Array)[] = [
      (_, body) => forged(distillationHave, body, ({ number }) => ({ number: number + 1 })),
      (_, body) => forged(distillationHave, body, ({ firstGate }) => ({ firstGate: firstGate + 1n })),
      (_, body) => forged(distillationHave, body, ({ firstGate }) => ({ firstGate: firstGate * 1000n })),
      (_, body) => forged(distillationHave, body, ({ gateCount }) => ({ gateCount: gateCount - 1n })),
      (_, body) => forged(distillationHave, body, ({ detections }) => ({ detections: detections - 1 })),
      (_, body) => forged(distillationHave, body, ({ gateDigest }) => ({ gateDigest: other(gateDigest) })),
      // Another frame of Bob's in this one's place.
      (wire, body) => forged(distillationHave, body, ({ number }) => ({ ...havesIn(wire)[0], number })),
    ];
    for (const at of [0, 7, 18])
      for (const forge of forgeries) {
        let hit = false;
        const rig = run(({ kind, index, body }, wire) => {
          if (kind !== distillationHave.kind || index !== at) return [body];
          hit = true;
          return [forge(wire, body)];
        });
        expect(hit).toBe(true);
        expectOneKey(rig);
      }
    for (const index of [0, 1])
      for (const change of [{ number: 0 }, { number: 5 }, { number: 99 }, { reason: "refused" as const }])
        expectOneKey(
          run((message) => [
            message.kind === distillationOmit.kind && message.index === index
              ? forged(distillationOmit, message.body, () => change)
              : message.body,
          ]),
        );
  });

  it.each<[string, (agree: ReturnType<typeof distillationAgree.decode>) => object]>([
    ["last", ({ last }) => ({ last: last - 1 })],
    ["frames", ({ frames }) => ({ frames: frames + 1 })],
    ["detections", ({ detections }) => ({ detections: detections - 4096 })],
    ["flushed", () => ({ flushed: true })],
    ["listDigest", ({ listDigest }) => ({ listDigest: listDigest.map((byte) => byte ^ 0xff) })],
    ["sequence", ({ sequence }) => ({ sequence: sequence + 1 })],
    ["heard", () => ({ heard: 1 })],
  ])("cannot alter the agreement: with another %s the block dies by refusal or tag", (_, change) => {
    const rig = run(({ kind, index, body }) => [
      kind === distillationAgree.kind && index === 0 ? forged(distillationAgree, body, change) : body,
    ]);
    expectNoFirstBlock(rig);
    expectOneKey(rig);
  });

  it("cannot make the sites form a block of different frames: Bob's list, well-formed and full, is not Alice's", () => {
    // Bob never hears of the omissions, and gets an agreement on what he told.
    let lied = false;
    const rig = run((message, wire) => {
      if (message.kind === distillationOmit.kind) return [];
      if (message.kind !== distillationAgree.kind) return [message.body];
      lied = true;
      return [forged(distillationAgree, message.body, () => agreedOn(havesIn(wire).slice(0, 17)))];
    });
    expect(lied).toBe(true);
    expectNoFirstBlock(rig);
    expectOneKey(rig);
  });

  it("cannot have frames left out that Alice did not leave out", () => {
    for (const number of [0, 9, 16]) {
      const rig = run(
        ({ body }) => [body],
        (on, frame) => {
          const body = bodyOf(distillationOmit, { number, reason: "missing" });
          if (frame === 17)
            on.settle().give("bob", { type: "peerMessage", kind: distillationOmit.kind, body });
        },
      );
      // Bob's list is shorter than the one that Alice agrees on.
      expectNoFirstBlock(rig);
      expectOneKey(rig);
    }
  });

  it("cannot open a block in Alice's place: she answers nothing about it", () => {
    const rig = run(
      ({ body }) => [body],
      (on, frame) => {
        if (frame !== 12) return;
        const { wire } = on.settle();
        const omitted = new Set(
          wire
            .filter(({ kind }) => kind === distillationOmit.kind)
            .map(({ body }) => distillationOmit.decode(body).number),
        );
        const list = havesIn(wire).filter(({ number }) => !omitted.has(number));
        const body = bodyOf(distillationAgree, {
          sequence: FIRST_BLOCK,
          heard: 0,
          flushed: true,
          ...agreedOn(list.slice(0, 9)),
        });
        on.give("bob", { type: "peerMessage", kind: distillationAgree.kind, body });
      },
    );
    // Bob announced bases of frames that he holds, and Alice knows of no such block.
    expect(rig.log.alice.failures.map(({ code }) => code)).toContain("QKD_PEER_PROTOCOL");
    expectNoFirstBlock(rig);
    expectOneKey(rig);
  });

  it("cannot say for a site what it has heard: forged counts are refused or end in a wrong tag", () => {
    const tagged = PEER_MESSAGES.filter(({ owner, tagged: covered }) => owner === "distillation" && covered);
    const changes: readonly (readonly [string, (heard: number) => number])[] = [
      ["one more", (heard) => heard + 1],
      ["one less", (heard) => Math.max(0, heard - 1)],
      ["nothing", () => 0],
      ["more than can be", () => 0xffff_ffff],
    ];
    let forgeries = 0;
    for (const declared of tagged as unknown as PeerMessage<{ heard: number }>[])
      for (const [how, change] of changes) {
        let hit = false;
        const rig = run(({ kind, index, body }) => {
          if (kind !== declared.kind || index !== (declared.name === "distillation.parities" ? 6 : 0))
            return [body];
          const lie = forged(declared, body, ({ heard }) => ({ heard: change(heard) }));
          hit ||= !Buffer.from(lie).equals(body);
          return [lie];
        });
        if (!hit) continue;
        forgeries += 1;
        expect([declared.name, how, rig.keys("alice").has(FIRST_BLOCK)]).toEqual([declared.name, how, false]);
        expect([declared.name, how, rig.keys("bob").has(FIRST_BLOCK)]).toEqual([declared.name, how, false]);
        expectNoFirstBlock(rig);
        expectOneKey(rig);
      }
    expect(forgeries).toBeGreaterThan(30);
  });
});
