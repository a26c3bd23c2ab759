import { type INVARIANTS, type Node, otherOf, type World } from "./agreement-world.ts";

/** Notes the first breach of what must hold in every world. */
export function checkWorld(world: World): void {
  const { disk, ghost } = world;
  const fail = (invariant: keyof typeof INVARIANTS, text: string): void => {
    ghost.bad ??= { invariant, text };
  };
  for (const half of Object.keys(ghost.key)) {
    const [id, taker] = half.split(".") as [string, Node];
    const row = disk[otherOf(taker)].block[id];
    const held = row?.state === "available" || (row?.state === "pending" && otherOf(taker) === "bob");
    const damaged = ghost.damaged[`${id}.${otherOf(taker)}`] === 1;
    if (ghost.fetched[half] === undefined && !held && !damaged)
      fail("orphan", `${half} was handed out, and ${otherOf(taker)} does not hold ${id}`);
  }
  for (const [id, a] of Object.entries(disk.alice.block)) {
    const b = disk.bob.block[id];
    if (b === undefined || (a.state !== "available" && b.state !== "available")) continue;
    if (a.state === "spent" || b.state === "spent") continue;
    if (a.v !== b.v) fail("equal", `${id}: ${a.v} and ${b.v}`);
    const [one, other] = [a.release?.boundaryBytes, b.release?.boundaryBytes];
    if (one !== undefined && other !== undefined && one !== other)
      fail("equal", `${id} is split at ${one} and at ${other}`);
  }
}
