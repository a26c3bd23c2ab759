import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  createMemoryLink,
  openSession,
  type SessionEvent,
  type SessionOptions,
} from "../../drivers/index.ts";
import { encodeFrame } from "../../protocol/index.ts";
import { FakeDevice, IDENTITY, rawKeyMessage, STATUS } from "./fake-device.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const LIMITS: SessionOptions = { timeoutMs: 100, attempts: 3, heartbeatMs: 60_000, stallMs: 50 };

function world(options: SessionOptions = {}, chunkBytes?: number) {
  const [left, right] = createMemoryLink(chunkBytes === undefined ? {} : { chunkBytes });
  const device = new FakeDevice(right);
  const events: SessionEvent[] = [];
  const closings: unknown[] = [];
  const session = openSession(
    left,
    { event: (event) => events.push(event), closed: (reason) => closings.push(reason) },
    { ...LIMITS, ...options },
  );
  return { session, device, events, closings, cable: left };
}

/** Advances virtual time, with everything that hangs on it. */
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("a session with a device", () => {
  it("gets the reply of a command, typed", async () => {
    const { session } = world();
    expect(await session.call("identify", {})).toEqual(IDENTITY);
  });

  it("turns a refusal into a DeviceError with the device's reason", async () => {
    const { session, device } = world();
    device.on("selfTest", () => ({ refuse: "busy" }));
    device.on("getParameter", () => ({ refuse: "outOfRange" }));
    await expect(session.call("selfTest", {})).rejects.toMatchObject({
      code: "QKD_DEVICE_BUSY",
      retryable: true,
    });
    await expect(session.call("getParameter", { id: 1 })).rejects.toMatchObject({
      code: "QKD_DEVICE_BAD_PARAMETER",
      context: { command: "getParameter", reason: "outOfRange", text: "as scripted" },
    });
    await expect(session.call("reset", { what: "soft" })).rejects.toMatchObject({
      code: "QKD_DEVICE_UNKNOWN_OPCODE",
    });
  });

  it("refuses a value that the wire cannot carry, before it sends anything", async () => {
    const { session, device } = world();
    for (const durationS of [-1, 65_536, 1.5, Number.NaN])
      await expect(session.call("identifyLed", { durationS })).rejects.toMatchObject({
        code: "QKD_DEVICE_BAD_PARAMETER",
        context: { command: "identifyLed" },
      });
    expect(device.seen).toEqual([]);
  });

  it("repeats a lost idempotent request with the same sequence and the repeat flag", async () => {
    const { session, device } = world();
    let answers = 0;
    device.on("getStatus", () => (++answers < 3 ? "silence" : STATUS));
    const status = session.call("getStatus", {});
    await pass(250);
    expect(await status).toEqual(STATUS);
    const [first, ...repeats] = device.seen;
    expect(first?.repeat).toBe(false);
    expect(repeats).toMatchObject([
      { repeat: true, sequence: first?.sequence },
      { repeat: true, sequence: first?.sequence },
    ]);
  });

  it("gives up after the last repeat with QKD_REQUEST_TIMEOUT", async () => {
    const { session, device } = world();
    device.on("getStatus", () => "silence");
    const failure = expect(session.call("getStatus", {})).rejects.toMatchObject({
      code: "QKD_REQUEST_TIMEOUT",
      context: { command: "getStatus", attempts: 3 },
    });
    await pass(1_000);
    await failure;
    expect(device.seen).toHaveLength(3);
  });

  it("never repeats a command that is not idempotent, and does not call the failure retryable", async () => {
    const { session, device } = world();
    device.on("startKeyExchange", () => "silence");
    const failure = expect(
      session.call("startKeyExchange", { detectionsPerFrame: 1, creditFrames: 1 }),
    ).rejects.toMatchObject({ code: "QKD_REQUEST_TIMEOUT", retryable: false });
    await pass(1_000);
    await failure;
    expect(device.seen).toHaveLength(1);
  });

  it("does not take a late reply for the answer to the next request", async () => {
    const { session, device } = world();
    device.on("timeSync", () => "silence");
    const first = expect(session.call("timeSync", { t1Ns: 1n })).rejects.toMatchObject({
      code: "QKD_REQUEST_TIMEOUT",
    });
    await pass(150);
    await first;
    const second = session.call("timeSync", { t1Ns: 2n });
    await pass(1);
    const [late, current] = device.seen;
    device.reply("timeSync", late!.sequence, { t1Ns: 1n, t2Ns: 0n, t3Ns: 0n });
    device.reply("timeSync", current!.sequence, { t1Ns: 2n, t2Ns: 0n, t3Ns: 0n });
    expect((await second).t1Ns).toBe(2n);
    expect(session.statistics.lateReplies).toBe(1);
  });

  it("delivers an event that comes between request and reply, in order", async () => {
    const { session, device, events } = world();
    device.on("getStatus", () => {
      device.event("status", { ...STATUS, state: "calibrating" });
      return STATUS;
    });
    const order: string[] = [];
    await session.call("getStatus", {}, { apply: () => order.push(`reply after ${events.length} event`) });
    expect(events).toMatchObject([{ name: "status", message: { state: "calibrating" } }]);
    expect(order).toEqual(["reply after 1 event"]);
  });

  it("keeps requests waiting while the window is full, and refuses more than can wait", async () => {
    const { session, device } = world({ window: 2 });
    device.on("getStatus", () => "silence");
    const calls = Array.from({ length: 70 }, () =>
      session.call("getStatus", {}).catch((error) => error.code),
    );
    await pass(1);
    expect(device.seen).toHaveLength(2);
    expect(await calls[69]).toBe("QKD_REQUEST_WINDOW");
    for (let round = 0; round < 70; round++) {
      for (const { sequence } of device.seen.splice(0)) device.reply("getStatus", sequence, STATUS);
      await pass(1);
    }
    expect((await Promise.all(calls)).filter((result) => result === "QKD_REQUEST_WINDOW")).toHaveLength(4);
  });

  it("survives unknown events, undecodable events, garbage and requests from the device", async () => {
    const { session, device, events } = world();
    device.strangeEvent(0xf123, Uint8Array.of(1, 2, 3));
    device.strangeEvent(0x8030, Uint8Array.of(1, 2, 3));
    device.raw(new TextEncoder().encode("hello, is this QKDL?"));
    device.raw(encodeFrame({ kind: "request", repeat: false, sequence: 1, opcode: 1 }, new Uint8Array(8)));
    device.event("status", STATUS);
    expect(await session.call("ping", { token: 5n })).toEqual({ token: 5n });
    expect(events).toHaveLength(1);
    expect(session.statistics).toMatchObject({
      unknownEvents: 1,
      undecodableMessages: 1,
      strayRequests: 1,
    });
    expect(session.link.counters.garbageBytes).toEqual({ noise: 19, header: 1 });
  });

  it("rejects a request whose reply makes no sense with a CodecError", async () => {
    const { session, device } = world();
    device.on("identify", () => "silence");
    const call = expect(session.call("identify", {})).rejects.toMatchObject({ name: "CodecError" });
    await pass(1);
    device.reply("ping", device.seen[0]!.sequence, { token: 0n });
    const head = {
      kind: "reply",
      repeat: false,
      sequence: device.seen[0]!.sequence,
      opcode: 0x0002,
    } as const;
    device.raw(encodeFrame(head, Uint8Array.of(9)));
    await pass(1);
    await call;
    expect(session.statistics.strayReplies).toBe(1);
  });

  it("finds the frame behind one that stopped in the middle", async () => {
    const { device, events } = world();
    device.raw(device.eventBytes("status", STATUS).subarray(0, 40));
    await pass(60);
    device.event("status", STATUS);
    await pass(1);
    expect(events).toHaveLength(1);
  });

  it("reassembles frames from single bytes", async () => {
    const { session, device, events } = world({}, 1);
    device.event("rawKeyQrx", rawKeyMessage(3));
    expect(await session.call("identify", {})).toEqual(IDENTITY);
    expect(events).toMatchObject([{ name: "rawKeyQrx", message: { frameId: 3 } }]);
  });

  it("rejects everything that waits when the line is unplugged, and everything after", async () => {
    const { session, device, closings, cable } = world();
    device.on("getStatus", () => "silence");
    const call = session.call("getStatus", {}).catch((error) => error.code);
    await pass(1);
    cable.unplug();
    expect(await call).toBe("QKD_TRANSPORT_CLOSED");
    await expect(session.call("ping", { token: 0n })).rejects.toMatchObject({ code: "QKD_TRANSPORT_CLOSED" });
    expect(closings).toMatchObject([{ code: "QKD_TRANSPORT_CLOSED" }]);
  });

  it("closes once, without a reason", async () => {
    const { session, closings } = world();
    await Promise.all([session.close(), session.close()]);
    expect(closings).toEqual([undefined]);
  });

  it("ends when a ping is not answered and nothing else is heard", async () => {
    const { device, closings } = world({ heartbeatMs: 500 });
    device.on("ping", () => "silence");
    await pass(2_000);
    expect(closings).toMatchObject([{ code: "QKD_REQUEST_TIMEOUT" }]);
  });

  it("stays when pings are lost but frames keep coming", async () => {
    const { device, closings } = world({ heartbeatMs: 500 });
    device.on("ping", () => "silence");
    const pushing = setInterval(() => device.event("status", STATUS), 50);
    await pass(5_000);
    clearInterval(pushing);
    expect(closings).toEqual([]);
  });

  it("says garbage, not timeout, when the line brings bytes and never a frame", async () => {
    const { session, device } = world();
    device.on("identify", () => "silence");
    const noise = setInterval(() => device.raw(new Uint8Array(40).fill(0xa5)), 20);
    const failure = expect(session.call("identify", {})).rejects.toMatchObject({
      code: "QKD_TRANSPORT_GARBAGE",
      retryable: true,
    });
    await pass(400);
    clearInterval(noise);
    await failure;
  });

  it("gives up at once on a flood of garbage", async () => {
    const { device, closings } = world();
    device.raw(new Uint8Array(10_000).fill(0x51));
    await pass(1);
    expect(closings).toMatchObject([{ code: "QKD_TRANSPORT_GARBAGE" }]);
  });

  it("says which end to update when the device speaks another protocol version", async () => {
    const { device, closings } = world();
    // Version 2 with a right header checksum, worked out by hand from SPEC 3.1.
    const header = [0x51, 0x4b, 0x44, 0x4c, 0x02, 0x02, 0x00, 0x00, 0x80, 0x30, 0x00, 0x00, 0x00, 0x00];
    let crc = 0xffff;
    for (const byte of header) {
      crc ^= byte << 8;
      for (let bit = 0; bit < 8; bit++)
        crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
    }
    device.raw(Uint8Array.of(...header, crc >> 8, crc & 0xff, 0, 0, 0, 0));
    await pass(1);
    expect(closings).toMatchObject([{ code: "QKD_FRAME_VERSION", retryable: false }]);
  });

  it("waits with its timeouts while a long frame is coming in", async () => {
    const { session, device } = world({ stallMs: 1_000 });
    device.on("timeSync", () => "silence");
    const call = session.call("timeSync", { t1Ns: 1n });
    await pass(1);
    const long = device.eventBytes("rawKeyQrx", rawKeyMessage(1));
    for (let index = 0; index < long.length; index++) {
      device.raw(long.subarray(index, index + 1));
      await pass(5);
    }
    device.reply("timeSync", device.seen[0]!.sequence, { t1Ns: 1n, t2Ns: 0n, t3Ns: 0n });
    expect((await call).t1Ns).toBe(1n);
  });
});
