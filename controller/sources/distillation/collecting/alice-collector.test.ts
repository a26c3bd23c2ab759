import { beforeAll, describe, expect, it } from "vitest";
import type { QkdError } from "../../../../errors/index.ts";
import { type BitKernel, createKernels } from "../../../../kernels/index.ts";
import type { distillationHave, PeerValueOf } from "../../../../protocol/index.ts";
import type { FrameFacts } from "../frame-facts.ts";
import { PlanePool } from "../memory/plane-pool.ts";
import { AliceCollector } from "./alice-collector.ts";
import { MAX_TOLD_FRAMES } from "./held-limit.ts";

type Have = PeerValueOf<typeof distillationHave>;

let kernel: BitKernel;
beforeAll(async () => {
  kernel = (await createKernels()).bits;
});

const GATES = 1000;
const DETECTIONS = 64;
/** Four planes of a frame. */
const FRAME_BYTES = (4 * DETECTIONS) / 8;

interface FrameChange extends Partial<FrameFacts> {
  /** Fills the planes of basis, bit and intensity. */
  readonly fill?: readonly [number, number, number, number];
}

/** Frame `frameId` of the pair: its gates lie right behind those of the one before. */
function frame(frameId: number, { fill = [0x0f, 0x33, 0x55, 0x00], ...change }: FrameChange = {}) {
  const facts: FrameFacts = {
    role: "qtx",
    sessionNumber: 1,
    frameId,
    firstGate: BigInt(GATES * frameId),
    gateCount: BigInt(GATES),
    detections: DETECTIONS,
    gateDigest: new Uint8Array(32).fill(frameId & 0xff),
    planeBytes: DETECTIONS / 8,
    sent: [100, 100, 100, 100, 100, 100],
    ...change,
  };
  const planes = new Uint8Array(4 * facts.planeBytes);
  for (const [plane, byte] of fill.entries())
    planes.fill(byte, plane * facts.planeBytes, (plane + 1) * facts.planeBytes);
  return { facts, planes };
}

type Made = ReturnType<typeof frame>;

class Bench {
  readonly pool = new PlanePool(1 << 20);
  readonly omitted: string[] = [];
  readonly acknowledged: number[] = [];
  readonly collected: number[] = [];
  readonly failures: QkdError[] = [];
  counts = { missing: 0, mismatch: 0, refused: 0 };
  readonly collector: AliceCollector;
  #number = 0;

  constructor(limitBytes = 1 << 20) {
    this.collector = new AliceCollector(
      {
        now: () => 1234,
        omit: (number, reason) => this.omitted.push(`${number} ${reason}`),
        acknowledge: ({ frameId }) => this.acknowledged.push(frameId),
        collected: ({ facts }) => this.collected.push(facts.frameId),
        missing: () => {
          this.counts.missing += 1;
        },
        mismatch: () => {
          this.counts.mismatch += 1;
        },
        refused: () => {
          this.counts.refused += 1;
        },
        failed: (error) => this.failures.push(error),
      },
      kernel,
      this.pool,
      { heldBytes: limitBytes, blockBytes: limitBytes / 2 },
    );
  }

  own(...frames: readonly Made[]): this {
    for (const { facts, planes } of frames) expect(this.collector.offer(facts, planes)).toBe(true);
    this.collector.match();
    return this;
  }

