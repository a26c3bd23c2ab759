import { describe, expect, it, vi } from "vitest";
import { IDENTITY, STATUS } from "./fake-device.ts";
import { bench, OPTIONS, onVirtualTime, open, pass } from "./transceiver-bench.ts";

onVirtualTime();

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

  it("asks for the status when the device does not tell it", async () => {
    const { factory, device } = bench();
    await open(factory);
    await pass(21_000);
    expect(
      device()
        .names()
        .filter((name) => name === "getStatus").length,
    ).toBeGreaterThanOrEqual(5);
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

  it("ends a calibration's telling when the device tells nothing of it for a quarter of an hour", async () => {
    const { factory, device } = bench();
    const { transceiver } = await open(factory, {
      ...OPTIONS,
      session: { timeoutMs: 100, heartbeatMs: 3_600_000 },
    });
    device().on("startCalibration", () => ({ run: 1, steps: 2 }));
    const failure = vi.fn();
    transceiver.calibrate().subscribe({ error: failure });
    await pass(14 * 60_000);
    device().event("calibrationProgress", { run: 1, step: "laser", percent: 50, text: "" });
    await pass(14 * 60_000);
    expect(failure).not.toHaveBeenCalled();
    await pass(60_000);
    expect(failure).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: "QKD_REQUEST_TIMEOUT" }));
  });

  it("does not tell a calibration as complete because the transceiver ends", async () => {
    const { factory, device } = bench();
    const { transceiver } = await open(factory);
    device().on("startCalibration", () => ({ run: 1, steps: 1 }));
    const told = { complete: vi.fn(), error: vi.fn() };
    transceiver.calibrate().subscribe(told);
    await pass(1);
    await transceiver.close();
    expect(told.complete).not.toHaveBeenCalled();
    expect(told.error).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ code: "QKD_TRANSPORT_CLOSED" }),
    );
  });

  it("compares clocks", async () => {
    const { factory, device } = bench();
    const { transceiver } = await open(factory);
    device().on("timeSync", ({ t1Ns }) => ({ t1Ns, t2Ns: t1Ns + 5_000n, t3Ns: t1Ns + 5_000n }));
    expect(await transceiver.compareClocks()).toEqual({ offsetNs: 5_000, roundTripNs: 0 });
  });
});
