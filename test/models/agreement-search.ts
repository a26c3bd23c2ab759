import { type Move, movesOf } from "./agreement-moves.ts";
import type { Rules } from "./agreement-rules.ts";
import { type INVARIANTS, NODES, type Node, otherOf, type World } from "./agreement-world.ts";

/** What a search came to. */
export interface Found {
  readonly worlds: number;
  /** Worlds in which a key was fetched: a search that never comes so far shows nothing. */
  readonly fetched: number;
  /** Whether every world was seen. */
  readonly complete: boolean;
  readonly breach: { readonly invariant: keyof typeof INVARIANTS; readonly text: string } | null;
  /** The moves that lead to it, as few as possible. */
  readonly trace: readonly string[];
}

/** Every how many worlds the faults are ended, and all is let run out. */
const SETTLE_EVERY = 25;

/** Breadth first through every order of moves; stops at the first breach, or after `limit` worlds. */
export function search(start: World, rules: Rules, limit: number): Found {
  const parents = new Map<string, readonly [parent: string, label: string] | null>([[nameOf(start), null]]);
  let frontier: readonly (readonly [World, string])[] = [[start, nameOf(start)]];
  let worlds = 0;
  let fetched = 0;
  while (frontier.length > 0) {
    const next: (readonly [World, string])[] = [];
    for (const [world, name] of frontier) {
      worlds += 1;
      if (Object.keys(world.ghost.fetched).length > 0) fetched += 1;
      const breach = worlds % SETTLE_EVERY === 0 ? settle(world, rules) : null;
      if (breach !== null) return { worlds, fetched, complete: false, breach, trace: traceTo(parents, name) };
      for (const [label, to] of movesOf(world, rules)) {
        const toName = nameOf(to);
        if (parents.has(toName)) continue;
        parents.set(toName, [name, label]);
        if (to.ghost.bad !== null)
          return { worlds, fetched, complete: false, breach: to.ghost.bad, trace: traceTo(parents, toName) };
        next.push([to, toName]);
      }
      if (parents.size > limit) return { worlds, fetched, complete: false, breach: null, trace: [] };
    }
    frontier = next;
  }
  return { worlds, fetched, complete: true, breach: null, trace: [] };
}

/** Messages under way have no order. */
function nameOf(world: World): string {
  return JSON.stringify({ ...world, net: world.net.map((m) => JSON.stringify(m)).toSorted() });
}

function traceTo(parents: ReadonlyMap<string, readonly [string, string] | null>, name: string): string[] {
  const labels: string[] = [];
  for (let at = parents.get(name); at !== null && at !== undefined; at = parents.get(at[0]))
    labels.unshift(at[1]);
  return labels;
}

const RUNS_OUT = /does|makes [^ ]+$|to (alice|bob)$|fetches|tells|destroys/;

/** Ends all faults and lets everything run out, with questions and, late, voids: then nothing may hang. */
export function settle(from: World, rules: Rules): Found["breach"] {
  const none = {
    crash: 0,
    loss: 0,
    repeat: 0,
    expire: 0,
    drop: 0,
    err: 0,
    forget: 0,
    damage: 0,
    rollback: 0,
  };
  let world: World = { ...from, budget: { ...none, ask: 9, void: 9 } };
  for (let round = 0; round < 12; round += 1) {
    world = runOut(world, rules);
    if (world.ghost.bad !== null) return world.ghost.bad;
    const moves = movesOf(world, rules);
    const timer =
      moves.find(([label]) => label.includes("asks")) ??
      (round > 3 ? moves.find(([label]) => label.startsWith("alice voids")) : undefined);
    if (timer !== undefined) [, world] = timer;
    if (world.ghost.bad !== null) return world.ghost.bad;
  }
  return unsettled(world);
}

function runOut(from: World, rules: Rules): World {
  let world = from;
  for (let guard = 0; guard < 300; guard += 1) {
    const next: Move | undefined = movesOf(world, rules).find(
      ([label]) => RUNS_OUT.test(label) && !/^(lose|repeat)/.test(label),
    );
    if (next === undefined || next[1].ghost.bad !== null) return next?.[1] ?? world;
    [, world] = next;
  }
  return world;
}

function unsettled({ disk, ghost, memory }: World): Found["breach"] {
  const ids = new Set(NODES.flatMap((node) => Object.keys(disk[node].block)));
  for (const id of ids) {
    const [a, b] = [disk.alice.block[id], disk.bob.block[id]];
    const underWay = NODES.some((node) => memory[node].engine.includes(id));
    const ends = `${a?.state ?? "absent"} / ${b?.state ?? "absent"}`;
    if (underWay) continue;
    if (a?.state === "pending" || b?.state === "pending")
      return { invariant: "settle", text: `${id} ends as ${ends}` };
    const usable = [a, b].map((row) => row?.state === "available" && row.closed === undefined);
    if (usable[0] !== usable[1]) return { invariant: "settle", text: `${id} ends as ${ends}` };
  }
  for (const node of NODES)
    if (disk[node].notices.length > 0) return { invariant: "settle", text: `${node} is never heard` };
  for (const half of Object.keys(ghost.key)) {
    const [id, taker] = half.split(".") as [string, Node];
    if (ghost.fetched[half] === undefined && ghost.damaged[`${id}.${otherOf(taker)}`] === undefined)
      return { invariant: "settle", text: `${half} was never fetched` };
  }
  return null;
}