  /** Bob tells frames in the order given. */
  told(...frames: readonly Made[]): this {
    for (const { facts } of frames) this.collector.told(have(this.#number++, facts));
    this.collector.match();
    return this;
  }

  restart(): this {
    this.collector.restart();
    this.#number = 0;
    return this;
  }

  /** Numbers of the frames of the next block. */
  chosen(detections = 1): number[] | null {
    return this.collector.choose(detections)?.frames.map(({ facts }) => facts.frameId) ?? null;
  }
}

function have(number: number, facts: FrameFacts): Have {
  const { firstGate, gateCount, detections, gateDigest } = facts;
  return { number, firstGate, gateCount, detections, gateDigest };
}

/** Frame `frameId` as Bob would tell it after the pair lost its power: gates and digests begin anew. */
const anew = (frameId: number, change: FrameChange = {}) =>
  frame(frameId, { gateDigest: new Uint8Array(32).fill(0x80 + frameId), sessionNumber: 2, ...change });

describe("Alice's collecting", () => {
  it("joins what both sites have, whichever is first, keeps it and gives its place back", () => {
    for (const ownFirst of [true, false]) {
      const bench = new Bench();
      const frames = [0, 1, 2].map((id) => frame(id));
      if (ownFirst) bench.own(...frames).told(...frames);
      else bench.told(...frames).own(...frames);
      expect(bench.collector.detections).toBe(3 * DETECTIONS);
      expect(bench.pool.heldBytes).toBe(3 * FRAME_BYTES);
      expect([bench.acknowledged, bench.collected, bench.omitted]).toEqual([[0, 1, 2], [0, 1, 2], []]);
      for (const { planes } of frames) expect(planes.every((byte) => byte === 0)).toBe(true);
      const choice = bench.collector.choose(3 * DETECTIONS)!;
      expect(choice).toMatchObject({ last: 2, detections: 3 * DETECTIONS });
      expect([...choice.frames[1]!.plane(2)]).toEqual(Array(8).fill(0x55));
      expect(choice.frames[1]!.keptAtMs).toBe(1234);
    }
  });

  it("keeps nothing that Bob has not told", () => {
    const bench = new Bench().own(frame(0), frame(1));
    expect([bench.acknowledged, bench.pool.heldBytes, bench.collector.detections]).toEqual([[], 0, 0]);
  });

  it("chooses the shortest prefix that holds the detections, and each frame once", () => {
    const frames = [0, 1, 2, 3, 4].map((id) => frame(id));
    const bench = new Bench().own(...frames).told(...frames);
    expect(bench.chosen(5 * DETECTIONS + 1)).toBeNull();
    expect(bench.chosen(DETECTIONS + 1)).toEqual([0, 1]);
    expect(bench.chosen(DETECTIONS)).toEqual([2]);
    expect(bench.collector.detections).toBe(2 * DETECTIONS);
    expect(bench.chosen(3 * DETECTIONS)).toBeNull();
    expect(bench.chosen(2 * DETECTIONS)).toEqual([3, 4]);
    expect(bench.chosen(0)).toBeNull();
  });

  it("leaves a frame that she lacks out by omission, at once when a later one of hers matches or lies behind", () => {
    const matched = new Bench().told(frame(0), frame(1), frame(2)).own(frame(0), frame(2));
    expect(matched.omitted).toEqual(["1 missing"]);
    expect(matched.chosen(2 * DETECTIONS)).toEqual([0, 2]);
    const behind = new Bench().told(frame(0)).own(frame(5));
    expect(behind.omitted).toEqual(["0 missing"]);
    expect(behind.counts.missing).toBe(1);
    expect(behind.acknowledged).toEqual([]);
  });

  it("leaves a frame that Bob lacks out by herself: its planes are wiped, its place is free", () => {
    for (const told of [[frame(1)], [frame(0), frame(2)]]) {
      const own = [frame(0), frame(1), frame(2)];
      const bench = new Bench().own(...own).told(...told);
      const lacking = told.length === 1 ? 0 : 1;
      expect(bench.acknowledged).toContain(lacking);
      expect(bench.collected).not.toContain(lacking);
      expect(own[lacking]!.planes.every((byte) => byte === 0)).toBe(true);
      expect(bench.counts.missing).toBe(1);
      expect(bench.omitted).toEqual([]);
    }
  });

  it.each<[string, FrameChange]>([
    ["digest", { gateDigest: new Uint8Array(32).fill(0xfe) }],
    ["number of detections", { detections: DETECTIONS - 1 }],
    ["first gate", { firstGate: 1001n }],
    ["number of gates", { gateCount: 999n }],
  ])("leaves out and reports what the transceivers describe differently: %s", (_, change) => {
    const own = [0, 1, 2].map((id) => frame(id));
    const bench = new Bench().own(...own).told(frame(0), frame(1, change), frame(2));
    expect(bench.omitted).toEqual(["1 digest"]);
    expect(bench.counts).toEqual({ missing: 0, mismatch: 1, refused: 0 });
    expect(bench.failures.map(({ code, context }) => [code, context.frameId])).toEqual([
      ["QKD_DISTILLATION_DIGEST", 1],
    ]);
    expect(own[1]!.planes.every((byte) => byte === 0)).toBe(true);
    expect(bench.acknowledged).toEqual([0, 1, 2]);
    expect(bench.chosen(2 * DETECTIONS)).toEqual([0, 2]);
  });

  it.each<[string, FrameChange]>([
    ["an unknown intensity", { fill: [0, 0, 0x01, 0x01] }],
    ["more Z signals than pulses", { fill: [0, 0, 0, 0], sent: [63, 99, 99, 99, 99, 99] }],
    ["more Z decoys than pulses", { fill: [0, 0, 0xff, 0], sent: [99, 63, 99, 99, 99, 99] }],
    ["more Z vacua than pulses", { fill: [0, 0, 0, 0xff], sent: [99, 99, 63, 99, 99, 99] }],
    ["more X signals than pulses", { fill: [0xff, 0, 0, 0], sent: [99, 99, 99, 63, 99, 99] }],
    ["more X decoys than pulses", { fill: [0xff, 0, 0xff, 0], sent: [99, 99, 99, 99, 63, 99] }],
    ["more X vacua than pulses", { fill: [0xff, 0, 0, 0xff], sent: [99, 99, 99, 99, 99, 63] }],
  ])("refuses what no transmitter can have sent before anything is announced: %s", (_, change) => {
    const bad = frame(1, change);
    const bench = new Bench().own(frame(0), bad, frame(2)).told(frame(0), bad, frame(2));
    expect(bench.omitted).toEqual(["1 refused"]);
    expect(bench.counts).toEqual({ missing: 0, mismatch: 0, refused: 1 });
    expect(bench.failures.map(({ code }) => code)).toEqual(["QKD_DISTILLATION_FRAME"]);
    expect(bad.planes.every((byte) => byte === 0)).toBe(true);
    expect(bench.chosen(2 * DETECTIONS)).toEqual([0, 2]);
    expect(bench.acknowledged).toEqual([0, 1, 2]);
  });

  it("takes what a transmitter just can have sent", () => {
    const full = [
      frame(0, { fill: [0, 0, 0, 0], sent: [64, 0, 0, 0, 0, 0] }),
      frame(1, { fill: [0xff, 0, 0, 0xff], sent: [0, 0, 0, 0, 0, 64] }),
      frame(2, { detections: 0, planeBytes: 0, sent: [0, 0, 0, 0, 0, 0] }),
    ];
    expect(new Bench().own(...full).told(...full).omitted).toEqual([]);
  });

  it("stops at its bound in bytes, and goes on where frames leave", () => {
    const frames = [0, 1, 2, 3, 4].map((id) => frame(id));
    const bench = new Bench(2 * FRAME_BYTES + 1).own(...frames).told(...frames);
    expect(bench.acknowledged).toEqual([0, 1, 2]);
    expect(bench.pool.heldBytes).toBe(3 * FRAME_BYTES);
    const choice = bench.collector.choose(2 * DETECTIONS)!;
    bench.collector.match();
    expect(bench.acknowledged).toEqual([0, 1, 2]);
    for (const chosen of choice.frames) chosen.drop();
    bench.collector.match();
    expect(bench.acknowledged).toEqual([0, 1, 2, 3, 4]);
  });

  it("compares held frames anew in the next session, and acknowledges none of them again", () => {
    const frames = [0, 1, 2, 3].map((id) => frame(id));
    const bench = new Bench().own(...frames).told(...frames.slice(0, 3));
    const before = bench.pool.heldBytes;
    bench.restart();
    expect([bench.collector.detections, bench.pool.heldBytes]).toEqual([0, before]);
    bench.told(...frames);
    expect(bench.chosen(4 * DETECTIONS)).toEqual([0, 1, 2, 3]);
    expect(bench.acknowledged).toEqual([0, 1, 2, 3]);
    expect(bench.collected).toEqual([0, 1, 2, 3]);
  });

  it("goes on after a reconnection also where it stood at its bound", () => {
    const frames = [0, 1, 2, 3].map((id) => frame(id));
    const bench = new Bench(2 * FRAME_BYTES).own(...frames).told(...frames);
    bench.restart().told(...frames);
    expect(bench.chosen(2 * DETECTIONS)).toEqual([0, 1]);
  });

  it("lets go of held frames that a Bob who began anew does not have", () => {
    const frames = [0, 1, 2, 3].map((id) => frame(id));
    const bench = new Bench(2 * FRAME_BYTES).own(...frames).told(...frames);
    bench.restart().told(frame(3));
    expect(bench.chosen(DETECTIONS)).toEqual([3]);
    expect(bench.counts.missing).toBe(3);
    expect(bench.acknowledged).toEqual([0, 1, 2, 3]);
    expect(bench.pool.heldBytes).toBe(FRAME_BYTES);
  });

  it("refuses a peer that tells out of turn or without end", () => {
    const { collector } = new Bench();
    const { facts } = frame(0);
    const outOfTurn = expect.objectContaining({ code: "QKD_PEER_PROTOCOL" });
    expect(() => collector.told(have(1, facts))).toThrow(outOfTurn);
    collector.told(have(0, facts));
    expect(() => collector.told(have(0, facts))).toThrow(outOfTurn);
    for (let number = 1; number < MAX_TOLD_FRAMES; number++) collector.told(have(number, facts));
    expect(() => collector.told(have(MAX_TOLD_FRAMES, facts))).toThrow(outOfTurn);
  });
});

describe("a pair of devices that lost its power and counts its gates anew", () => {
  it("costs nothing where both sites have the same frames", () => {
    for (const ownFirst of [true, false]) {
      const bench = new Bench();
      for (const one of [frame(7), frame(8), anew(0), anew(1)])
        if (ownFirst) bench.own(one).told(one);
        else bench.told(one).own(one);
      expect(bench.chosen(4 * DETECTIONS)).toEqual([7, 8, 0, 1]);
      expect(bench.counts.missing).toBe(0);
    }
  });

  it("costs the last frame that Bob has and Alice lacks, not those after it", () => {
    const bench = new Bench().own(frame(7)).told(frame(7), frame(9000));
    for (let id = 0; id < 8; id++) {
      bench.own(anew(id));
      bench.told(anew(id));
    }
    expect(bench.omitted).toEqual(["1 missing"]);
    expect(bench.chosen(9 * DETECTIONS)).toEqual([7, 0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("costs the last frame that Alice has and Bob lacks, not those after it", () => {
    const bench = new Bench().own(frame(7)).told(frame(7)).own(frame(9000));
    for (let id = 0; id < 8; id++) {
      bench.told(anew(id));
      bench.own(anew(id));
    }
    expect(bench.omitted).toEqual([]);
    expect(bench.counts.missing).toBe(1);
    expect(bench.chosen(9 * DETECTIONS)).toEqual([7, 0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("costs what either has from before while a session begins, and at most a few frames", () => {
    const [held, alone] = [
      [frame(8998), frame(9000)],
      [frame(8997), frame(8999)],
    ];
    for (const ownFirst of [true, false]) {
      const bench = new Bench().own(...held).told(...alone);
      for (let id = 0; id < 40; id++) {
        if (ownFirst) bench.own(anew(id)).told(anew(id));
        else bench.told(anew(id)).own(anew(id));
      }
      expect(bench.collector.detections).toBeGreaterThanOrEqual(38 * DETECTIONS);
    }
  });

  it("does not make Alice wait for ever for a Bob whose frames all differ", () => {
    const bench = new Bench().own(frame(7)).told(frame(7), frame(9000));
    for (let id = 0; id < 64; id++) bench.own(anew(id));
    expect(bench.acknowledged.length).toBeGreaterThan(32);
    bench.told(anew(70), anew(71)).own(anew(70), anew(71));
    expect(bench.chosen(3 * DETECTIONS)).toEqual([7, 70, 71]);
  });

  it("compares a full queue of frames that nobody has without standing still", () => {
    const bench = new Bench();
    bench.own(...Array.from({ length: 200 }, (_, i) => frame(1_000_000 + i)));
    for (let number = 0; number < MAX_TOLD_FRAMES; number++)
      bench.collector.told({ ...have(number, frame(number).facts), detections: 5 });
    bench.collector.match();
    expect(bench.omitted).toHaveLength(MAX_TOLD_FRAMES);
  });
});
