import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import { distillationDisclose, distillationRefuse, PEER_MESSAGES } from "../../protocol/index.ts";
import { DistillationRig, type Side, type WireMessage } from "./distillation-rig.ts";
import { frameSource } from "./distillation-source.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

/** Every message of distillation enrols by itself, once for each site that may send it. */
const DIRECTIONS = PEER_MESSAGES.filter(({ owner }) => owner === "distillation").flatMap(
  ({ name, kind, from }) =>
    (["alice", "bob"] as const)
      .filter((side) => from === "either" || from === side)
      .map((side) => ({ name, kind, side })),
);
const TICK_MS = 250;
/** The longest limit of a wait, and a little more. */
const LONGEST_MS = 62_000;
const FRAMES_A_BLOCK = 17;

const shared = (rig: DistillationRig): number =>
  [...rig.keys("alice").keys()].filter((sequence) => rig.keys("bob").has(sequence)).length;

const failures = (rig: DistillationRig): string[] =>
  (["alice", "bob"] as const).flatMap((side) => rig.log[side].failures.map(({ code }) => code));

/** Lets time pass in ticks, as the timer of a site does, until the condition holds; the time that it took. */
function pass(rig: DistillationRig, longestMs: number, until: () => boolean = () => false): number {
  const begin = rig.nowMs;
  while (!until() && rig.nowMs - begin < longestMs) {
    rig.nowMs += TICK_MS;
    rig.tick();
  }
  return rig.nowMs - begin;
}

/**
 * Two sites that lose what the rule says; a frame of Bob's that Alice lacks makes her leave one out. `conflictAt` refuses an
 * offer of the other's.
 */
function losing(loses: (message: WireMessage) => boolean, conflictAt?: Side) {
  const tamper = (message: WireMessage) => (loses(message) ? [] : [message.body]);
  const rig = new DistillationRig({ kernels, tamper, ...(conflictAt === undefined ? {} : { conflictAt }) });
  const next = frameSource({ seed: 33 });
  let count = 0;
  const block = (): void => {
    for (let i = 0; i < FRAMES_A_BLOCK + 1; i++) {
      const pair = next();
      rig.frame(count++ % (FRAMES_A_BLOCK + 1) === 3 ? { qrx: pair.qrx } : pair).settle();
    }
  };
  return { rig, block };
}

describe.each(DIRECTIONS.filter(({ kind }) => kind !== distillationDisclose.kind))(
  "$name of $side",
  ({ kind, side }) => {
    const isIt = (message: WireMessage): boolean => message.kind === kind && message.from === side;
    const conflictAt = kind === distillationRefuse.kind ? side : undefined;

    it("lost once costs no more than a session that ends under a name: key again within two blocks", () => {
      let lost = 0;
      const { rig, block } = losing((message) => isIt(message) && lost++ === 0, conflictAt);
      rig.connect();
      block();
      pass(rig, LONGEST_MS, () => failures(rig).length > 0 || shared(rig) > 0);
      expect(lost).toBeGreaterThan(0);
      pass(rig, 5000);
      const before = shared(rig);
      block();
      block();
      pass(rig, 5000);
      expect(shared(rig)).toBeGreaterThan(before);
      expect(rig.alice.progress.cohortsInFlight + rig.bob.progress.cohortsInFlight).toBe(0);
    });

    it("lost for two minutes ends every session under a name, and then key flows within the limit and two blocks", () => {
      let lossy = true;
      const { rig, block } = losing((message) => lossy && isIt(message), conflictAt);
      rig.connect();
      const begin = rig.nowMs;
      while (rig.nowMs - begin < 120_000) {
        block();
        pass(rig, 10_000);
      }
      const during = failures(rig);
      expect(during.some((code) => code.startsWith("QKD_PEER_"))).toBe(true);
      lossy = false;
      const { blocksFinished } = rig.alice.progress;
      pass(rig, LONGEST_MS, () => rig.alice.progress.blocksFinished > blocksFinished);
      const before = shared(rig);
      block();
      block();
      pass(rig, 5000);
      expect(shared(rig)).toBeGreaterThan(before);
      const keys = { alice: rig.keys("alice"), bob: rig.keys("bob") };
      for (const [sequence, key] of keys.alice)
        if (keys.bob.has(sequence)) expect(keys.bob.get(sequence)).toBe(key);
    });
  },
);

it("time alone, without any loss, ends no session", () => {
  const { rig, block } = losing(() => false);
  rig.connect();
  for (let i = 0; i < 4; i++) {
    block();
    pass(rig, 3 * LONGEST_MS);
  }
  expect([failures(rig), shared(rig)]).toEqual([[], 4]);
});
