import type { NodeId } from "../pool/pads/pad-store.ts";
import type { LinkReport, LinkState } from "./link-state.ts";

/** From what change on, relative to what was said last, a report leaves at once. */
const MUCH = 0.1;
/** Reports with a change are at least so far apart, and at most; without any change they come so rarely. */
const LEAST_APART_MS = 100;
const CHANGED_MS = 1000;
const UNCHANGED_MS = 10_000;
/** A report that was not said anew for so long counts no more. */
const FORGOTTEN_MS = 35_000;
/** How far a report's number may lie ahead of this node's time of day: clocks differ, liars exaggerate. */
const MOST_AHEAD_MS = 600_000;

/** A report as it was heard. */
interface Heard {
  readonly report: LinkReport;
  readonly atMs: number;
}

/** What a node knows of the links of its network. */
export interface FloodState {
  readonly node: NodeId;
  /** Links of the network: who may report which neighbours. */
  readonly neighbours: ReadonlyMap<NodeId, ReadonlySet<NodeId>>;
  readonly heard: ReadonlyMap<NodeId, Heard>;
  /** What this node said last; null before the first time. */
  readonly said: Heard | null;
}

/** What happens. `atMs`: time that nobody sets; `unixMs`: time of day. */
export type FloodInput =
  | {
      readonly type: "own";
      readonly links: readonly LinkState[];
      readonly atMs: number;
      readonly unixMs: number;
    }
  | {
      readonly type: "heard";
      readonly from: NodeId;
      readonly report: LinkReport;
      readonly atMs: number;
      readonly unixMs: number;
    }
  /** A neighbour's connection came up: it may have missed everything. */
  | { readonly type: "connected"; readonly neighbour: NodeId };

/** A report for some neighbours. */
export interface FloodEffect {
  readonly to: readonly NodeId[];
  readonly report: LinkReport;
}

type Stepped = readonly [FloodState, readonly FloodEffect[]];
type Input<Type> = Extract<FloodInput, { readonly type: Type }>;

/** A node that has heard and said nothing yet, of a network with these links. */
export function freshFlood(node: NodeId, links: readonly (readonly [NodeId, NodeId])[]): FloodState {
  const neighbours = new Map<NodeId, Set<NodeId>>();
  for (const [one, other] of links)
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const)
      neighbours.set(from, (neighbours.get(from) ?? new Set()).add(to));
  return { node, neighbours, heard: new Map(), said: null };
}

/**
 * Floods what nodes can give their neighbours over the network: each report goes on to every neighbour once. A node that
 * lies about others can spoil ways, and so cost key and time; it learns and changes no key.
 */
export function floodStep(state: FloodState, input: FloodInput): Stepped {
  switch (input.type) {
    case "own":
      return own(state, input);
    case "heard":
      return heard(state, input);
    case "connected": {
      const reports = [...state.heard.values(), ...(state.said === null ? [] : [state.said])];
      return [state, reports.map(({ report }) => ({ to: [input.neighbour], report }))];
    }
  }
}

/** Reports that count, this node's among them. */
export function knownReports({ heard: known, said }: FloodState, atMs: number): readonly LinkReport[] {
  const young = [...known.values()].filter((each) => atMs - each.atMs < FORGOTTEN_MS);
  return [...young, ...(said === null ? [] : [said])].map(({ report }) => report);
}

function own(state: FloodState, { links, atMs, unixMs }: Input<"own">): Stepped {
  const { said } = state;
  if (said !== null && atMs - said.atMs < waits(said.report.links, links)) return [state, []];
  const number = Math.max(unixMs, (said?.report.number ?? 0) + 1);
  return say(state, { reporter: state.node, number, links }, atMs);
}

function say(state: FloodState, report: LinkReport, atMs: number): Stepped {
  return [{ ...state, said: { report, atMs } }, [{ to: neighboursOf(state), report }]];
}

/** How long after the last report the next one is due. */
function waits(before: readonly LinkState[], now: readonly LinkState[]): number {
  if (before.length !== now.length) return LEAST_APART_MS;
  let wait = UNCHANGED_MS;
  for (const link of now) {
    const last = before.find(({ neighbour }) => neighbour === link.neighbour);
    if (last === undefined || last.up !== link.up || last.auth !== link.auth) return LEAST_APART_MS;
    for (const field of ["freeBits", "leastRateBps", "demandBps", "epsilon"] as const) {
      const change = Math.abs(link[field] - last[field]);
      if (change > MUCH * last[field]) return LEAST_APART_MS;
      if (change > 0) wait = CHANGED_MS;
    }
  }
  return wait;
}

function heard(state: FloodState, { from, report, atMs, unixMs }: Input<"heard">): Stepped {
  const { reporter, number, links } = report;
  const neighbours = state.neighbours.get(reporter);
  if (neighbours === undefined || number > unixMs + MOST_AHEAD_MS) return [state, []];
  if (links.some(({ neighbour }) => !neighbours.has(neighbour))) return [state, []];
  if (reporter === state.node) return ofOneself(state, number, atMs);
  if (number <= (state.heard.get(reporter)?.report.number ?? -1)) return [state, []];
  const known = new Map(state.heard).set(reporter, { report, atMs });
  const to = neighboursOf(state).filter((neighbour) => neighbour !== from && neighbour !== reporter);
  return [{ ...state, heard: known }, [{ to, report }]];
}

/** From before a restart with a clock that was ahead, or forged: what is said now has to be newer. */
function ofOneself(state: FloodState, number: number, atMs: number): Stepped {
  const { said } = state;
  if (said === null || number < said.report.number) return [state, []];
  if (number === said.report.number) return [state, []];
  return say(state, { ...said.report, number: number + 1 }, atMs);
}

const neighboursOf = ({ neighbours, node }: FloodState): NodeId[] => [...(neighbours.get(node) ?? [])];
