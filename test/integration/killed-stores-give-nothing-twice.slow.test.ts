import { expect, it } from "vitest";
import { torture } from "../torture/torture.ts";

it("two stores that are killed 30 times, harmed every other time, give nothing twice and lose nothing beyond the harm", async () => {
  const report = await torture({ kills: 30, seed: 30, progress: () => undefined });
  expect(report.violations).toEqual([]);
  expect(report.keysGiven).toBeGreaterThan(300);
  expect(report.keysFetched).toBeGreaterThan(100);
  expect(report.pads).toBeGreaterThan(30);
  expect(report.openings.crashed).toBeGreaterThan(5);
  expect(Object.keys(report.harms).length).toBeGreaterThan(3);
}, 300_000);
