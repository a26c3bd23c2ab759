import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { disjointPaths } from "../../controller/routing/disjoint-paths.ts";
import type { KeyGraph } from "../../controller/routing/key-graph.ts";
import { shortestPaths } from "../../controller/routing/shortest-paths.ts";
import { areDisjoint, everyWay, leastOfSets } from "./every-way.ts";

const NODES = ["a", "b", "c", "d", "e", "f", "g"];

/** A graph whose few costs make many ways equally dear; both directions of a link differ. */
const graphs = fc
  .array(fc.tuple(fc.nat(6), fc.nat(6), fc.integer({ min: 1, max: 5 })), { minLength: 12, maxLength: 30 })
  .map((edges): KeyGraph => {
    const costs = new Map(
      edges.filter(([from, to]) => from !== to).map(([from, to, cost]) => [`${from}${to}`, cost]),
    );
    return new Map(
      NODES.map((node, from) => [
        node,
        NODES.flatMap((to, index) => {
          const cost = costs.get(`${from}${index}`);
          if (cost === undefined) return [];
          return [{ to, cost, freeBits: 1, epsilon: 0, auth: "information-theoretic" as const }];
        }),
      ]),
    );
  });

describe("ways of key", () => {
  it("are the first ones of all, in their order, within a limit of hops", () => {
    let ways = 0;
    fc.assert(
      fc.property(graphs, fc.integer({ min: 1, max: 6 }), (graph, maxHops) => {
        const found = shortestPaths(graph, "a", "g", { maxHops });
        ways += found.length;
        expect(found).toEqual(everyWay(graph, "a", "g", maxHops).slice(0, 4));
      }),
      { numRuns: 2000, seed: 1 },
    );
    expect(ways).toBeGreaterThan(1000);
  });

  it("that share no node are the cheapest together, where hops are not scarce", () => {
    let sets = 0;
    fc.assert(
      fc.property(graphs, fc.integer({ min: 2, max: 3 }), (graph, count) => {
        const all = everyWay(graph, "a", "g", 6);
        const found = disjointPaths(graph, "a", "g", { maxHops: 6, count });
        const least = leastOfSets(all, count);
        expect(found === null).toBe(least === null);
        if (found === null) return;
        sets += 1;
        expect(found).toHaveLength(count);
        expect(areDisjoint(found)).toBe(true);
        expect(found.every((way) => all.some(({ nodes }) => nodes.join() === way.nodes.join()))).toBe(true);
        expect(found.reduce((sum, { cost }) => sum + cost, 0)).toBe(least);
      }),
      { numRuns: 2000, seed: 2 },
    );
    expect(sets).toBeGreaterThan(200);
  });

  it("that share no node keep a limit of hops; of two, the cheapest are found where there are few ways", () => {
    let limited = 0;
    fc.assert(
      fc.property(graphs, fc.integer({ min: 1, max: 4 }), (graph, maxHops) => {
        const all = everyWay(graph, "a", "g", maxHops);
        const found = disjointPaths(graph, "a", "g", { maxHops, count: 2 });
        if (found !== null) {
          expect(areDisjoint(found)).toBe(true);
          expect(found.every(({ nodes }) => nodes.length - 1 <= maxHops)).toBe(true);
        }
        if (all.length > 16) return;
        const sum = found?.reduce((total, { cost }) => total + cost, 0) ?? null;
        if (sum !== null) limited += 1;
        expect(sum).toBe(leastOfSets(all, 2));
      }),
      { numRuns: 2000, seed: 3 },
    );
    expect(limited).toBeGreaterThan(100);
  });
});
