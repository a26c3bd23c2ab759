import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Address,
  formatAddress,
  parseAddress,
  parseDeviceAddress,
  parseTelemetryAddress,
} from "./address.ts";

describe("an address", () => {
  it.each([
    ["tcp://10.0.0.7:5525", { kind: "tcp", host: "10.0.0.7", port: 5525 }],
    ["tls://qkd.example:5525", { kind: "tls", host: "qkd.example", port: 5525 }],
    ["tcp://[fe80::1]:1", { kind: "tcp", host: "fe80::1", port: 1 }],
    ["modbus+tcp://plc", { kind: "modbus+tcp", host: "plc", port: 502, unit: 1 }],
    [
      "modbus+rtu+tcp://gateway:4001?unit=7",
      { kind: "modbus+rtu+tcp", host: "gateway", port: 4001, unit: 7 },
    ],
    ["modbus+tcp://plc:1502?unit=17", { kind: "modbus+tcp", host: "plc", port: 1502, unit: 17 }],
    [
      "serial:/dev/ttyUSB0?baud=3000000&parity=even",
      { kind: "serial", path: "/dev/ttyUSB0", baud: 3_000_000, parity: "even", dataBits: 8, stopBits: 1 },
    ],
    [
      "serial:COM3",
      { kind: "serial", path: "COM3", baud: 3_000_000, parity: "none", dataBits: 8, stopBits: 1 },
    ],
    [
      "modbus+rtu:/dev/tty%3F?baud=9600&dataBits=7&stopBits=2&unit=247",
      {
        kind: "modbus+rtu",
        path: "/dev/tty?",
        baud: 9600,
        parity: "none",
        dataBits: 7,
        stopBits: 2,
        unit: 247,
      },
    ],
  ] as const)("reads %s", (text, address) => {
    expect(parseAddress(text)).toEqual(address);
  });

  it.each([
    ["", "scheme"],
    ["http://host:1", "scheme"],
    ["tcp:/host:1", "//host:port"],
    ["tcp://host", "port is missing"],
    ["tcp://host:0", "1 to 65535"],
    ["tcp://host:65536", "1 to 65535"],
    ["tcp://host:+80", "1 to 65535"],
    ["tcp://:80", "host is empty"],
    ["tcp://user@host:80", "//host:port"],
    ["tcp://host:80/path", "1 to 65535"],
    ["tcp://fe80::1:80", "//host:port"],
    ["tcp://[nonsense]:80", "IPv6"],
    ["tcp://host:80?unit=1", "unit"],
    ["modbus+rtu+tcp://host?unit=0", "unit"],
    ["serial:", "names no serial port"],
    ["serial:///dev/ttyUSB0", "directly"],
    ["serial:/dev/ttyUSB0?baud=fast", "baud"],
    ["serial:/dev/ttyUSB0?baud=1e6", "baud"],
    ["serial:/dev/ttyUSB0?baud=", "baud"],
    ["serial:/dev/ttyUSB0?baud=49", "from 50 to 12000000"],
    ["serial:/dev/ttyUSB0?baud=12000001", "from 50 to 12000000"],
    ["serial:/dev/ttyUSB0?baud=9600=1", "name=value"],
    ["serial:/dev/ttyUSB0?=1", "name=value"],
    ["serial:/dev/ttyUSB0?baud=9600&baud=19200", "twice"],
    ["serial:/dev/ttyUSB0?parity=sometimes", "parity"],
    ["serial:/dev/ttyUSB0?speed=9600", "speed"],
    ["serial:/dev/ttyUSB0?baud=1200?x=1", "two question marks"],
    ["serial:/dev/%", "percent"],
    ["serial:/dev/a%00b", "control"],
    ["modbus+tcp://host?unit=256", "unit"],
    ["modbus+rtu:/dev/ttyS0?unit=0", "unit"],
    ["modbus+rtu:/dev/ttyS0?unit=248", "unit"],
  ])("refuses %j and says why", (text, reason) => {
    expect(() => parseAddress(text)).toThrow(
      expect.objectContaining({
        code: "QKD_TRANSPORT_ADDRESS",
        context: expect.objectContaining({ reason: expect.stringContaining(reason) }),
      }),
    );
  });

  it("that is wrong is shown up to its eightieth letter", () => {
    const shown = `${"x".repeat(80)}…`;
    expect(() => parseAddress("x".repeat(100_000))).toThrow(
      expect.objectContaining({ context: expect.objectContaining({ address: shown }) }),
    );
  });

  it("of Modbus is no command port, and a command port is no telemetry", () => {
    expect(() => parseDeviceAddress("modbus+tcp://host")).toThrow(/telemetry/);
    expect(() => parseTelemetryAddress("tcp://host:1")).toThrow(/modbus/);
  });

  const line = {
    path: fc
      .string({ minLength: 1, maxLength: 20, unit: fc.constantFrom(..."/devtyUSB019-_.:?%#= ü") })
      .filter((path) => !path.startsWith("//")),
    baud: fc.integer({ min: 50, max: 12_000_000 }),
    parity: fc.constantFrom("none", "even", "odd"),
    dataBits: fc.constantFrom(7, 8),
    stopBits: fc.constantFrom(1, 2),
  } as const;
  const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6());
  const port = fc.integer({ min: 1, max: 65_535 });
  const address: fc.Arbitrary<Address> = fc.oneof(
    fc.record({ kind: fc.constantFrom("tcp" as const, "tls" as const), host, port }),
    fc.record({
      kind: fc.constant("modbus+tcp" as const),
      host,
      port,
      unit: fc.integer({ min: 0, max: 255 }),
    }),
    fc.record({ kind: fc.constant("serial" as const), ...line }),
    fc.record({ kind: fc.constant("modbus+rtu" as const), ...line, unit: fc.integer({ min: 1, max: 247 }) }),
  );

  it("survives formatting and reading back", () => {
    fc.assert(
      fc.property(address, (value) => {
        expect(parseAddress(formatAddress(value))).toEqual(value);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it("never fails in any other way than QKD_TRANSPORT_ADDRESS", () => {
    const soup = fc.string({
      unit: fc.constantFrom(
        "tcp",
        "serial",
        "modbus+",
        "rtu",
        ":",
        "/",
        "?",
        "=",
        "[",
        "]",
        "%",
        "&",
        "1",
        "\u0000",
        "é",
      ),
    });
    fc.assert(
      fc.property(
        fc.oneof(
          soup,
          fc.string(),
          soup.map((tail) => `serial:${tail}`),
          soup.map((tail) => `tcp://${tail}`),
        ),
        (text) => {
          try {
            parseAddress(text);
          } catch (error) {
            expect(error).toMatchObject({ code: "QKD_TRANSPORT_ADDRESS" });
          }
        },
      ),
      { seed: 2, numRuns: 2000 },
    );
  });
});
