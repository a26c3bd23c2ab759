import { describe, expect, it } from "vitest";
import { DemoProgress } from "./demo-progress.ts";
import { DemoTally } from "./demo-tally.ts";

describe("the live line of the demo", () => {
  it("is never wider than the terminal, where a line in two rows could not be written over", () => {
    const written: string[] = [];
    const out = { isTTY: true, columns: 60, write: (text: string) => written.push(text) > 0 };
    new DemoProgress(out as unknown as NodeJS.WriteStream).show(new DemoTally(1e9), 12);
    expect(written).toHaveLength(1);
    expect(written[0]?.replace("\r\x1b[K", "")).toBe(
      "  12 s  |  link time 0.0 s  |  first block under way  |  se",
    );
  });

  it("is a line with the time of day every five seconds where there is no terminal", () => {
    const written: string[] = [];
    const out = { isTTY: false, write: (text: string) => written.push(text) > 0 };
    const progress = new DemoProgress(out as unknown as NodeJS.WriteStream);
    for (const elapsedS of [4, 5, 6, 9, 12]) progress.show(new DemoTally(1e9), elapsedS);
    expect(written).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d 5 s {2}\| {2}link time .*\n$/),
      expect.stringMatching(/^\d\d:\d\d:\d\d 12 s {2}\| {2}link time .*\n$/),
    ]);
  });
});
