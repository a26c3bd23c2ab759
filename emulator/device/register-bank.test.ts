import { describe, expect, it } from "vitest";
import { decodeInputRegisters, INPUT_REGISTER_COUNT } from "../../protocol/index.ts";
import { MODBUS_EXCEPTION } from "../ports/modbus-bank.ts";
import { emulatedProfile } from "./device-profile.ts";
import { type RegisterSource, registerBank } from "./register-bank.ts";

function device(): RegisterSource & { readonly calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    profile: emulatedProfile("qrx", 1e9, 5n),
    values: { detector0TemperatureC: -30.25, gain: 0.0072, uptimeS: 70_000, state: 2, qberZPpm: null },
    alarms: [
      { name: "gain", code: 43, severity: "critical", level: "absolute", value: 0, raisedMs: 0n, text: "" },
      {
        name: "visibility",
        code: 42,
        severity: "major",
        level: "operating",
        value: 0,
        raisedMs: 0n,
        text: "",
      },
    ],
    ledSeconds: 12.2,
    leased: false,
    statusIntervalMs: 1000,
    blinkLed: (seconds) => calls.push(`led ${seconds}`),
    setStatusInterval: (ms) => calls.push(`interval ${ms}`),
    clearAlarmLatches: () => calls.push("clear"),
  };
}

describe("the register bank", () => {
  it("shows the device's values in the layout of the register map", () => {
    const bank = registerBank(device());
    const words = Array.from({ length: INPUT_REGISTER_COUNT }, (_, address) => bank.inputRegister(address)!);
    const { detector0TemperatureC, gain, uptimeS, state, qberZPpm } = decodeInputRegisters(words);
    expect([detector0TemperatureC, uptimeS, state, qberZPpm]).toEqual([-30.25, 70_000, 2, null]);
    expect(gain).toBeCloseTo(0.0072, 8);
    expect(bank.inputRegister(INPUT_REGISTER_COUNT)).toBeUndefined();
  });

  it("shows alarms as two bitmaps", () => {
    const bank = registerBank(device());
    const set = Array.from({ length: 128 }, (_, address) => address).filter((address) =>
      bank.discreteInput(address),
    );
    expect(set).toEqual([42, 43, 64 + 43]);
    expect(bank.discreteInput(128)).toBeUndefined();
  });

  it("controls LED, status interval and alarm latches, and nothing when it refuses", () => {
    const source = device();
    const bank = registerBank(source);
    expect([bank.coil(0), bank.coil(1), bank.coil(2)]).toEqual([false, true, undefined]);
    expect([bank.holdingRegister(0), bank.holdingRegister(1), bank.holdingRegister(2)]).toEqual([
      13,
      1000,
      undefined,
    ]);
    expect(bank.writeCoils(0, [true, true])).toBeUndefined();
    expect(bank.writeHoldingRegisters(0, [5, 250])).toBeUndefined();
    expect(source.calls).toEqual(["clear", "led 60", "led 5", "interval 250"]);
    expect(bank.writeHoldingRegisters(0, [5, 99])).toBe(3);
    expect(bank.writeHoldingRegisters(0, [3601, 250])).toBe(3);
    expect(bank.writeHoldingRegisters(1, [250, 1])).toBe(2);
    expect(bank.writeCoils(1, [true, true])).toBe(2);
    expect(source.calls).toHaveLength(4);
  });

  it("identifies the device", () => {
    const { identification } = registerBank(device());
    expect([...identification.keys()]).toEqual([0, 1, 2, 3, 4, 5, 0x80, 0x81, 0x82]);
    expect(identification.get(0x81)).toBe("qrx");
    expect(identification.get(0x82)).toMatch(/^[0-9a-f]{32}$/);
  });

  it("takes nothing but the identify LED while somebody has leased the device", () => {
    const leased = { ...device(), leased: true };
    const bank = registerBank(leased);
    const busy = MODBUS_EXCEPTION.deviceBusy;
    expect([bank.writeCoils(0, [true]), bank.writeCoils(0, [true, true])]).toEqual([busy, busy]);
    expect([bank.writeHoldingRegisters(1, [500]), bank.writeHoldingRegisters(0, [3, 500])]).toEqual([
      busy,
      busy,
    ]);
    expect(leased.calls).toEqual([]);
    expect([bank.writeCoils(1, [true]), bank.writeHoldingRegisters(0, [3])]).toEqual([undefined, undefined]);
    expect(leased.calls).toEqual(["led 60", "led 3"]);
  });
});
