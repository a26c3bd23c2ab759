import type { Found } from "../world-search.ts";
import { searchWorlds } from "../world-search.ts";
import { unsettled } from "./relay-check.ts";
import { type Move, movesOf } from "./relay-moves.ts";
import type { Rules } from "./relay-rules.ts";
import { type INVARIANTS, NO_BUDGET, type World } from "./relay-world.ts";

type Invariant = keyof typeof INVARIANTS;

/** Every how many worlds the faults are ended, and all is let run out. */
const SETTLE_EVERY = 40;

/** Breadth first through every order of moves; stops at the first breach, or after `limit` worlds. */
export function search(start: World, rules: Rules, limit: number): Found<Invariant> {
  return searchWorlds(
    start,
    {
      moves: (world) => movesOf(world, rules),
      nameOf: (world) =>
        JSON.stringify({ ...world, net: world.net.map((m) => JSON.stringify(m)).toSorted() }),
      settle: (world) => settle(world, rules),
      settleEvery: SETTLE_EVERY,
    },
    limit,
  );
}

const ORDINARY = /does|makes|^(hop|stored|ask|released|absent|refused) |fetches|hands out/;

/** Ends all faults and lets everything run out, with questions and, late, voids: then nothing may hang. */
export function settle(from: World, rules: Rules): World["ghost"]["bad"] {
  let world: World = { ...from, budget: { ...NO_BUDGET, ask: 20, timeout: 20 } };
  for (let round = 0; round < 14; round += 1) {
    world = runOut(world, rules);
    if (world.ghost.bad !== null) return world.ghost.bad;
    const moves = movesOf(world, rules);
    const timer =
      moves.find(([label]) => label.includes("asks about")) ??
      (round > 3 ? moves.find(([label]) => / voids \w+$| ticks$/.test(label)) : undefined);
    if (timer === undefined) continue;
    [, world] = timer;
    if (world.ghost.bad !== null) return world.ghost.bad;
  }
  return unsettled(world);
}

function runOut(from: World, rules: Rules): World {
  let world = from;
  for (let guard = 0; guard < 400; guard += 1) {
    const next: Move | undefined = movesOf(world, rules).find(([label]) => ORDINARY.test(label));
    if (next === undefined) return world;
    [, world] = next;
    if (world.ghost.bad !== null) return world;
  }
  return world;
}

/** What walks came to. */
export interface Walked {
  readonly walks: number;
  readonly steps: number;
  /** Walks in which a key was fetched. */
  readonly fetched: number;
  readonly breach: World["ghost"]["bad"];
  readonly trace: readonly string[];
}

/** Seeded random walks, each ended by `settle`; stops at the first breach. */
export function walk(
  start: World,
  rules: Rules,
  { walks, seed, length = 120 }: { readonly walks: number; readonly seed: number; readonly length?: number },
): Walked {
  const draw = xorshift(seed);
  let steps = 0;
  let fetched = 0;
  for (let number = 1; number <= walks; number += 1) {
    let world = start;
    const trace: string[] = [];
    for (let step = 0; step < length; step += 1) {
      const moves = movesOf(world, rules);
      if (moves.length === 0) break;
      const [label, to] = moves[draw(moves.length)] as Move;
      trace.push(label);
      world = to;
      steps += 1;
      if (world.ghost.bad !== null) return { walks: number, steps, fetched, breach: world.ghost.bad, trace };
    }
    if (Object.keys(world.ghost.fetched).length > 0) fetched += 1;
    const breach = settle(world, rules);
    if (breach !== null) return { walks: number, steps, fetched, breach, trace };
  }
  return { walks, steps, fetched, breach: null, trace: [] };
}

function xorshift(seed: number): (below: number) => number {
  let x = seed >>> 0 || 1;
  return (below) => {
    x ^= x << 13;
    x >>>= 0;
    x ^= x >>> 17;
    x ^= x << 5;
    x >>>= 0;
    return x % below;
  };
}
