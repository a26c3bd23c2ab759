import { describe, expect, it } from "vitest";
import { loadNetwork } from "../../emulator/index.ts";
import { demandOf, flowsOf } from "./flows.ts";

const LINE = {
  name: "line",
  title: "line",
  description: "line",
  nodes: ["a", "b", "c"],
  links: [
    { ends: ["a", "b"], km: 1, lossDb: 1 },
    { ends: ["b", "c"], km: 1, lossDb: 1 },
  ],
} as const;

const flows = (demand: object, factor?: number) =>
  flowsOf(loadNetwork({ ...LINE, demand: [demand] } as never), 1, factor);

describe("what applications ask for", () => {
  it("over links is asked by both ends, half by each", () => {
    const made = flows({ over: "links", tunnels: 24, rekey: "60 s" });
    expect(made.map(({ from, to }) => `${from} ${to}`)).toEqual(["a b", "b a", "b c", "c b"]);
    expect(made[0]).toMatchObject({ keyBits: 256, everyMs: 5000, tunnels: 12 });
    expect(demandOf(made)).toEqual({ keysPerS: expect.closeTo(0.8), bps: expect.closeTo(204.8) });
  });

  it("over pairs is asked of every pair, by a factor more", () => {
    const made = flows({ over: "pairs", tunnels: 4, rekey: "1 min", keyBits: 512 }, 2);
    expect(made).toHaveLength(6);
    expect(made[0]).toMatchObject({ keyBits: 512, everyMs: 15_000, tunnels: 2 });
  });

  it("to nodes is asked by all others, each for all of its tunnels", () => {
    const made = flows({ to: ["b"], tunnels: 6, rekey: "60 s" });
    expect(made.map(({ from, to, everyMs }) => `${from} ${to} ${everyMs}`)).toEqual([
      "a b 10000",
      "c b 10000",
    ]);
  });

  it("begins within the time of one key, at moments that the seed decides", () => {
    const made = flows({ over: "pairs", tunnels: 4, rekey: "60 s" });
    expect(made.every(({ firstMs, everyMs }) => firstMs >= 0 && firstMs < everyMs)).toBe(true);
    expect(new Set(made.map(({ firstMs }) => firstMs)).size).toBe(made.length);
    expect(flows({ over: "pairs", tunnels: 4, rekey: "60 s" })).toEqual(made);
  });

  it("is in tokyo-18 47 keys and 12.0 kbit a second", () => {
    const { keysPerS, bps } = demandOf(flowsOf(loadNetwork("tokyo-18"), 1));
    expect(keysPerS).toBeCloseTo(47, 1);
    expect(bps / 1000).toBeCloseTo(12.0, 1);
  });
});
