import { describe, expect, it } from "vitest";
import type { distillationAgree, distillationHave, PeerValueOf } from "../../../../protocol/index.ts";
import type { FrameFacts } from "../frame-facts.ts";
import { PlanePool } from "../memory/plane-pool.ts";
import { BobCollector } from "./bob-collector.ts";
import { CollectedFrame } from "./collected-frame.ts";
import { frameList, frameListDigest } from "./frame-list.ts";
import { MAX_TOLD_FRAMES } from "./held-limit.ts";

type Have = PeerValueOf<typeof distillationHave>;
type Agree = PeerValueOf<typeof distillationAgree>;

const DETECTIONS = 64;
/** Two planes of a frame. */
const FRAME_BYTES = (2 * DETECTIONS) / 8;

function frame(frameId: number, change: Partial<FrameFacts> = {}) {
  const facts: FrameFacts = {
    role: "qrx",
    sessionNumber: 1,
    frameId,
    firstGate: BigInt(1000 * frameId),
    gateCount: 1000n,
    detections: DETECTIONS,
    gateDigest: new Uint8Array(32).fill(frameId & 0xff),
    planeBytes: DETECTIONS / 8,
    ...change,
  };
  return { facts, planes: new Uint8Array(2 * facts.planeBytes).fill(0xa5) };
}

type Made = ReturnType<typeof frame>;

class Bench {
  readonly pool = new PlanePool(1 << 20);
  readonly told: Have[] = [];
  readonly acknowledged: number[] = [];
  readonly collected: number[] = [];
  readonly collector: BobCollector;

  constructor(limitBytes = 1 << 20) {
    this.collector = new BobCollector(
      {
        now: () => 77,
        tell: (have) => this.told.push(have),
        acknowledge: ({ frameId }) => this.acknowledged.push(frameId),
        collected: ({ facts }) => this.collected.push(facts.frameId),
      },
      this.pool,
      limitBytes,
    );
  }

  own(...frames: readonly Made[]): this {
    for (const { facts, planes } of frames) expect(this.collector.offer(facts, planes)).toBe(true);
    this.collector.tell();
    return this;
  }

  /** Numbers of the frames of the block that is agreed on. */
  agree(message: Agree, blockDetections: number): number[] {
    return this.collector.agree(message, blockDetections).map(({ facts }) => facts.frameId);
  }

  get toldNumbers(): number[] {
    return this.told.map(({ number }) => number);
  }
}

/** What an honest Alice says of these frames. */
function agreeOn(frames: readonly Made[], last: number, change: Partial<Agree> = {}): Agree {
  const list = frames.map(({ facts, planes }) => new CollectedFrame(facts, planes));
  return {
    sequence: 1,
    heard: 0,
    last,
    frames: frames.length,
    detections: frames.reduce((sum, { facts }) => sum + facts.detections, 0),
    flushed: false,
    listDigest: frameListDigest(frameList(list)),
    ...change,
  };
}

const frames = [0, 1, 2, 3].map((id) => frame(id));
const refused = expect.objectContaining({ code: "QKD_PEER_PROTOCOL" });

