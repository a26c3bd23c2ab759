import { expect, it } from "vitest";
import type { LinkReadings } from "../keys/link-readings.ts";
import { tuningHindrance } from "./tuning-hindrance.ts";

const NOW = {
  state: "online",
  readings: { gain: 0.01 } as LinkReadings,
  ageS: 0,
  backgroundPerGate: 1e-5,
} as const;

it("nothing stands against tuning where light arrives that was counted a moment ago", () => {
  expect(tuningHindrance(NOW)).toBeUndefined();
  expect(tuningHindrance({ ...NOW, state: "idle" })).toBeUndefined();
  expect(tuningHindrance({ ...NOW, ageS: 5 })).toBeUndefined();
  expect(tuningHindrance({ ...NOW, readings: null })).toBeUndefined();
});

it("a device does not tune on readings that are stale, in the dark, and in no other state", () => {
  expect(tuningHindrance({ ...NOW, ageS: 5.001 })).toBe("its readings are stale");
  expect(tuningHindrance({ ...NOW, readings: { gain: 2.9e-5 } as LinkReadings })).toMatch(
    /^no light arrives/,
  );
  for (const state of ["calibrating", "error", "measuring"] as const)
    expect(tuningHindrance({ ...NOW, state: state as never })).toBe(`the device is ${state}`);
});
