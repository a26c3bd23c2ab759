import { describe, expect, it } from "vitest";
import type { ProbeFinding } from "../../drivers/index.ts";
import { TransportError } from "../../errors/index.ts";
import { addressesOf } from "./addresses.ts";
import { findingJson, findingLine } from "./finding-line.ts";

describe("an argument of probe", () => {
  it.each([
    ["tls://host:1", ["tls://host:1"]],
    ["modbus+rtu+tcp://host:4001?unit=3", ["modbus+rtu+tcp://host:4001?unit=3"]],
    ["/dev/ttyUSB0", ["serial:/dev/ttyUSB0"]],
    ["COM3", ["serial:COM3"]],
    ["10.0.0.7", ["tcp://10.0.0.7:5525", "modbus+tcp://10.0.0.7:502?unit=1"]],
    ["[fe80::1]:7000", ["tcp://[fe80::1]:7000"]],
  ])("%s means %j", (text, addresses) => expect(addressesOf(text)).toEqual(addresses));

  it.each(["", "http://host", "host:port", "a host", `${"x".repeat(500)}!`])("is refused: %s", (text) =>
    expect(() => addressesOf(text)).toThrow(expect.objectContaining({ code: "QKD_USAGE" })),
  );
});

describe("a finding", () => {
  const error = new TransportError("QKD_TRANSPORT_OPEN", "Cannot open serial:/dev/x (Cannot lock port)");
  const nothing = (trouble?: Extract<ProbeFinding, { found: "nothing" }>["trouble"]): ProbeFinding => ({
    found: "nothing",
    address: "serial:/dev/x",
    error,
    ...(trouble === undefined ? {} : { trouble }),
  });

  it.each([
    [nothing({ why: "busy", by: { pid: 12, command: "minicom" } }), "busy: minicom (process 12) has it open"],
    [nothing({ why: "busy", by: undefined }), "busy: another program has it open"],
    [nothing({ why: "forbidden", group: "dialout" }), "sudo usermod -aG dialout $USER"],
    [nothing({ why: "forbidden", group: "root" }), "run as a user that may read and write it"],
    [nothing({ why: "absent" }), "there is no such port"],
    [nothing({ why: "other" }), "nothing answers: Cannot open"],
    [nothing(), "nothing answers: Cannot open"],
  ])("says why nothing is there, and what to do: %#", (finding, words) => {
    const line = findingLine(finding);
    expect(line.startsWith("serial:/dev/x  ")).toBe(true);
    expect(line).toContain(words);
    expect(line).not.toContain("\n");
  });

  it("tells machines code and sentence of an error", () =>
    expect(findingJson(nothing({ why: "absent" }))).toEqual({
      found: "nothing",
      address: "serial:/dev/x",
      trouble: { why: "absent" },
      error: { code: "QKD_TRANSPORT_OPEN", message: error.message },
    }));
});
