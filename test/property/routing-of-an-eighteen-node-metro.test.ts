import { describe, expect, it } from "vitest";
import { chooseWays } from "../../controller/routing/choose-ways.ts";
import { disjointPaths } from "../../controller/routing/disjoint-paths.ts";
import { type KeyGraph, keyGraph } from "../../controller/routing/key-graph.ts";
import type { LinkReport } from "../../controller/routing/link-state.ts";
import { shortestPaths } from "../../controller/routing/shortest-paths.ts";
import { areDisjoint, everyWay } from "./every-way.ts";

const OUTER =
  "asagiri minase kazahaya tsukimori fujinami shirasagi akanezaka nagihama yukimura mizunoe otowabara wakabano".split(
    " ",
  );
const INNER = "hibarino kurosato natsumegi sazanami komorebi hoshinoe".split(" ");
const ring = (nodes: readonly string[]) =>
  nodes.map((node, at) => [node, nodes[(at + 1) % nodes.length]!] as const);
/** Two rings and six spokes: every second node of the outer ring has one to the inner. */
const LINKS = [...ring(OUTER), ...ring(INNER), ...INNER.map((node, at) => [OUTER[2 * at]!, node] as const)];
const NODES = [...OUTER, ...INNER];
const PAIRS = NODES.flatMap((one, at) => NODES.slice(at + 1).map((other) => [one, other] as const));

function reports(
  cut: ReadonlySet<number> = new Set(),
  stock: Readonly<Record<string, number>> = {},
): LinkReport[] {
  return NODES.map((reporter) => ({
    reporter,
    number: 1,
    links: LINKS.flatMap(([one, other], index) => {
      if (cut.has(index) || (one !== reporter && other !== reporter)) return [];
      return [
        {
          neighbour: one === reporter ? other : one,
          freeBits: stock[`${one}-${other}`] ?? 1e6,
          leastRateBps: 1000,
          demandBps: 0,
          up: true,
          epsilon: 1e-10,
          auth: "information-theoretic" as const,
        },
      ];
    }),
  }));
}

const NEED = { bits: 4096, rank: "ordinary", auth: "information-theoretic" } as const;
const graph = (cut?: ReadonlySet<number>, stock?: Readonly<Record<string, number>>): KeyGraph =>
  keyGraph(reports(cut, stock), NEED);
const reached = (over: KeyGraph) =>
  PAIRS.filter(([from, to]) => shortestPaths(over, from, to, { maxHops: 17, count: 1 }).length > 0);

describe("a metro of 18 nodes and 24 links", () => {
  it("has ways of 2.86 hops on average and 6 at most between all 153 pairs, the four that trying all finds", () => {
    const whole = graph();
    let hops = 0;
    let most = 0;
    for (const [from, to] of PAIRS) {
      const ways = shortestPaths(whole, from, to, { maxHops: 6 });
      expect(ways).toEqual(everyWay(whole, from, to, 6).slice(0, 4));
      const length = ways[0]!.nodes.length - 1;
      hops += length;
      most = Math.max(most, length);
    }
    expect([PAIRS.length, (hops / PAIRS.length).toFixed(2), most]).toEqual([153, "2.86", 6]);
  });

  it("has two ways without a common node between any two", () => {
    for (const [from, to] of PAIRS) {
      const two = disjointPaths(graph(), from, to, { maxHops: 17, count: 2 });
      expect(two).toHaveLength(2);
      expect(areDisjoint(two!)).toBe(true);
    }
  });

  it("reaches every pair after any single cut, and loses some after 6 of 276 double cuts", () => {
    for (let cut = 0; cut < LINKS.length; cut += 1) expect(reached(graph(new Set([cut])))).toHaveLength(153);
    let split = 0;
    for (let one = 0; one < LINKS.length; one += 1)
      for (let other = one + 1; other < LINKS.length; other += 1) {
        const over = graph(new Set([one, other]));
        if (
          NODES.slice(1).some(
            (to) => shortestPaths(over, NODES[0]!, to, { maxHops: 17, count: 1 }).length === 0,
          )
        )
          split += 1;
      }
    expect(split).toBe(6);
  });

  it("leads key around a link that is running dry, and not over one that is below its floor", () => {
    const [from, to] = ["asagiri", "minase"];
    expect(chooseWays(graph(), from, to, { maxHops: 6, shares: 1 })?.paths).toEqual([["asagiri", "minase"]]);
    const dry = graph(undefined, { "asagiri-minase": 4096 + (2048 - 256) * 8 - 1 });
    const around = chooseWays(dry, from, to, { maxHops: 17, shares: 1 });
    expect(around?.paths).toEqual([["asagiri", "hibarino", "kurosato", "kazahaya", "minase"]]);
    expect(around?.epsilon.secrecy).toBeCloseTo(4e-10, 20);
  });

  it("takes another way where one has just failed, and the same one where there is no other", () => {
    const wanted = { maxHops: 6, shares: 1 };
    const first = chooseWays(graph(), "asagiri", "sazanami", wanted)!.paths[0]!;
    const second = chooseWays(graph(), "asagiri", "sazanami", { ...wanted, avoided: [first] })!.paths[0]!;
    expect(second).not.toEqual(first);
    const direct = chooseWays(graph(), "asagiri", "minase", {
      maxHops: 1,
      shares: 1,
      avoided: [["asagiri", "minase"]],
    });
    expect(direct?.paths).toEqual([["asagiri", "minase"]]);
  });
});
