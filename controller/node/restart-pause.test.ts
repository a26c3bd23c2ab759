import { expect, it } from "vitest";
import { restartAfterMs } from "./restart-pause.ts";

it("waits longer with each start that fails, and never longer than half a minute", () => {
  expect([0, 1, 2, 5, 6, 10_000].map(restartAfterMs)).toEqual([500, 1000, 2000, 16_000, 30_000, 30_000]);
});
