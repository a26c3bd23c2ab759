import { createHash } from "node:crypto";

/** A breach of what must hold. */
export interface Breach<Invariant extends string> {
  readonly invariant: Invariant;
  readonly text: string;
}

/** What a search came to. */
export interface Found<Invariant extends string> {
  readonly worlds: number;
  /** Worlds in which a key was fetched: a search that never comes so far shows nothing. */
  readonly fetched: number;
  /** Whether every world was seen. */
  readonly complete: boolean;
  readonly breach: Breach<Invariant> | null;
  /** The moves that lead to it, as few as possible. */
  readonly trace: readonly string[];
}

/** What a search has to know of its worlds. */
interface Searched<World, Invariant extends string> {
  readonly moves: (world: World) => readonly (readonly [label: string, to: World])[];
  /** Equal for worlds that differ in nothing that matters. */
  readonly nameOf: (world: World) => string;
  /** Ends all faults and lets everything run out: a breach of what must hold then. */
  readonly settle: (world: World) => Breach<Invariant> | null;
  /** Every how many worlds that is done. */
  readonly settleEvery: number;
}

interface Observed<Invariant extends string> {
  readonly ghost: {
    readonly fetched: Readonly<Record<string, unknown>>;
    readonly bad: Breach<Invariant> | null;
  };
}

/** Breadth first through every order of moves; stops at the first breach, or after `limit` worlds. */
export function searchWorlds<Invariant extends string, World extends Observed<Invariant>>(
  start: World,
  { moves, nameOf, settle, settleEvery }: Searched<World, Invariant>,
  limit: number,
): Found<Invariant> {
  // Whole names of a million worlds would not fit.
  const shortName = (world: World) => createHash("md5").update(nameOf(world)).digest("base64");
  const parents = new Map<string, readonly [parent: string, label: string] | null>([
    [shortName(start), null],
  ]);
  // As text, which takes less room than what it says; worlds are plain data.
  let frontier: readonly (readonly [text: string, name: string])[] = [
    [JSON.stringify(start), shortName(start)],
  ];
  let worlds = 0;
  let fetched = 0;
  while (frontier.length > 0) {
    const next: (readonly [text: string, name: string])[] = [];
    for (const [text, name] of frontier) {
      const world = JSON.parse(text) as World;
      worlds += 1;
      if (Object.keys(world.ghost.fetched).length > 0) fetched += 1;
      const breach = worlds % settleEvery === 0 ? settle(world) : null;
      if (breach !== null) return { worlds, fetched, complete: false, breach, trace: traceTo(parents, name) };
      for (const [label, to] of moves(world)) {
        const toName = shortName(to);
        if (parents.has(toName)) continue;
        parents.set(toName, [name, label]);
        if (to.ghost.bad !== null)
          return { worlds, fetched, complete: false, breach: to.ghost.bad, trace: traceTo(parents, toName) };
        next.push([JSON.stringify(to), toName]);
      }
      if (parents.size > limit) return { worlds, fetched, complete: false, breach: null, trace: [] };
    }
    frontier = next;
  }
  return { worlds, fetched, complete: true, breach: null, trace: [] };
}

function traceTo(parents: ReadonlyMap<string, readonly [string, string] | null>, name: string): string[] {
  const labels: string[] = [];
  for (let at = parents.get(name); at !== null && at !== undefined; at = parents.get(at[0]))
    labels.unshift(at[1]);
  return labels;
}
