import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  createMemoryLink,
  type MemoryTransport,
  type OpenedTransceiver,
  openTransceiver,
  type RawKeyFrame,
  type TransceiverAlarm,
  type TransceiverOptions,
} from "../../drivers/index.ts";
import { TransportError } from "../../errors/index.ts";
import { FakeDevice, IDENTITY, rawKeyMessage, STATUS } from "./fake-device.ts";

const opened: OpenedTransceiver[] = [];
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(async () => {
  for (const transceiver of opened.splice(0)) await transceiver.close();
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const OPTIONS: TransceiverOptions = {
  session: { timeoutMs: 100, heartbeatMs: 60_000 },
  reconnect: { initialMs: 100, maxMs: 1_000, factor: 2, jitter: 0 },
};
const REFUSED = new TransportError("QKD_TRANSPORT_OPEN", "nobody there", { retryable: true });

/** A bench on which devices can be plugged in and pulled out. */
function bench() {
  const devices: FakeDevice[] = [];
  const cables: MemoryTransport[] = [];
  const state = { powered: true, attempts: 0, prepare: (_device: FakeDevice) => {} };
  const factory = async () => {
    state.attempts += 1;
    if (!state.powered) throw REFUSED;
    const [left, right] = createMemoryLink();
    cables.push(left);
    const device = new FakeDevice(right);
    keyExchange(device, devices.length + 1);
    state.prepare(device);
    devices.push(device);
    return left;
  };
  return {
    state,
    devices,
    cables,
    factory,
    device: () => devices.at(-1)!,
    unplug: () => cables.at(-1)!.unplug(),
  };
}

/** Lets the device start key exchanges; frame ids go on where the test says. */
function keyExchange(device: FakeDevice, sessionNumber: number): void {
  device.on("startKeyExchange", ({ detectionsPerFrame }) => ({
    sessionNumber,
    firstFrameId: sessionNumber * 100,
    detectionsPerFrame,
  }));
  device.on("stopKeyExchange", (request) => request);
  device.on("credit", ({ creditLimit }) => ({
    sessionNumber,
    creditLimit,
    nextFrameId: 0,
    droppedFrames: 0,
  }));
}

async function open(factory: () => Promise<MemoryTransport>, options = OPTIONS) {
  const transceiver = await openTransceiver(factory, options);
  opened.push(transceiver);
  const frames: RawKeyFrame[] = [];
  const alarms: TransceiverAlarm[] = [];
  const states: string[] = [];
  let failure: unknown;
  let complete = false;
  transceiver.rawKeys$.subscribe({
    next: (frame) => frames.push(frame),
    error: (error) => {
      failure = error;
    },
    complete: () => {
      complete = true;
    },
  });
  transceiver.alarms$.subscribe((alarm) => alarms.push(alarm));
  transceiver.state$.subscribe((state) => states.push(state));
  return { transceiver, frames, alarms, states, failure: () => failure, complete: () => complete };
}

describe("opening a transceiver", () => {
  it("gives its identity and is online", async () => {
    const { factory, device } = bench();
    const { transceiver, states } = await open(factory);
    expect(transceiver.identity).toMatchObject({
      role: "qrx",
      serial: "0001",
      clockHz: 1e9,
      linkId: "07070707070707070707070707070707",
    });
    expect(states).toEqual(["online"]);
    expect(device().names()).toEqual(["identify", "getStatus", "listAlarms"]);
  });

  it("tries again while the device is not there, then fails with the last error", async () => {
    const { factory, state } = bench();
    state.powered = false;
    const failure = expect(openTransceiver(factory, { ...OPTIONS, openTimeoutMs: 1_000 })).rejects.toBe(
      REFUSED,
    );
    await pass(1_100);
    await failure;
    expect(state.attempts).toBeGreaterThan(2);
    const attempts = state.attempts;
    await pass(10_000);
    expect(state.attempts).toBe(attempts);
  });

  it("succeeds when the device comes in time", async () => {
    const { factory, state } = bench();
    state.powered = false;
    const opening = open(factory);
    await pass(300);
    state.powered = true;
    await pass(1_000);
    expect((await opening).states).toEqual(["online"]);
  });

  it.each([
    ["the other role", { role: "qtx" as const }, "QKD_DEVICE_ROLE", {}],
    ["another protocol version", {}, "QKD_FRAME_VERSION", { protocolVersion: 2 }],
  ])("refuses a device of %s", async (_name, options, code, identity) => {
    const { factory, state } = bench();
    state.prepare = (device) => device.on("identify", () => ({ ...IDENTITY, ...identity }));
    await expect(openTransceiver(factory, { ...OPTIONS, ...options })).rejects.toMatchObject({ code });
    expect(state.attempts).toBe(1);
  });

  it.each([
    ["nonsense", {}],
    ["modbus+tcp://host", {}],
    ["tcp://host:1", { telemetry: "tcp://host:2" }],
  ])("refuses the address %s %j before it connects", async (address, options) => {
    await expect(openTransceiver(address, options)).rejects.toMatchObject({ code: "QKD_TRANSPORT_ADDRESS" });
  });
});

describe("an open transceiver", () => {
  it("reconnects by itself with growing waits", async () => {
    const { factory, state, unplug } = bench();
    const { transceiver, states } = await open(factory);
    state.powered = false;
    unplug();
    await pass(350);
    expect(states).toEqual(["online", "reconnecting"]);
    expect(state.attempts).toBe(3);
    await expect(transceiver.ping()).rejects.toMatchObject({ code: "QKD_TRANSPORT_CLOSED", retryable: true });
    state.powered = true;
    await pass(500);
    expect(states).toEqual(["online", "reconnecting", "online"]);
    await transceiver.ping();
  });

  it("never talks to a stranger behind the same address, and says so", async () => {
    const { factory, state, unplug } = bench();
    const { transceiver, states, failure } = await open(factory);
    const reports: unknown[] = [];
    transceiver.connection$.subscribe((report) => reports.push(report));
    state.prepare = (device) => device.on("identify", () => ({ ...IDENTITY, serial: "0002" }));
    unplug();
    await pass(10_000);
    expect(states).toEqual(["online", "reconnecting", "closed"]);
    expect(state.attempts).toBe(2);
    expect(failure()).toMatchObject({
      code: "QKD_DEVICE_IDENTITY",
      context: { expected: "0001", found: "0002" },
    });
    expect(reports.at(-1)).toMatchObject({ state: "closed", error: { code: "QKD_DEVICE_IDENTITY" } });
    await expect(transceiver.ping()).rejects.toMatchObject({ code: "QKD_DEVICE_IDENTITY" });
  });

  it("completes its streams on close, also for those who subscribe later, and closes twice", async () => {
    const { factory } = bench();
    const { transceiver, complete, states } = await open(factory);
    await Promise.all([transceiver.close(), transceiver.close()]);
    expect(complete()).toBe(true);
    expect(states.at(-1)).toBe("closed");
    const ends: string[] = [];
    transceiver.health$.subscribe({ complete: () => ends.push("health") });
    transceiver.alarms$.subscribe({ complete: () => ends.push("alarms") });
    transceiver.rawKeys$.subscribe({ complete: () => ends.push("keys") });
    expect(ends).toEqual(["health", "alarms", "keys"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("tells alarms as they come and what changed while it was away", async () => {
    const { factory, device, state, unplug } = bench();
    const { transceiver, alarms } = await open(factory);
    const alarm = {
      code: 11,
      severity: "major",
      level: "operating",
      value: 41,
      raisedMs: 5n,
      text: "warm",
    } as const;
    device().event("alarm", { transition: "raised", ...alarm });
    await pass(1);
    expect(alarms).toMatchObject([{ code: 11, name: "internalTemperatureC", raised: true, value: 41 }]);
    state.prepare = (next) =>
      next.on("listAlarms", () => ({
        alarms: [{ ...alarm, code: 48, severity: "critical", level: "absolute" }],
      }));
    unplug();
    await pass(500);
    expect(alarms.slice(1)).toMatchObject([
      { code: 11, raised: false },
      { code: 48, name: "lossOfSignal", raised: true, level: "absolute" },
    ]);
    expect(transceiver.alarmHistory()).toEqual(alarms);
  });

  it("keeps the newest 256 alarms and counts the forgotten ones", async () => {
    const { factory, device } = bench();
    const { transceiver } = await open(factory);
    const alarm = {
      code: 1,
      severity: "minor",
      level: "operating",
      value: 0,
      raisedMs: 0n,
      text: "",
    } as const;
    for (let index = 0; index < 300; index++)
      device().event("alarm", { transition: "raised", ...alarm, value: index });
    await pass(1);
    expect(transceiver.alarmHistory()).toHaveLength(256);
    expect(transceiver.alarmHistory().at(-1)?.value).toBe(299);
    expect(transceiver.diagnostics().forgottenAlarms).toBe(44);
  });

  it("merges health from the status, offline while it is not connected", async () => {
    const { factory, device, state, unplug } = bench();
    const { transceiver } = await open(factory);
    const health: { state: string; qberPpm: number | null }[] = [];
    const subscription = transceiver.health$.subscribe((value) => health.push(value));
    device().event("status", { ...STATUS, state: "online", qberPpm: 31_000, internalTemperatureC: 55 });
    await pass(1);
    expect(health.at(-1)).toMatchObject({
      state: "online",
      qberPpm: 31_000,
      quantities: expect.arrayContaining([
        expect.objectContaining({
          name: "internalTemperatureC",
          value: 55,
          level: "degraded",
          source: "protocol",
        }),
        expect.objectContaining({ name: "qberPpm", level: "ok" }),
      ]),
    });
    state.powered = false;
    unplug();
    await pass(20_000);
    expect(health.at(-1)).toMatchObject({
      state: "offline",
      quantities: expect.arrayContaining([expect.objectContaining({ name: "qberPpm", level: "invalid" })]),
    });
    subscription.unsubscribe();
  });

  it("calibrates with progress, and fails with the step that failed", async () => {
    const { factory, device } = bench();
    const { transceiver } = await open(factory);
    device().on("startCalibration", ({ variant }) => ({ run: variant === "fast" ? 1 : 2, steps: 2 }));
    const told: string[] = [];
    const watch = (name: string) => ({
      next: (event: { type: string; step: string }) => told.push(`${name} ${event.type} ${event.step}`),
      error: (error: { code: string; message: string }) =>
        told.push(`${name} ${error.code} ${error.message}`),
      complete: () => told.push(`${name} complete`),
    });
    const result = { run: 1, outcome: "passed", value: 0, unit: "", text: "" } as const;
    transceiver.calibrate().subscribe(watch("fast"));
    await pass(1);
    device().event("calibrationProgress", { run: 99, step: "laser", percent: 1, text: "of another driver" });
    device().event("calibrationProgress", { run: 1, step: "laser", percent: 50, text: "" });
    device().event("calibrationResult", { ...result, step: "laser" });
    device().event("calibrationResult", { ...result, step: "all" });
    await pass(1);
    transceiver.calibrate("all", "full").subscribe(watch("full"));
    await pass(1);
    device().event("calibrationResult", {
      ...result,
      run: 2,
      step: "attenuator",
      outcome: "failed",
      text: "stuck",
    });
    await pass(1);
    device().on("startCalibration", () => ({ refuse: "wrongState" }));
    transceiver.calibrate().subscribe(watch("refused"));
    await pass(1);
    expect(told).toEqual([
      "fast progress laser",
      "fast result laser",
      "fast result all",
      "fast complete",
      "full result attenuator",
      "full QKD_DEVICE_STATE Calibration step attenuator failed: stuck",
      "refused QKD_DEVICE_STATE The device refused startCalibration: as scripted",
    ]);
  });

  it("ends a calibration's telling when the connection breaks", async () => {
    const { factory, device, unplug } = bench();
    const { transceiver } = await open(factory);
    device().on("startCalibration", () => ({ run: 1, steps: 1 }));
    const failure = vi.fn();
    transceiver.calibrate().subscribe({ error: failure });
    await pass(1);
    unplug();
    expect(failure).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ code: "QKD_TRANSPORT_CLOSED" }),
    );
    await pass(500);
  });

  it("compares clocks", async () => {
    const { factory, device } = bench();
    const { transceiver } = await open(factory);
    device().on("timeSync", ({ t1Ns }) => ({ t1Ns, t2Ns: t1Ns + 5_000n, t3Ns: t1Ns + 5_000n }));
    expect(await transceiver.compareClocks()).toEqual({ offsetNs: 5_000, roundTripNs: 0 });
  });
});

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

  it("start again when the device still holds the broken connection's key exchange", async () => {
    const { factory, device, state, unplug } = bench();
    const { transceiver } = await open(factory);
    await transceiver.start();
    let refusals = 2;
    state.prepare = (next) =>
      next.on("startKeyExchange", ({ detectionsPerFrame }) =>
        refusals-- > 0 ? { refuse: "busy" } : { sessionNumber: 9, firstFrameId: 900, detectionsPerFrame },
      );
    unplug();
    await pass(5_000);
    expect(
      device()
        .names()
        .filter((name) => name === "startKeyExchange"),
    ).toHaveLength(3);
    expect(transceiver.diagnostics().frames.starts).toBe(2);
  });

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

  it("return their credit when nobody listens", async () => {
    const { factory, device } = bench();
    const transceiver = await openTransceiver(factory, OPTIONS);
    opened.push(transceiver);
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
