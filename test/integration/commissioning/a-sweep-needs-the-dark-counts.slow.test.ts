import { afterEach, beforeEach, expect, it } from "vitest";
import { CommissioningRig } from "./commissioning-rig.ts";

let rig: CommissioningRig;
beforeEach(async () => {
  rig = await CommissioningRig.start();
});
afterEach(() => rig.stop());

const OTHERS = [2, 3, 4, 5, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24];

it.each([
  ["judges a sweep of healthy detectors as what it is", [], "pass"],
  ["calls no sweep wrong whose background nobody has counted", [6], "unknown"],
] as const)("%s", { timeout: 120_000 }, async (_, skipped, verdict) => {
  const { report } = await rig.run({ options: { skip: [...OTHERS, ...skipped] } });
  expect(report?.steps.find(({ number }) => number === 10)?.verdict).toBe(verdict);
});
