import type { GoneReason } from "../../controller/index.ts";
import type { Rules } from "./agreement-rules.ts";
import { type Node, otherOf, queue, type Row, type Todo, type World } from "./agreement-world.ts";

/** One commit as the store does it, which looks at the block again; or one message. */
export function perform(world: World, node: Node, todo: Todo): void {
  const { block } = world.disk[node];
  if (todo.do === "send") {
    // What is said again is one message here; that one comes twice is a fault of its own.
    const said = JSON.stringify(todo.m);
    if (!world.net.some((m) => JSON.stringify(m) === said)) world.net.push(todo.m);
    return;
  }
  const row = block[todo.id];
  if (todo.do === "add") block[todo.id] ??= { state: "pending", v: todo.v, release: null };
  else if (todo.do === "lose") {
    if (row !== undefined && row.state !== "quarantined") row.state = "spent";
    enter(world, node, todo.id, todo.reason);
  } else if (todo.do === "release") {
    if (row?.state === "pending") {
      row.state = "available";
      row.release = todo.release;
    } else if (row === undefined || row.release === null) world.memory[node].todo = [];
  } else if (row === undefined) return;
  else if (todo.do === "heard") row.heard = 1;
  else row.state = "spent";
}

/** Enters a notice, once for a block and reason. */
export function enter(world: World, node: Node, id: string, reason: GoneReason): void {
  const disk = world.disk[node];
  if (disk.notices.some((notice) => notice.id === id && notice.reason === reason)) return;
  disk.notices.push({ n: disk.nextNotice, id, reason });
  disk.nextNotice += 1;
}

/** A block becomes too old. */
export function expire(world: World, node: Node, id: string, rules: Rules): void {
  const row = rowOf(world, node, id);
  row.closed = 1;
  if (rules.expiresAlone) row.state = "spent";
  else enter(world, node, id, "expired");
}

/** What another site's notice does. */
export function gone(
  world: World,
  node: Node,
  n: number,
  id: string,
  reason: GoneReason,
  rules: Rules,
): void {
  const row = world.disk[node].block[id];
  const deed = rules.gone(
    row === undefined ? null : { state: row.state, proposed: node === "alice" },
    reason,
  );
  if (deed === "later") return;
  if (row !== undefined && deed === "void") row.state = "spent";
  if (row !== undefined && (deed === "retire" || deed === "close")) row.closed = 1;
  queue(world, node, [{ do: "send", m: { t: "goneHeard", to: otherOf(node), n } }]);
}

/** The other site has acted on a notice. */
export function goneHeard(world: World, node: Node, n: number): void {
  const disk = world.disk[node];
  const notice = disk.notices.find((each) => each.n === n);
  disk.notices = disk.notices.filter((each) => each !== notice);
  const row = notice === undefined ? undefined : disk.block[notice.id];
  if (row !== undefined && notice?.reason === "expired") row.closingHeard = 1;
}

/** A block that the site holds. */
export function rowOf(world: World, node: Node, id: string): Row {
  const row = world.disk[node].block[id];
  if (row === undefined) throw new Error(`${node} does not hold ${id}`);
  return row;
}
