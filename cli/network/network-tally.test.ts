import { describe, expect, it } from "vitest";
import { NetworkTally, pairKey } from "./network-tally.ts";

const key = (more: object = {}) => ({ origin: "qkd", route: [], takenMs: 1, same: true, ...more });
const over = (...nodes: string[]) => key({ origin: "relay", route: [nodes] });

describe("a pair", () => {
  it("is identical by keys of either direction, and no more once one differs", () => {
    const tally = new NetworkTally();
    tally.shared("a", "b", key());
    tally.shared("b", "a", key());
    tally.shared("b", "c", key({ same: null }));
    expect([tally.pairsIdentical, tally.different, tally.unfetched]).toEqual([1, 0, 1]);
    tally.shared("b", "a", key({ same: false }));
    tally.shared("b", "a", key());
    expect([tally.pairsIdentical, tally.different]).toEqual([0, 1]);
  });

  it("counts by origin what was asked for, not what only shows that it has keys", () => {
    const tally = new NetworkTally();
    tally.shared("a", "b", key(), false);
    tally.shared("a", "b", key({ origin: "pqc" }));
    tally.shared("a", "c", over("a", "b", "c"));
    tally.noKey("refused", "a", "c");
    expect([tally.requests, tally.served, tally.none]).toEqual([
      3,
      { qkd: 0, relay: 1, hybrid: 0, pqc: 1 },
      { refused: 1, unreachable: 0, failed: 0 },
    ]);
  });
});

describe("pairs that were refused", () => {
  it("are named by how often, both directions together", () => {
    const tally = new NetworkTally();
    for (const [from, to] of [
      ["a", "b"],
      ["c", "b"],
      ["b", "c"],
    ] as const)
      tally.noKey("refused", from, to);
    tally.noKey("unreachable", "a", "b");
    expect(tally.mostRefused).toEqual([
      { pair: "b c", refused: 2 },
      { pair: "a b", refused: 1 },
    ]);
  });
});

describe("rerouting", () => {
  const ring = () => {
    const tally = new NetworkTally();
    tally.shared("a", "c", over("a", "b", "c"));
    tally.shared("a", "d", over("a", "d"));
    return tally;
  };

  it("is of pairs whose last key came over the cut link, once a key comes over none that is cut", () => {
    const tally = ring();
    tally.broke(pairKey("c", "b"));
    expect(tally.rerouting).toEqual({ lost: 1, rerouted: 0 });
    tally.shared("c", "a", over("c", "b", "a"));
    expect(tally.rerouting).toEqual({ lost: 1, rerouted: 0 });
    tally.shared("a", "c", over("a", "d", "c"));
    expect(tally.rerouting).toEqual({ lost: 1, rerouted: 1 });
  });

  it("is of pairs that are relayed by a node that is gone, not of those that end there", () => {
    const tally = ring();
    tally.broke("b");
    tally.broke("d");
    expect(tally.rerouting.lost).toBe(1);
    tally.shared("a", "c", over("a", "d", "c"));
    expect(tally.rerouting.rerouted).toBe(0);
    tally.mended("d");
    tally.shared("a", "c", over("a", "d", "c"));
    expect(tally.rerouting.rerouted).toBe(1);
  });

  it("is not the old way after the repair", () => {
    const tally = ring();
    tally.broke(pairKey("b", "c"));
    tally.mended(pairKey("b", "c"));
    tally.shared("a", "c", over("a", "b", "c"));
    expect(tally.rerouting).toEqual({ lost: 1, rerouted: 0 });
  });
});

describe("latencies", () => {
  it("are read off at their share, the slowest included", () => {
    const tally = new NetworkTally();
    expect(tally.latencyMs(0.5)).toBeNull();
    for (let ms = 1; ms <= 100; ms += 1) tally.shared("a", "b", key({ takenMs: ms }));
    expect([tally.latencyMs(0.5), tally.latencyMs(0.99)]).toEqual([51, 100]);
  });
});