describe("Bob's collecting", () => {
  it("tells each frame at once by gates, detections and digest alone, keeps it and gives its place back", () => {
    const own = [frame(5), frame(6)];
    const bench = new Bench().own(...own);
    expect(bench.told).toEqual(
      own.map(({ facts: { firstGate, gateCount, detections, gateDigest } }, number) => ({
        number,
        firstGate,
        gateCount,
        detections,
        gateDigest,
      })),
    );
    expect([bench.acknowledged, bench.collected]).toEqual([
      [5, 6],
      [5, 6],
    ]);
    expect(bench.pool.heldBytes).toBe(2 * FRAME_BYTES);
    expect(own.every(({ planes }) => planes.every((byte) => byte === 0))).toBe(true);
    const [kept] = bench.collector.agree(agreeOn([own[0]!], 0), 1);
    expect([...kept!.plane(1)]).toEqual(Array(8).fill(0xa5));
    expect(kept!.keptAtMs).toBe(77);
  });

  it("stops telling at its bound in bytes, under the device's credit, and goes on where frames leave", () => {
    const bench = new Bench(FRAME_BYTES + 1).own(...[0, 1, 2, 3].map((id) => frame(id)));
    expect([bench.toldNumbers, bench.acknowledged]).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect(bench.pool.heldBytes).toBe(2 * FRAME_BYTES);
    expect(bench.collector.omit(0)).toBe(0);
    bench.collector.tell();
    expect([bench.toldNumbers, bench.acknowledged]).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
  });

  it("stops telling frames without detections at their number", () => {
    const bench = new Bench();
    const { collector } = bench;
    for (let id = 0; id <= MAX_TOLD_FRAMES; id++) {
      const { facts } = frame(id, { detections: 0, planeBytes: 0 });
      collector.offer(facts, new Uint8Array());
      collector.tell();
    }
    expect(bench.told).toHaveLength(MAX_TOLD_FRAMES);
    collector.omit(0);
    collector.tell();
    expect(bench.told.at(-1)?.number).toBe(MAX_TOLD_FRAMES);
  });

  it("wipes what Alice leaves out and never counts it again", () => {
    const bench = new Bench().own(...[0, 1, 2, 3].map((id) => frame(id)));
    expect(bench.collector.omit(1)).toBe(1);
    expect(bench.pool.heldBytes).toBe(3 * FRAME_BYTES);
    expect(bench.collector.detections).toBe(3 * DETECTIONS);
    const rest = [frames[0]!, frames[2]!, frames[3]!];
    expect(bench.agree(agreeOn(rest, 3), 3 * DETECTIONS)).toEqual([0, 2, 3]);
  });

  it("refuses an omission of what was not told, was left out, or is in a block", () => {
    const bench = new Bench().own(...[0, 1, 2, 3].map((id) => frame(id)));
    bench.collector.omit(1);
    bench.collector.agree(agreeOn([frames[0]!], 0), DETECTIONS);
    for (const number of [0, 1, 4, -1]) expect(() => bench.collector.omit(number)).toThrow(refused);
    expect(bench.collector.detections).toBe(2 * DETECTIONS);
  });

  it("agrees on a prefix that ends with the frame that fills the block, and on each frame once", () => {
    const bench = new Bench().own(...[0, 1, 2, 3].map((id) => frame(id)));
    const first = agreeOn(frames.slice(0, 2), 1);
    expect(bench.agree(first, DETECTIONS + 1)).toEqual([0, 1]);
    expect(() => bench.agree(first, DETECTIONS + 1)).toThrow(refused);
    expect(bench.agree(agreeOn(frames.slice(2), 3), 2 * DETECTIONS)).toEqual([2, 3]);
    expect(bench.collector.detections).toBe(0);
  });

  const two = frames.slice(0, 2);
  it.each<[string, Agree, number]>([
    ["another number of frames", agreeOn(two, 1, { frames: 3 }), 128],
    ["another number of detections", agreeOn(two, 1, { detections: 127 }), 128],
    ["another list", agreeOn(two, 1, { listDigest: new Uint8Array(32) }), 128],
    ["the same frames in another order", agreeOn([frames[1]!, frames[0]!], 1), 128],
    [
      "a frame with another digest",
      agreeOn([frames[0]!, frame(1, { gateDigest: new Uint8Array(32) })], 1),
      128,
    ],
    ["a frame with other gates", agreeOn([frames[0]!, frame(1, { firstGate: 1001n })], 1), 128],
    ["frames with one skipped in between", agreeOn([frames[0]!, frames[2]!], 2), 128],
    ["a last frame that is not the list's", agreeOn(two, 2), 128],
    ["a last frame that was never told", agreeOn([...frames, frame(4)], 4), 320],
    ["no frame at all", agreeOn([], -1), 0],
    ["no frame at all, told to flush", agreeOn([], 9, { flushed: true }), 128],
    ["an end before the block is full", agreeOn(two, 1), 129],
    ["an end after the block was full", agreeOn(frames.slice(0, 3), 2), 128],
    [
      "an end after the block was full, told to flush",
      agreeOn(frames.slice(0, 3), 2, { flushed: true }),
      128,
    ],
  ])("refuses to agree on %s", (_, message, blockDetections) => {
    const bench = new Bench().own(...[0, 1, 2, 3].map((id) => frame(id)));
    expect(() => bench.agree(message, blockDetections)).toThrow(refused);
    // Nothing left: the frames are told anew in the next session.
    expect(bench.collector.detections).toBe(4 * DETECTIONS);
    expect(bench.pool.heldBytes).toBe(4 * FRAME_BYTES);
  });

  it("ends a block short where Alice says that time or an operator told her to", () => {
    const bench = new Bench().own(...[0, 1, 2, 3].map((id) => frame(id)));
    expect(bench.agree(agreeOn(two, 1, { flushed: true }), 1e6)).toEqual([0, 1]);
  });

  it("tells exactly the held frames anew in the next session, before new ones, with numbers from 0", () => {
    const bench = new Bench(3 * FRAME_BYTES).own(...[0, 1, 2, 3].map((id) => frame(id)));
    bench.agree(agreeOn([frames[0]!], 0), DETECTIONS);
    bench.collector.omit(1);
    bench.told.length = 0;
    bench.collector.restart();
    expect(bench.collector.detections).toBe(0);
    bench.collector.restart();
    bench.own(frame(4));
    expect(bench.told.map(({ number, firstGate }) => [number, Number(firstGate)])).toEqual([
      [0, 2000],
      [1, 3000],
    ]);
    expect(bench.acknowledged).toEqual([0, 1, 2, 3]);
    expect(bench.collected).toEqual([0, 1, 2, 3]);
    bench.collector.omit(0);
    bench.collector.tell();
    expect(bench.told.at(-1)).toMatchObject({ number: 2, firstGate: 4000n });
  });

  it("takes a device that counts anew, mid-block", () => {
    const bench = new Bench();
    const anew = [0, 1].map((id) => frame(id, { sessionNumber: 2 }));
    bench.own(frame(7), frame(8), ...anew);
    expect(bench.agree(agreeOn([frame(7), frame(8), ...anew], 3), 4 * DETECTIONS)).toEqual([7, 8, 0, 1]);
  });
});
