import { describe, expect, it } from "vitest";
import { parseListenAddress } from "./listen-address.ts";

describe("listen addresses", () => {
  it.each([
    ["tcp://127.0.0.1:0", { kind: "tcp", at: { host: "127.0.0.1", port: 0 } }],
    ["tcp://[::1]:5525", { kind: "tcp", at: { host: "::1", port: 5525 } }],
    ["modbus+tcp://0.0.0.0:502", { kind: "modbus+tcp", at: { host: "0.0.0.0", port: 502 }, unit: 1 }],
    ["serial:", { kind: "serial", line: { baud: 3_000_000, dataBits: 8, parity: "none", stopBits: 1 } }],
    [
      "modbus+rtu:/tmp/line?baud=9600&parity=odd&stopBits=2&unit=17",
      {
        kind: "modbus+rtu",
        symlink: "/tmp/line",
        line: { baud: 9600, dataBits: 8, parity: "odd", stopBits: 2 },
        unit: 17,
      },
    ],
  ])("reads %s", (address, parsed) => {
    expect(parseListenAddress(address)).toEqual(parsed);
  });

  it.each([
    "",
    "udp://127.0.0.1:1",
    "tcp://127.0.0.1",
    "tcp://127.0.0.1:65536",
    "tcp://:80",
    "tcp://host:1?baud=9600",
    "tls://127.0.0.1:0",
    "tls://127.0.0.1:0?cert=/no/such.crt",
    "tls://127.0.0.1:0?key=/no/such.key",
    "serial:?baud=0",
    "serial:?baud=49",
    "serial:?baud=50000001",
    "serial:?stopBits=0",
    "serial:?stopBits=3",
    "serial:?baud=fast",
    "serial:?parity=mark",
    "serial:?baud=9600?x",
    "modbus+tcp://127.0.0.1:0?unit=0",
    "modbus+tcp://127.0.0.1:0?unit=248",
    "modbus+rtu:?unit=0",
    "modbus+rtu:?unit=248",
    "modbus+rtu:?speed=9600",
  ])("refuses %s", (address) => {
    expect(() => parseListenAddress(address)).toThrowError(
      expect.objectContaining({ code: "QKD_TRANSPORT_ADDRESS" }),
    );
  });

  it("names the certificate file that is not there", () => {
    expect(() => parseListenAddress("tls://127.0.0.1:0?cert=/no/such.crt&key=/no/such.key")).toThrowError(
      expect.objectContaining({ code: "QKD_CONFIG_UNREADABLE", context: { path: "/no/such.crt" } }),
    );
  });
});
