import { expect, it } from "vitest";
import { counterRegisters } from "./device-report.ts";

it("counters start over before the absent value", () => {
  const at = (seconds: number) =>
    counterRegisters({
      role: "qrx",
      state: "idle",
      uptimeMs: 1000 * seconds,
      keyExchange: undefined,
      readings: null,
      activeAlarms: 0,
      errors: { frameErrors: 0, requestErrors: 0 },
    }).uptimeS;
  expect([at(0xffff_fffe), at(0xffff_ffff), at(2 ** 32)]).toEqual([0xffff_fffe, 0, 1]);
});
