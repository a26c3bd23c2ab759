import { expect, it } from "vitest";
import { playBox } from "../liars/box/box-evening.ts";

it("a box that cuts, delays, drops, trickles, spoils and floods for twenty seconds: key within two blocks afterwards", async () => {
  const { traces, bouts, blocksUntilKey } = await playBox(20, 20261129);
  expect(traces).toEqual([]);
  expect(Object.keys(bouts).length).toBeGreaterThan(2);
  expect(blocksUntilKey).toBeGreaterThan(0);
}, 240_000);
