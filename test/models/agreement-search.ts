import { type Move, movesOf } from "./agreement-moves.ts";
import type { Rules } from "./agreement-rules.ts";
import { type INVARIANTS, NODES, type Node, otherOf, type World } from "./agreement-world.ts";
import { type Found, searchWorlds } from "./world-search.ts";

/** Every how many worlds the faults are ended, and all is let run out. */
const SETTLE_EVERY = 25;

/** Breadth first through every order of moves; stops at the first breach, or after `limit` worlds. */
export function search(start: World, rules: Rules, limit: number): Found<keyof typeof INVARIANTS> {
  return searchWorlds(
    start,
    {
      moves: (world) => movesOf(world, rules),
      nameOf,
      settle: (world) => settle(world, rules),
      settleEvery: SETTLE_EVERY,
    },
    limit,
  );
}

/** Messages under way have no order. */
function nameOf(world: World): string {
  return JSON.stringify({ ...world, net: world.net.map((m) => JSON.stringify(m)).toSorted() });
}

const RUNS_OUT = /does|makes [^ ]+$|to (alice|bob)$|fetches|tells|destroys/;

/** Ends all faults and lets everything run out, with questions and, late, voids: then nothing may hang. */
export function settle(from: World, rules: Rules): World["ghost"]["bad"] {
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

function unsettled({ disk, ghost, memory }: World): World["ghost"]["bad"] {
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
