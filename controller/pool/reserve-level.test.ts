import { expect, it } from "vitest";
import { reserveLevel } from "./reserve-level.ts";

it("tells a reserve by its emptier direction: low below a quarter, high from sixteen times the pads on", () => {
  const level = (own: number, peer: number) => reserveLevel({ own, peer }, 1000);
  expect([level(250, 250), level(249, 9999), level(9999, 249)]).toEqual(["usual", "low", "low"]);
  expect([level(16_000, 16_000), level(15_999, 99_999), level(0, 0)]).toEqual(["high", "usual", "low"]);
});
