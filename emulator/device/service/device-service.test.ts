import { describe, expect, it } from "vitest";
import { linkPreset } from "../../../physics/index.ts";
import { emulatedProfile } from "../device-profile.ts";
import type { DeviceWorld } from "../device-world.ts";
import { LightWatch } from "../keys/light-watch.ts";
import { noGates } from "../measured-gates.ts";
import { DeviceSettings } from "../parameters/device-settings.ts";
import { DeviceService, type ServiceClient } from "./device-service.ts";

const { link } = linkPreset("yuan2018");

function served() {
  const told: string[] = [];
  const world = {
    act: () => {},
    addLoss: () => {},
    beginMeasurement: () => {},
    endMeasurement: () => told.push("end"),
    measure: async (gates: number) => ({ ...noGates(), gates }),
    unpaced: false,
    quantumNm: 1550,
    wallNs: () => 1_790_000_000_000_000_000n,
  } as unknown as DeviceWorld;
  const settings = new DeviceSettings("qrx", link, world, () => true, {});
  const service = new DeviceService<ServiceClient>({
    profile: emulatedProfile("qrx", 1e6, 1n),
    settings,
    world,
    keyExchangeOwner: undefined,
    values: {},
    light: new LightWatch(1e6),
    moment: () => ({ state: "idle", uptimeMs: 0 }),
    found: () => {},
    tellAll: () => {},
    move: (input) => void told.push(input),
    mayMeasure: () => {},
    note: () => {},
  });
  const owner = { name: "tcp 1", silentMs: 0, event: (name: string) => void told.push(name) };
  return { told, settings, service, owner, session: owner };
}

const SCAN = { kind: "gateDelay", from: 100, to: 200, points: 2, dwellMs: 1000 } as const;

describe("the service of a device", () => {
  it("ends the measurement of a client that says nothing for 30 s", () => {
    const { told, settings, service, owner, session } = served();
    service.startMeasurement(session, SCAN);
    owner.silentMs = 30_000;
    service.tick(0.1);
    expect([service.measurement.number, settings.store.number("gateDelayPs")]).toEqual([1, 100]);
    owner.silentMs = 30_001;
    service.tick(0.1);
    expect([service.measurement.number, settings.store.number("gateDelayPs")]).toEqual([undefined, 0]);
    expect(told).toEqual(["startMeasurement", "end", "measurementEnded", "measurementEnded"]);
  });

  it("tells a calibration of its instruments that is not overdue", () => {
    const { calibratedAtS, calibrationDueS } = served().service.description;
    expect(calibratedAtS).toBeLessThan(1_790_000_000);
    expect(calibrationDueS).toBeGreaterThan(1_790_000_000);
  });
});
