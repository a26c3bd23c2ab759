import { describe, expect, it, vi } from "vitest";
import { openTransceiver } from "../../drivers/index.ts";
import { IDENTITY } from "./fake-device.ts";
import { bench, OPTIONS, onVirtualTime, open, pass, REFUSED } from "./transceiver-bench.ts";

onVirtualTime();

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

  it("waits for ever when told so, and can be given up", async () => {
    const { factory, state } = bench();
    state.powered = false;
    const abort = new AbortController();
    const options = { ...OPTIONS, openTimeoutMs: Number.POSITIVE_INFINITY, signal: abort.signal };
    const failure = expect(openTransceiver(factory, options)).rejects.toMatchObject({
      code: "QKD_TRANSPORT_CLOSED",
    });
    await pass(3_600_000);
    expect(state.attempts).toBeGreaterThan(3_000);
    abort.abort();
    await failure;
    expect(vi.getTimerCount()).toBe(0);
    await expect(openTransceiver(factory, options)).rejects.toMatchObject({ code: "QKD_TRANSPORT_CLOSED" });
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
    [{ connectTimeoutMs: -1 }, "connectTimeoutMs"],
    [{ openTimeoutMs: Number.NaN }, "openTimeoutMs"],
    [{ session: { window: 9 } }, "session.window"],
    [{ session: { attempts: 1.5 } }, "session.attempts"],
    [{ reconnect: { initialMs: 1, maxMs: 1, factor: 0, jitter: 0 } }, "reconnect.factor"],
    [{ telemetryOptions: { intervalMs: 0 } }, "telemetryOptions.intervalMs"],
  ])("refuses impossible options %j before it connects, naming the field", async (options, field) => {
    const { factory, state } = bench();
    await expect(openTransceiver(factory, options)).rejects.toMatchObject({
      code: "QKD_CONFIG_INVALID",
      context: { field },
    });
    expect(state.attempts).toBe(0);
  });

  it.each([
    ["nonsense", {}],
    ["modbus+tcp://host", {}],
    ["tcp://host:1", { telemetry: "tcp://host:2" }],
  ])("refuses the address %s %j before it connects", async (address, options) => {
    await expect(openTransceiver(address, options)).rejects.toMatchObject({ code: "QKD_TRANSPORT_ADDRESS" });
  });
});
