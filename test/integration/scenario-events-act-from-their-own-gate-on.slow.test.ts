import { describe, expect, it } from "vitest";
import type { Scenario } from "../../emulator/index.ts";
import { play } from "./scenario-play.ts";
import { SHORT } from "./short-scenario.ts";

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
