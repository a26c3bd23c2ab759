import { describe, expect, it } from "vitest";
import { parseDeviceAddress, parseTelemetryAddress } from "../transport/address.ts";
import { announcedUnit, type ServiceAnswer } from "./announced-unit.ts";

const answer = (change: Partial<ServiceAnswer> = {}): ServiceAnswer => ({
  name: "QTX E0421",
  host: "cabinet-7.local.",
  port: 5525,
  addresses: ["fe80::1", "2001:db8::7", "10.0.0.7"],
  txt: { role: "qtx", modbus: "502", unit: "3" },
  ...change,
});

describe("an announcement", () => {
  it("gives addresses of both planes, IPv4 before IPv6 before the name", () => {
    expect(announcedUnit(answer())).toEqual({
      name: "QTX E0421",
      address: "tcp://10.0.0.7:5525",
      telemetry: "modbus+tcp://10.0.0.7:502?unit=3",
    });
    const v6 = announcedUnit(
      answer({ addresses: ["fe80::1", "2001:db8::7"], txt: { tls: "1", modbus: "502" } }),
    );
    expect(v6).toMatchObject({
      address: "tls://[2001:db8::7]:5525",
      telemetry: "modbus+tcp://[2001:db8::7]:502?unit=1",
    });
    expect(announcedUnit(answer({ addresses: [], txt: {} }))).toEqual({
      name: "QTX E0421",
      address: "tcp://cabinet-7.local:5525",
      telemetry: null,
    });
  });

  it("that names no place to connect to is passed over, whatever it holds", () => {
    for (const port of [0, -1, 65_536, 1.5, Number.NaN, "5525" as unknown as number])
      expect(announcedUnit(answer({ port })), String(port)).toBeNull();
    for (const host of ["", ".", "a b", "evil/?x=1", "-x", "x".repeat(300), "host:80", "ho\nst"])
      expect(announcedUnit(answer({ host, addresses: ["999", "::1%eth0"] })), host).toBeNull();
  });

  it("gives no telemetry where what it says of it is none", () => {
    for (const txt of [
      null,
      "text",
      { modbus: 502 },
      { modbus: "0" },
      { modbus: "65536" },
      { modbus: "5e2x" },
      { modbus: "502", unit: "0" },
      { modbus: "502", unit: "248" },
      { modbus: "502", unit: "1.5" },
    ])
      expect(announcedUnit(answer({ txt }))?.telemetry, JSON.stringify(txt)).toBeNull();
  });

  it("cannot spoil a terminal by its name, and only gives addresses that the driver takes", () => {
    const unit = announcedUnit(answer({ name: `\x1b[2J${"x".repeat(200)}\n` }));
    expect(unit?.name).toMatch(/^\ufffd\[2Jx{58,60}$/);
    for (const host of ["h.local", "192.168.1.9"]) {
      const { address, telemetry } = announcedUnit(answer({ host, addresses: [] })) ?? {
        address: "",
        telemetry: "",
      };
      expect(() => [parseDeviceAddress(address), parseTelemetryAddress(telemetry ?? "")]).not.toThrow();
    }
  });
});
