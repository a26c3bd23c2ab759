import { beforeAll, expect, it } from "vitest";
import { createKernels, type Kernels } from "../../kernels/index.ts";
import { DistillationRig } from "./distillation-rig.ts";
import { frameSource } from "./distillation-source.ts";

let kernels: Kernels;
beforeAll(async () => {
  kernels = await createKernels();
});

it.each(["alice", "bob"] as const)(
  "%s opens as many blocks as may be attempted, in whatever sessions, and goes on when more may be",
  (limited) => {
    const rig = new DistillationRig({ kernels, attempts: { [limited]: 3 } }).connect();
    const next = frameSource();
    const play = (frames: number) => {
      for (let i = 0; i < frames; i++) rig.frame(next()).settle();
    };
    const ended = (side: "alice" | "bob") => {
      const { blocks, aborted, dropped } = rig.log[side];
      return [blocks.length, aborted.length + dropped.length];
    };
    // One block is under way when the connection ends: its pads come back, and it has been attempted all the same.
    for (let i = 0; i < 4000 && rig[limited].progress.cohortsInFlight === 0; i++)
      (i % 100 === 0 ? rig.frame(next()) : rig).settle(1);
    rig.disconnect().settle().connect();
    play(80);
    const attempts = ended(limited)[0]! + ended(limited)[1]!;
    expect(attempts).toBe(3);
    expect(rig.log[limited].dropped.length).toBeGreaterThan(0);
    expect(rig.log[limited].blocks.length).toBeGreaterThan(0);
    expect(rig.log[limited].failures).toEqual([]);
    rig.give(limited, { type: "mayAttempt", attempts: 4 }).settle();
    play(60);
    expect(ended(limited)[0]! + ended(limited)[1]!).toBe(4);
    expect(rig.keys("alice")).toEqual(rig.keys("bob"));
  },
);
