import { describe, expect, it } from "vitest";
import type { Scenario } from "../../emulator/index.ts";
import { play } from "./scenario-play.ts";

/** Two seconds with something on every layer; slow gates keep it small. */
const SHORT: Scenario = {
  name: "short",
  title: "everything in two seconds",
  description: "for the test of replays",
  preset: "yuan2018",
  clockHz: 5e6,
  duration: "2 s",
  fibre: { lengthKm: 10, kind: "aerial" },
  dwdm: { channels: [{ name: "data", itu: 35, direction: "forward", launchDbm: 0, lit: false }] },
  // Ambient beyond what the cooler holds: the device itself makes the detectors warmer.
  devices: { bob: { ambientC: 39 } },
  initial: { phaseDrift: { relaxationPerS: 5, diffusionRadPerSqrtS: 0.3 } },
  timeline: [
    { at: "0 s", event: "sway", amplitudeDb: 2, period: "500 ms", for: "1500 ms" },
    { at: "300 ms", event: "light", channel: "data", for: "400 ms" },
    { at: "777 ms", event: "interceptResend", fraction: 0.5, basisBias: 0.9, for: "333 ms" },
    { at: "1200 ms", event: "cut", for: "100 ms" },
    { at: "1400 ms", event: "ambient", site: "bob", celsius: 60, over: "500 ms" },
    { at: "1 s", event: "delay", site: "bob", port: "tcp", delay: "20 ms", for: "300 ms" },
  ],
};

describe("the same scenario and seed", () => {
  it("give the same bytes at both units in virtual time, twice, and in real time", async () => {
    const first = await play({ scenario: SHORT, untilS: 2, detectionsPerFrame: 4096 });
    const again = await play({ scenario: SHORT, untilS: 2, detectionsPerFrame: 4096 });
    const real = await play({ scenario: SHORT, untilS: 2, detectionsPerFrame: 4096, speed: "real" });
    expect(again.digests).toEqual(first.digests);
    expect(real.digests).toEqual(first.digests);
    expect(first.digests.alice).not.toBe(first.digests.bob);
  });

  it("differ with another seed", async () => {
    const one = await play({ scenario: SHORT, untilS: 0.5, seed: 1 });
    const two = await play({ scenario: SHORT, untilS: 0.5, seed: 2 });
    expect(one.digests.alice).not.toBe(two.digests.alice);
    expect(one.digests.bob).not.toBe(two.digests.bob);
  });
});

describe("an event", () => {
  it("acts from its own gate on, however the frames are cut", async () => {
    const scenario: Scenario = {
      ...SHORT,
      fibre: { lengthKm: 10, kind: "buried" },
      timeline: [{ at: "123456789 ms", event: "cut" }],
      clockHz: 1000,
      duration: "40 h",
      longestFrame: "60 s",
      devices: {},
      initial: {},
    };
    const { frames } = await play({ scenario, untilS: 124_000, detectionsPerFrame: 1000 });
    const cutGate = 123_456_789n;
    expect(frames.some(({ firstGate }) => firstGate === cutGate)).toBe(true);
    const before = frames.filter(({ firstGate }) => firstGate < cutGate);
    const after = frames.filter(({ firstGate }) => firstGate >= cutGate);
    const gain = (some: typeof frames): number =>
      some.reduce((sum, { detections }) => sum + detections, 0) /
      some.reduce((sum, { gates }) => sum + gates, 0);
    expect(gain(before)).toBeGreaterThan(0.02);
    expect(gain(after)).toBeLessThan(0.001);
  });
});
