import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import { distillationSiftReply } from "../../protocol/index.ts";
import { DistillationRig, type RigOptions } from "./distillation-rig.ts";
import { frameSource, SMALL_SETTINGS } from "./distillation-source.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

const DETECTIONS = 4096;
const FRAME_BYTES = { alice: (4 * DETECTIONS) / 8, bob: (2 * DETECTIONS) / 8 };
/** A link so slow that three blocks are what a site may hold. */
const settings = { ...SMALL_SETTINGS, link: { ...SMALL_SETTINGS.link, clockHz: 1e6 } };
/** Detections that fill a block, as the specification counts them. */
const BLOCK_DETECTIONS = Math.ceil((24_000 + 5 * Math.sqrt(24_000)) / (0.6 * 0.6));
const LIMIT_BYTES = {
  alice: Math.ceil((3 * BLOCK_DETECTIONS * 4) / 8),
  bob: Math.ceil((3 * BLOCK_DETECTIONS * 2) / 8),
};
const SIDES = ["alice", "bob"] as const;

const make = (options: Partial<RigOptions> = {}) =>
  new DistillationRig({ kernels, settings: { alice: settings, bob: settings }, ...options });

describe("the memory that a site holds for frames", () => {
  it("never exceeds its bound by more than a frame, stops taking frames there, and is empty when all is distilled", () => {
    // No block can be opened while Alice's reserve refuses.
    const rig = make({ refuseAuth: 1 }).connect();
    const next = frameSource({ seed: 2 });
    const most = { alice: 0, bob: 0 };
    const watch = () => {
      for (const side of SIDES) {
        const { heldBytes } = rig[side].progress;
        most[side] = Math.max(most[side], heldBytes);
        expect(heldBytes).toBeLessThan(LIMIT_BYTES[side] + FRAME_BYTES[side]);
      }
    };
    for (let i = 0; i < 120; i++) {
      rig.frame(next());
      for (let step = 0; step < 4; step++, watch()) rig.settle(1);
      rig.settle();
    }
    for (const side of SIDES) {
      expect(most[side]).toBeGreaterThanOrEqual(LIMIT_BYTES[side]);
      const held = Math.ceil(LIMIT_BYTES[side] / FRAME_BYTES[side]);
      expect(rig.log[side].acknowledged).toHaveLength(held);
    }
    rig.nowMs += 5000;
    for (let i = 0; i < 34; i++, watch()) rig.frame(next()).settle();
    rig.give("alice", { type: "flush" }).settle();
    expect(rig.keys("alice").size).toBeGreaterThan(5);
    expect(rig.keys("alice")).toEqual(rig.keys("bob"));
    for (const side of SIDES) {
      expect(rig[side].progress.heldBytes).toBe(0);
      expect(new Set(rig.log[side].acknowledged).size).toBe(154);
    }
  });

  it("is told again after a reconnection at the bound, and distillation goes on", () => {
    const rig = make({ refuseAuth: 1 }).connect();
    const next = frameSource({ seed: 2 });
    for (let i = 0; i < 120; i++) rig.frame(next()).settle();
    rig.disconnect().settle().connect();
    for (let i = 0; i < 8; i++) rig.frame(next()).settle();
    expect(rig.keys("alice").size).toBeGreaterThan(3);
    expect(rig.keys("alice")).toEqual(rig.keys("bob"));
    for (const side of SIDES) expect(rig[side].progress.missingFrames).toBe(0);
  });

  it("is given back at once when a block is lost with its session", () => {
    let reached = false;
    const rig = make({
      bunch: 1,
      tamper: ({ kind, index, body }) => {
        reached ||= kind === distillationSiftReply.kind && index === 3;
        return [body];
      },
    }).connect();
    const next = frameSource({ seed: 2 });
    for (let i = 0; i < 20; i++) rig.frame(next());
    while (!reached) rig.settle(1);
    const before = SIDES.map((side) => rig[side].progress.heldBytes);
    expect(before.every((bytes) => bytes > 0)).toBe(true);
    rig.disconnect().settle();
    for (const side of SIDES) {
      expect(rig.log[side].dropped).toHaveLength(1);
      // What is left waits for the next block.
      expect(rig[side].progress.heldBytes).toBeLessThanOrEqual(3 * FRAME_BYTES[side]);
    }
  });

  it("is given back by the kernel with each cohort: kept, extended, discarded, hopeless or lost", () => {
    for (const fate of ["kept", "discarded", "hopeless", "lost"] as const) {
      let alive = 0;
      let made = 0;
      const counted: Kernels = {
        ...kernels,
        cascade: (setup) => {
          const cascade = kernels.cascade(setup);
          const free = cascade.free.bind(cascade);
          alive += 1;
          made += 1;
          return Object.assign(cascade, {
            free: () => {
              alive -= 1;
              free();
            },
          });
        },
      };
      const wrongTag = (key: Uint8Array, message: Uint8Array) =>
        kernels.hash.polynomial(key, message).fill(0);
      const bobHash = fate === "discarded" ? { ...counted.hash, polynomial: wrongTag } : counted.hash;
      const rig = make({ kernels: counted, bobKernels: { ...counted, hash: bobHash } }).connect();
      const next = frameSource({
        seed: 2,
        qber: fate === "hopeless" ? { z: 0.25, x: 0.25 } : { z: 0.01, x: 0.01 },
      });
      for (let i = 0; i < 16; i++) rig.frame(next()).settle();
      rig.frame(next());
      if (fate === "lost") {
        while (alive < 4) rig.settle(1);
        rig.disconnect();
      }
      rig.settle();
      expect([fate, alive, made > 0]).toEqual([fate, 0, fate !== "hopeless"]);
      expect(rig.alice.progress.discardedCohorts > 0).toBe(fate === "discarded" || fate === "hopeless");
      for (const side of SIDES)
        expect(rig[side].progress).toMatchObject({ heldBytes: 0, cohortsInFlight: 0 });
    }
  });
});
