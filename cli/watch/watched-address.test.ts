import { expect, it } from "vitest";
import { watchedAddresses } from "./watched-address.ts";

it("watches one unit or two, with their telemetry in order", () => {
  expect(watchedAddresses(["10.0.0.7", "serial:/dev/ttyS0"], ["modbus+tcp://10.0.0.7:502"])).toEqual([
    { address: "tcp://10.0.0.7:5525", telemetry: "modbus+tcp://10.0.0.7:502" },
    { address: "serial:/dev/ttyS0", telemetry: null },
  ]);
});

it("refuses what cannot be watched, with what to do", () => {
  const refused = (addresses: readonly string[], telemetry: readonly string[] = []) => {
    try {
      watchedAddresses(addresses, telemetry);
    } catch (error) {
      return (error as { code: string }).code;
    }
    return "taken";
  };
  expect(refused([])).toBe("QKD_USAGE");
  expect(refused(["a", "b", "c"])).toBe("QKD_USAGE");
  expect(refused(["a"], ["modbus+tcp://h:1", "modbus+tcp://h:2"])).toBe("QKD_USAGE");
  expect(refused(["modbus+tcp://h:1"])).toBe("QKD_USAGE");
  expect(refused(["a"], ["tcp://h:1"])).toBe("QKD_TRANSPORT_ADDRESS");
});
