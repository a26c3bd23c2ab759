import { describe, expect, it } from "vitest";
import {
  type FloodEffect,
  type FloodInput,
  type FloodState,
  floodStep,
  freshFlood,
  knownReports,
} from "./flood-step.ts";
import type { LinkReport, LinkState } from "./link-state.ts";

const LINKS = [
  ["a", "b"],
  ["b", "c"],
  ["c", "a"],
  ["c", "d"],
] as const;
const unixMs = 1_800_000_000_000;
const towards = (neighbour: string, change: Partial<LinkState> = {}): LinkState => ({
  neighbour,
  freeBits: 1000,
  leastRateBps: 1000,
  demandBps: 0,
  up: true,
  epsilon: 1e-10,
  auth: "information-theoretic",
  ...change,
});
const report = (reporter: string, number: number, links = [towards("c")]): LinkReport => ({
  reporter,
  number,
  links,
});

/** Steps one after the other; what the last one said. */
function stepping(
  start: FloodState,
  ...inputs: readonly FloodInput[]
): readonly [FloodState, readonly FloodEffect[]] {
  let stepped: readonly [FloodState, readonly FloodEffect[]] = [start, []];
  for (const input of inputs) stepped = floodStep(stepped[0], input);
  return stepped;
}

const heard = (from: string, what: LinkReport, atMs = 0): FloodInput => ({
  type: "heard",
  from,
  report: what,
  atMs,
  unixMs,
});
const own = (atMs: number, change: Partial<LinkState> = {}): FloodInput => ({
  type: "own",
  links: [towards("b", change), towards("c")],
  atMs,
  unixMs: unixMs + atMs,
});
const saysSomething = ([, effects]: readonly [FloodState, readonly FloodEffect[]]) => effects.length > 0;

describe("a report of links", () => {
  it("goes on to every other neighbour once, the newest of each node", () => {
    const start = freshFlood("c", LINKS);
    const [state, effects] = stepping(start, heard("a", report("b", 5)));
    expect(effects).toEqual([{ to: ["d"], report: report("b", 5) }]);
    for (const number of [5, 4]) expect(stepping(state, heard("b", report("b", number)))[1]).toEqual([]);
    expect(stepping(state, heard("b", report("b", 6)))[1]).toHaveLength(1);
    expect(knownReports(state, 0)).toEqual([report("b", 5)]);
  });

  it("reaches every node of a network over loss of all ways but one", () => {
    const states = new Map(["a", "b", "c", "d"].map((node) => [node, freshFlood(node, LINKS)]));
    const queue: [string, string, LinkReport][] = [];
    const take = (node: string, input: FloodInput) => {
      const [state, effects] = floodStep(states.get(node)!, input);
      states.set(node, state);
      for (const { to, report: what } of effects) for (const next of to) queue.push([node, next, what]);
    };
    take("a", own(0));
    let said = 0;
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [from, to, what] = next;
      if (from === "a" && to === "c") continue;
      said += 1;
      take(to, heard(from, what));
    }
    for (const node of ["b", "c", "d"]) expect(knownReports(states.get(node)!, 0)).toHaveLength(1);
    expect(said).toBeLessThanOrEqual(2 * LINKS.length);
  });

  it.each<[string, LinkReport]>([
    ["of a node that the network does not have", report("x", 1)],
    ["of a link that the network does not have", report("b", 1, [towards("d")])],
    ["whose number lies far ahead of the clock", report("b", unixMs + 600_001)],
  ])("is passed over: %s", (_, what) => {
    const [state, effects] = stepping(freshFlood("c", LINKS), heard("a", what));
    expect([knownReports(state, 0), effects]).toEqual([[], []]);
  });

  it("counts 35 s", () => {
    const [state] = stepping(freshFlood("c", LINKS), heard("a", report("b", 5), 1000));
    expect(knownReports(state, 35_999)).toHaveLength(1);
    expect(knownReports(state, 36_000)).toHaveLength(0);
  });

  it("leaves at once at the first time, and when a link changed by a tenth, 100 ms apart", () => {
    const [said, effects] = stepping(freshFlood("a", LINKS), own(0));
    expect(effects).toEqual([
      { to: ["b", "c"], report: { reporter: "a", number: unixMs, links: [towards("b"), towards("c")] } },
    ]);
    for (const change of [
      { freeBits: 899 },
      { leastRateBps: 1101 },
      { demandBps: 1 },
      { up: false },
      { auth: "computational" as const },
    ]) {
      expect(saysSomething(stepping(said, own(99, change)))).toBe(false);
      expect(saysSomething(stepping(said, own(100, change)))).toBe(true);
    }
  });

  it("waits a second for a small change, and ten for none", () => {
    const [said] = stepping(freshFlood("a", LINKS), own(0));
    expect(saysSomething(stepping(said, own(999, { freeBits: 950 })))).toBe(false);
    expect(saysSomething(stepping(said, own(1000, { freeBits: 950 })))).toBe(true);
    expect(saysSomething(stepping(said, own(9999)))).toBe(false);
    expect(saysSomething(stepping(said, own(10_000)))).toBe(true);
  });

  it("has a number that rises, also where the clock was set back", () => {
    const [said] = stepping(freshFlood("a", LINKS), own(0));
    const back: FloodInput = {
      type: "own",
      links: [towards("b", { up: false }), towards("c")],
      atMs: 500,
      unixMs: unixMs - 5000,
    };
    expect(stepping(said, back)[1][0]?.report.number).toBe(unixMs + 1);
  });

  it("is said anew where somebody has a later one of this node than it said", () => {
    const [said] = stepping(freshFlood("a", LINKS), own(0));
    const forged = report("a", unixMs + 500, [towards("b", { freeBits: 7 })]);
    const [, effects] = stepping(said, heard("b", forged));
    expect(effects).toMatchObject([
      { to: ["b", "c"], report: { number: unixMs + 501, links: [{ freeBits: 1000 }, {}] } },
    ]);
    expect(stepping(said, heard("b", { ...forged, number: unixMs }))[1]).toEqual([]);
    expect(stepping(said, heard("b", { ...forged, number: unixMs - 1 }))[1]).toEqual([]);
  });

  it("and all others go to a neighbour whose connection comes up", () => {
    const [state] = stepping(
      freshFlood("a", LINKS),
      own(0),
      heard("b", report("b", 5)),
      heard("c", report("d", 7)),
    );
    const [, effects] = stepping(state, { type: "connected", neighbour: "c" });
    expect(effects.map(({ to, report: what }) => [to, what.reporter])).toEqual([
      [["c"], "b"],
      [["c"], "d"],
      [["c"], "a"],
    ]);
  });
});
