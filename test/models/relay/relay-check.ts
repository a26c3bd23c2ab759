import { endsOfBlock, otherEnd } from "./relay-plans.ts";
import type { INVARIANTS, Node, World } from "./relay-world.ts";

/** Notes the first breach of what must hold in every world. */
export function checkWorld(world: World): void {
  const { disk, ghost } = world;
  const fail = (invariant: keyof typeof INVARIANTS, text: string): void => {
    ghost.bad ??= { invariant, text };
  };
  for (const [half, taker] of Object.entries(ghost.key)) {
    const [id] = half.split(".") as [string];
    const holder = otherEnd(id, taker);
    if (ghost.fetched[half] === undefined && disk[holder].block[id] === undefined)
      fail("orphan", `${half} was handed out at ${taker}, and ${holder} does not hold ${id}`);
  }
  for (const node of ["A", "B"] as const)
    for (const [id, row] of Object.entries(disk[node].block)) {
      const { proposer, acceptor } = endsOfBlock(id);
      const theirs = disk[acceptor].block[id];
      if (proposer !== node || theirs === undefined) continue;
      if ((row.state !== "pending" || theirs.state !== "pending") && row.v !== theirs.v)
        fail("equal", `${id}: ${row.v} and ${theirs.v}`);
    }
}

/** What must hold once nothing is under way and nobody waits. */
export function unsettled({ disk, memory, ghost }: World): World["ghost"]["bad"] {
  const nodes = ["A", "B", "C", "D"] as const;
  const ids = new Set(nodes.flatMap((node) => Object.keys(disk[node].block)));
  for (const id of ids) {
    const { proposer, acceptor } = endsOfBlock(id);
    const [mine, theirs] = [disk[proposer].block[id], disk[acceptor].block[id]];
    if (memory[proposer].engine.includes(id) || memory[acceptor].engine.includes(id)) continue;
    if (
      (mine === undefined) !== (theirs === undefined) ||
      mine?.state === "pending" ||
      theirs?.state === "pending"
    )
      return {
        invariant: "settle",
        text: `${id} ends as ${mine?.state ?? "absent"} / ${theirs?.state ?? "absent"}`,
      };
  }
  for (const half of Object.keys(ghost.key))
    if (ghost.fetched[half] === undefined) return { invariant: "settle", text: `${half} was never fetched` };
  return null;
}

/** Whether a node may fetch keys of a half: an id of a key proves that its block was released. */
export function mayFetch({ disk }: World, node: Node, id: string): boolean {
  const row = disk[node].block[id];
  if (row === undefined) return false;
  return row.state !== "pending" || endsOfBlock(id).acceptor === node;
}
