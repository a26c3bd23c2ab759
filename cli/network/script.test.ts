import { describe, expect, it } from "vitest";
import { loadNetwork } from "../../emulator/index.ts";
import { networkScript } from "./script.ts";

const ring = loadNetwork("ring-6");
const script = (timeline: readonly object[], seed = 1) => networkScript({ ...ring, timeline } as never, seed);

describe("a network's script", () => {
  it("has the timeline's events in the order of time, without what says when and where", () => {
    expect(
      script([
        { at: "2 min", node: "komorebi", event: "nodeKill" },
        { at: "500 ms", link: "hibarino-kurosato", event: "bend", lossDb: 2, for: "1 s" },
      ]),
    ).toEqual([
      {
        atS: 0.5,
        kind: "link",
        link: "hibarino-kurosato",
        happening: { event: "bend", lossDb: 2, for: "1 s" },
      },
      { atS: 120, kind: "nodeKill", node: "komorebi" },
    ]);
  });

  it("cuts as many different links as asked for, and repairs those very links", () => {
    const steps = script([{ at: "10 s", event: "seededCuts", count: 3, for: "25 s" }]);
    const links = (event: string) =>
      steps.flatMap((step) => (step.kind === "link" && step.happening.event === event ? [step.link] : []));
    expect(new Set(links("cut")).size).toBe(3);
    expect(links("repair").toSorted()).toEqual(links("cut").toSorted());
    expect(steps.map(({ atS }) => atS)).toEqual([10, 10, 10, 35, 35, 35]);
  });

  it("cuts the same links for one seed, and others for others", () => {
    const cuts = (seed: number) =>
      JSON.stringify(script([{ at: "1 s", event: "seededCuts", count: 3 }], seed));
    expect(cuts(7)).toBe(cuts(7));
    expect(new Set([1, 2, 3, 4, 5, 6, 7, 8].map(cuts)).size).toBeGreaterThan(4);
  });
});
