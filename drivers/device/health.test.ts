import { describe, expect, it } from "vitest";
import type { RegisterValues, ReplyOf } from "../../protocol/index.ts";
import { type HealthSources, mergeHealth, STALE_MS } from "./health.ts";

const status: ReplyOf<"getStatus"> = {
  state: "online",
  uptimeMs: 5_000n,
  sessionNumber: 1,
  qberPpm: 30_000,
  visibility: 0.9,
  countRate0Hz: 4e5,
  countRate1Hz: 5e5,
  laserTemperatureC: 25,
  detectorTemperatureC: -10,
  internalTemperatureC: 70,
  framesProduced: 10,
  framesSent: 9,
  framesDropped: 1,
  detectionsDropped: 100,
  frameErrors: 0,
  requestErrors: 0,
  activeAlarms: 2,
};

const health = (sources: Partial<HealthSources>, nowMs = 1_000) =>
  mergeHealth(
    { connection: "online", role: "qrx", status: undefined, telemetry: undefined, ...sources },
    nowMs,
  );
const at = <T>(values: T, atMs: number) => ({ values, atMs });
const levels = (merged: ReturnType<typeof health>) =>
  Object.fromEntries(merged.quantities.map(({ name, level }) => [name, level]));
const find = (merged: ReturnType<typeof health>, name: string) =>
  merged.quantities.find((each) => each.name === name);

describe("health", () => {
  it("is empty and idle before anything was read", () => {
    expect(health({})).toEqual({ state: "idle", qberPpm: null, quantities: [], droppedFrames: 0 });
  });

  it("judges the protocol's readings by the ranges of the register map, in three levels", () => {
    const merged = health({ status: at(status, 1_000) });
    expect(levels(merged)).toMatchObject({
      qberPpm: "ok",
      visibility: "degraded",
      detector0CountRateHz: "ok",
      detectorTemperatureC: "degraded",
      internalTemperatureC: "invalid",
      framesProduced: "ok",
    });
    expect(merged).toMatchObject({ state: "online", qberPpm: 30_000, droppedFrames: 1 });
  });

  it("tells a transmitter's readings of a transmitter", () => {
    const names = health({ role: "qtx", status: at(status, 0) }).quantities.map(({ name }) => name);
    expect(names).toContain("laserTemperatureC");
    expect(names).not.toContain("detector0CountRateHz");
  });

  it("takes each quantity once, from the plane that read it last, with its age", () => {
    const registers: RegisterValues = { internalTemperatureC: 30, gain: 0.01, laserBiasMa: null };
    const later = health({ status: at(status, 100), telemetry: at(registers, 600) });
    expect(find(later, "internalTemperatureC")).toEqual({
      name: "internalTemperatureC",
      unit: "degC",
      value: 30,
      level: "ok",
      ageMs: 400,
      source: "modbus",
    });
    expect(find(later, "laserBiasMa")).toBeUndefined();
    const earlier = health({ status: at(status, 600), telemetry: at(registers, 100) });
    expect(find(earlier, "internalTemperatureC")).toMatchObject({
      value: 70,
      source: "protocol",
      ageMs: 400,
    });
    expect(find(earlier, "gain")).toMatchObject({ source: "modbus", ageMs: 900 });
  });

  it("takes the error rate from the registers when the status has none", () => {
    const silent = { ...status, qberPpm: null };
    const merged = health({
      status: at(silent, 0),
      telemetry: at({ qberZPpm: 21_000, qberXPpm: 35_000 }, 0),
    });
    expect(merged.qberPpm).toBe(21_000);
  });

  it("calls readings invalid that are too old to mean anything", () => {
    expect(find(health({ status: at(status, 0) }, STALE_MS), "qberPpm")?.level).toBe("ok");
    expect(find(health({ status: at(status, 0) }, STALE_MS + 1), "qberPpm")?.level).toBe("invalid");
  });

  it.each(["connecting", "reconnecting", "closed"] as const)(
    "is offline while the driver is %s",
    (connection) => {
      expect(health({ connection, status: at(status, 0) }).state).toBe("offline");
    },
  );
});
