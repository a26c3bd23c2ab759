import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { openTransceiver, type RawKeyFrame } from "../../drivers/index.ts";
import { type FakeDevice, IDENTITY, rawKeyMessage } from "./fake-device.ts";
import { bench, closeLater, OPTIONS, onVirtualTime, open, pass } from "./transceiver-bench.ts";

onVirtualTime();

describe("raw keys", () => {
  const ids = (frames: readonly RawKeyFrame[]) => frames.map(({ frameId }) => frameId);
  const credits = (device: FakeDevice) =>
    device.seen
      .filter(({ name }) => name === "credit")
      .map(({ request }) => request as { acknowledgedThrough: number; creditLimit: number });

  it("come in order, with duplicates dropped and gaps counted", async () => {
    const { factory, device } = bench();
    const { transceiver, frames } = await open(factory);
    await transceiver.start({ creditFrames: 4 });
    expect(device().seen.at(-1)?.request).toEqual({ detectionsPerFrame: 100_000, creditFrames: 4 });
    for (const id of [100, 101, 101, 100, 103]) device().event("rawKeyQrx", rawKeyMessage(id));
    device().event("rawKeyQrx", rawKeyMessage(104, 77));
    await pass(1);
    expect(ids(frames)).toEqual([100, 101, 103]);
    expect(transceiver.diagnostics().frames).toMatchObject({
      delivered: 3,
      duplicates: 2,
      missing: 1,
      stale: 1,
    });
  });

  it("are asked for with no more credit than the device gives, and again after a refusal", async () => {
    const { factory, device } = bench();
    const { transceiver } = await open(factory);
    device().on("startKeyExchange", () => ({ refuse: "badParameter" }));
    await expect(transceiver.start({ creditFrames: 60_000 })).rejects.toThrow();
    const most = IDENTITY.limits.maxCreditFrames;
    expect(device().seen.at(-1)?.request).toMatchObject({ creditFrames: most });
    await expect(transceiver.start({ creditFrames: 2 })).rejects.toMatchObject({
      code: expect.not.stringMatching(/^QKD_DEVICE_STATE$/),
    });
    expect(device().seen.at(-1)?.request).toMatchObject({ creditFrames: 2 });
  });

  it("beyond the credit are dropped and counted", async () => {
    const { factory, device } = bench();
    const { transceiver, frames } = await open(factory);
    await transceiver.start({ creditFrames: 2 });
    for (let id = 100; id < 150; id++) device().event("rawKeyQrx", rawKeyMessage(id));
    await pass(1);
    expect(ids(frames)).toEqual([100, 101]);
    expect(transceiver.diagnostics().frames).toMatchObject({ delivered: 2, uninvited: 48 });
  });

  it("are not lost when they arrive right behind the reply to start", async () => {
    const { factory, device } = bench();
    const { transceiver, frames } = await open(factory);
    device().on("startKeyExchange", ({ detectionsPerFrame }) => {
      queueMicrotask(() => device().event("rawKeyQrx", rawKeyMessage(100)));
      return { sessionNumber: 1, firstFrameId: 100, detectionsPerFrame };
    });
    await transceiver.start();
    await pass(1);
    expect(ids(frames)).toEqual([100]);
  });

  it("return their credit when they are acknowledged, in absolute numbers", async () => {
    const { factory, device } = bench();
    const { transceiver } = await open(factory);
    await transceiver.start({ creditFrames: 4 });
    for (const id of [100, 101, 102]) device().event("rawKeyQrx", rawKeyMessage(id));
    await pass(1);
    expect(credits(device())).toEqual([]);
    transceiver.acknowledge(101);
    transceiver.acknowledge(100);
    await pass(1);
    expect(credits(device()).at(-1)).toEqual({
      sessionNumber: 1,
      acknowledgedThrough: 102,
      creditLimit: 106,
    });
    transceiver.acknowledge(100);
    transceiver.acknowledge(4_711);
    await pass(1);
    expect(credits(device()).at(-1)).toMatchObject({ acknowledgedThrough: 102, creditLimit: 106 });
  });

  it.each([
    ["names another key exchange than it runs", { sessionNumber: 77, firstFrameId: 100 }],
    ["names a first frame that never comes", { sessionNumber: 1, firstFrameId: 1_000_000 }],
  ])("come again by themselves after a device %s", async (_, lie) => {
    const { factory, device } = bench();
    const { transceiver, frames } = await open(factory);
    let starts = 0;
    device().on("startKeyExchange", ({ detectionsPerFrame }) => {
      const honest = { sessionNumber: 1, firstFrameId: 100, detectionsPerFrame };
      return starts++ === 0 ? { ...honest, ...lie } : { ...honest, sessionNumber: 2, firstFrameId: 100 };
    });
    await transceiver.start({ creditFrames: 4 });
    for (let second = 0; second < 4; second++) {
      device().event("rawKeyQrx", rawKeyMessage(100 + second));
      await pass(1000);
    }
    // A pause of the light is none of the device's faults, and does not count.
    await pass(10_000);
    expect(starts).toBe(1);
    device().event("rawKeyQrx", rawKeyMessage(104));
    await pass(2100);
    expect([starts, device().names().includes("stopKeyExchange")]).toEqual([2, true]);
    device().event("rawKeyQrx", rawKeyMessage(100, 2));
    await pass(1);
    expect(ids(frames)).toEqual([100]);
  });

  it("come again by themselves after a device named numbers that leave none for a grant of credit", async () => {
    const { factory, device } = bench();
    const { transceiver, frames } = await open(factory);
    let starts = 0;
    device().on("startKeyExchange", ({ detectionsPerFrame }) => ({
      sessionNumber: ++starts,
      firstFrameId: starts === 1 ? 0xffff_ffff : 100,
      detectionsPerFrame,
    }));
    await transceiver.start({ creditFrames: 4 });
    await pass(3100);
    expect(starts).toBe(2);
    device().event("rawKeyQrx", rawKeyMessage(100, 2));
    await pass(1);
    expect(ids(frames)).toEqual([100]);
  });

  it("are not interrupted by an old frame now and then", async () => {
    const { factory, device } = bench();
    const { transceiver, frames } = await open(factory);
    await transceiver.start({ creditFrames: 40 });
    for (let second = 0; second < 12; second++) {
      device().event("rawKeyQrx", rawKeyMessage(100, 1));
      if (second % 4 === 0) device().event("rawKeyQrx", rawKeyMessage(100 + second / 4));
      await pass(1000);
    }
    expect(ids(frames)).toEqual([100, 101, 102]);
    expect(transceiver.diagnostics().frames.starts).toBe(1);
  });

  it("come one at a time from a device that names no credit at all", async () => {
    const { factory, device, state } = bench();
    state.prepare = (made) =>
      made.on("identify", () => ({ ...IDENTITY, limits: { ...IDENTITY.limits, maxCreditFrames: 0 } }));
    const { transceiver, frames } = await open(factory);
    await transceiver.start({ creditFrames: 4 });
    for (const id of [100, 101]) {
      device().event("rawKeyQrx", rawKeyMessage(id));
      await pass(1);
      transceiver.acknowledge(id);
      await pass(1);
    }
    expect(ids(frames)).toEqual([100, 101]);
    expect(credits(device()).at(-1)).toMatchObject({ acknowledgedThrough: 102, creditLimit: 103 });
  });

  it("go on after the device dropped frames for want of credit", async () => {
    const { factory, device } = bench();
    const { transceiver } = await open(factory);
    await transceiver.start({ creditFrames: 4 });
    device().on("credit", ({ creditLimit, sessionNumber }) => ({
      sessionNumber,
      creditLimit,
      nextFrameId: 150,
      droppedFrames: 46,
    }));
    // No frame came: the credit is told again by itself, and its reply tells of the drop.
    await pass(1_100);
    expect(credits(device()).at(-1)).toMatchObject({ acknowledgedThrough: 150, creditLimit: 154 });
    expect(transceiver.diagnostics().frames.missing).toBe(50);
  });

  it("start again by themselves after a reconnection, in a new key exchange", async () => {
    const { factory, device, unplug } = bench();
    const { transceiver, frames } = await open(factory);
    await transceiver.start({ creditFrames: 3 });
    device().event("rawKeyQrx", rawKeyMessage(100));
    await pass(1);
    unplug();
    await pass(500);
    device().event("rawKeyQrx", rawKeyMessage(200, 2));
    await pass(1);
    expect(frames.map(({ sessionNumber, frameId }) => [sessionNumber, frameId])).toEqual([
      [1, 100],
      [2, 200],
    ]);
    // An acknowledgement of the old exchange does not touch the new one.
    transceiver.acknowledge(100);
    await pass(2_100);
    expect(credits(device()).at(-1)).toEqual({
      sessionNumber: 2,
      acknowledgedThrough: 200,
      creditLimit: 203,
    });
    expect(transceiver.diagnostics().frames.starts).toBe(2);
  });

  it.each(["busy", "internal"] as const)(
    "start again when the device still holds the broken connection's key exchange (%s)",
    async (refuse) => {
      const { factory, device, state, unplug } = bench();
      const { transceiver } = await open(factory);
      await transceiver.start();
      let refusals = 2;
      state.prepare = (next) =>
        next.on("startKeyExchange", ({ detectionsPerFrame }) =>
          refusals-- > 0 ? { refuse } : { sessionNumber: 9, firstFrameId: 900, detectionsPerFrame },
        );
      unplug();
      await pass(5_000);
      expect(
        device()
          .names()
          .filter((name) => name === "startKeyExchange"),
      ).toHaveLength(3);
      expect(device().seen).toContainEqual(
        expect.objectContaining({ name: "stopKeyExchange", request: { sessionNumber: 1 } }),
      );
      expect(transceiver.diagnostics().frames.starts).toBe(2);
    },
  );

  it("start again when a reset ended the key exchange under our feet", async () => {
    const { factory, device } = bench();
    const { transceiver } = await open(factory);
    await transceiver.start();
    device().on("credit", () => ({ refuse: "wrongState" }));
    await pass(2_500);
    expect(transceiver.diagnostics().frames.starts).toBe(2);
  });

  it("stop, and do not come back with the connection", async () => {
    const { factory, device, unplug } = bench();
    const { transceiver, frames } = await open(factory);
    await transceiver.start();
    await transceiver.stop();
    expect(device().seen.at(-1)).toMatchObject({ name: "stopKeyExchange", request: { sessionNumber: 1 } });
    device().event("rawKeyQrx", rawKeyMessage(100));
    unplug();
    await pass(1_000);
    expect(frames).toEqual([]);
    expect(device().names()).not.toContain("startKeyExchange");
  });

  /** A device that knows its running key exchange; `meanwhile` happens while it starts one. */
  const counting = (device: FakeDevice, meanwhile: () => void = () => {}) => {
    const seen: { running: number | null; started: number } = { running: null, started: 0 };
    device.on("startKeyExchange", ({ detectionsPerFrame }) => {
      if (seen.running !== null) return { refuse: "wrongState" };
      seen.running = seen.started += 1;
      meanwhile();
      return { sessionNumber: seen.started, firstFrameId: 100 * seen.started, detectionsPerFrame };
    });
    device.on("stopKeyExchange", (request) => {
      if (request.sessionNumber === seen.running || request.sessionNumber === 0) seen.running = null;
      return request;
    });
    return seen;
  };

  it("stop at the device too when they are stopped while they start", async () => {
    const { factory, device } = bench();
    const { transceiver, frames } = await open(factory);
    const stopping: Promise<void>[] = [];
    const seen = counting(device(), () => stopping.push(transceiver.stop()));
    await transceiver.start();
    await Promise.all(stopping);
    expect([seen.started, seen.running]).toEqual([1, null]);
    device().event("rawKeyQrx", rawKeyMessage(100));
    await pass(5_000);
    expect(frames).toEqual([]);
    expect(credits(device())).toEqual([]);
    expect(transceiver.diagnostics().frames.starts).toBe(0);
  });

  it("stop at the device too when they are stopped while they start again after a reconnection", async () => {
    const { factory, state, unplug } = bench();
    const { transceiver } = await open(factory);
    await transceiver.start();
    let seen: ReturnType<typeof counting> | undefined;
    state.prepare = (next) => {
      seen = counting(next, () => void transceiver.stop());
    };
    unplug();
    await pass(5_000);
    expect([seen?.started, seen?.running]).toEqual([1, null]);
  });

  it("run when they are started again while an earlier start is being stopped", async () => {
    const { factory, device } = bench();
    const { transceiver, frames } = await open(factory);
    const seen = counting(device());
    const first = transceiver.start();
    const stopping = transceiver.stop();
    const second = transceiver.start();
    await Promise.all([first, stopping, second]);
    await pass(5_000);
    const { started, running } = seen;
    expect(running).toBe(started);
    device().event("rawKeyQrx", rawKeyMessage(100 * started, started));
    await pass(1);
    expect(ids(frames)).toEqual([100 * started]);
  });

  it("cannot be started twice or without a connection", async () => {
    const { factory, state, unplug } = bench();
    const { transceiver } = await open(factory);
    await transceiver.start();
    await expect(transceiver.start()).rejects.toMatchObject({ code: "QKD_DEVICE_STATE" });
    await transceiver.stop();
    state.powered = false;
    unplug();
    await expect(transceiver.start()).rejects.toMatchObject({
      code: "QKD_TRANSPORT_CLOSED",
      retryable: true,
    });
  });

  it.each([
    { creditFrames: 0 },
    { creditFrames: Number.NaN },
    { detectionsPerFrame: 100_001 },
    { detectionsPerFrame: 0.5 },
  ])("cannot be started with %j", async (options) => {
    const { factory, device } = bench();
    const { transceiver } = await open(factory);
    await expect(transceiver.start(options)).rejects.toMatchObject({ code: "QKD_CONFIG_INVALID" });
    expect(device().names()).not.toContain("startKeyExchange");
    await transceiver.start();
  });

  it("return their credit when nobody listens", async () => {
    const { factory, device } = bench();
    const transceiver = closeLater(await openTransceiver(factory, OPTIONS));
    await transceiver.start({ creditFrames: 2 });
    device().event("rawKeyQrx", rawKeyMessage(100));
    await pass(1);
    expect(credits(device()).at(-1)).toMatchObject({ acknowledgedThrough: 101, creditLimit: 103 });
    expect(transceiver.diagnostics().frames).toMatchObject({ delivered: 0, unobserved: 1 });
  });

  it("keep their planes in a buffer that can be transferred, and never print them", async () => {
    const { factory, device } = bench();
    const { transceiver, frames } = await open(factory);
    await transceiver.start();
    device().event("rawKeyQrx", rawKeyMessage(100, 1, 0x5b));
    await pass(1);
    const frame = frames[0]!;
    expect([...frame.planes]).toEqual([0x5b, 0x0b, 0x5b, 0x0b]);
    expect(frame.planeBytes).toBe(2);
    for (const print of [inspect(frame), JSON.stringify({ frame }), `${frame}`, inspect({ ...frame })]) {
      expect(print).not.toMatch(/91|5b/i);
      expect(print).toContain("100");
    }
    const moved = structuredClone(frame.planes, { transfer: [frame.planes.buffer as ArrayBuffer] });
    expect([...moved]).toEqual([0x5b, 0x0b, 0x5b, 0x0b]);
    expect(frame.planes.length).toBe(0);
  });
});
