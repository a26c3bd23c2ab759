import { expect, it } from "vitest";
import { logLine } from "./log-line.ts";

it("begins with the time of day", () => {
  expect(logLine("peer up", new Date(2026, 10, 30, 9, 5, 7))).toBe("09:05:07 peer up\n");
});

it("is one line, whatever a stranger's name holds", () => {
  const at = new Date(2026, 10, 30, 23, 59, 59);
  expect(logLine("callerRefused: sae gw\n00:00:00 peer up\u2028\u001b[2J", at)).toBe(
    "23:59:59 callerRefused: sae gw 00:00:00 peer up [2J\n",
  );
});
