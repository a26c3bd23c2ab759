import { expect, it } from "vitest";
import { torture } from "../torture/torture.ts";

it("two stores that are killed 30 times, harmed every other time, give nothing twice", async () => {
  const report = await torture({ kills: 30, seed: 30, progress: () => undefined });
  // Some keys of one block may still be lost at the twin: docs/RELIABILITY.md tells it, and `npm run torture` fails for it.
  expect(report.violations.filter((violation) => !/^(alice|bob) lost key /.test(violation))).toEqual([]);
  expect(report.keysGiven).toBeGreaterThan(300);
  expect(report.keysFetched).toBeGreaterThan(100);
  expect(report.pads).toBeGreaterThan(30);
  expect(report.openings.crashed).toBeGreaterThan(5);
  expect(Object.keys(report.harms).length).toBeGreaterThan(3);
}, 300_000);
