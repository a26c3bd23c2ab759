import { agreementHears, cover, finish, perform, receive, relayHears } from "./relay-acts.ts";
import { checkWorld, mayFetch } from "./relay-check.ts";
import { enter, hearHop, inventHop, propose, takeAfterOpening } from "./relay-commits.ts";
import { padName } from "./relay-pads.ts";
import { endsOfBlock, otherEnd, PLANS } from "./relay-plans.ts";
import type { Rules } from "./relay-rules.ts";
import {
  type Budget,
  factsOf,
  first,
  freshMemory,
  type HopMessage,
  type Message,
  NODES,
  type Node,
  type Row,
  type World,
} from "./relay-world.ts";

export type Move = readonly [label: string, to: World];
type Add = (label: string, change: (next: World) => void, spends?: keyof Budget) => void;

/** Every move that can be made from a world. Plain data, so by way of text. */
export function movesOf(world: World, rules: Rules): Move[] {
  const moves: Move[] = [];
  const text = JSON.stringify(world);
  const add: Add = (label, change, spends) => {
    if (spends !== undefined && world.budget[spends] <= 0) return;
    const next = JSON.parse(text) as World;
    if (spends !== undefined) next.budget[spends] -= 1;
    change(next);
    checkWorld(next);
    moves.push([label, next]);
  };
  for (const node of NODES) ofNode(world, node, rules, add);
  ofWire(world, rules, add);
  ofLiar(world, rules, add);
  for (const id of world.toPropose) {
    const { proposer } = endsOfBlock(id);
    if (world.memory[proposer].todo.length > 0) continue;
    add(`${proposer} proposes ${id}`, (next) => {
      next.toPropose = next.toPropose.filter((other) => other !== id);
      propose(next, proposer, id, rules);
    });
  }
  return moves;
}

function ofNode(world: World, node: Node, rules: Rules, add: Add): void {
  const { todo, engine, gathered, sent, early } = world.memory[node];
  const [due] = todo;
  if (due !== undefined)
    add(`${node} does ${due.do === "send" ? `send ${due.m.t}` : due.do}`, (next) => {
      next.memory[node].todo = next.memory[node].todo.slice(1);
      if (due.do === "takeAfterOpening") takeAfterOpening(next, node, due.m, due.short === 1, rules);
      else if (due.do === "enter") enter(next, node, due.id, due.pads, rules);
      else perform(next, node, due, rules);
    });
  const busy = todo.length + engine.length + gathered.length + sent.length + Object.keys(early).length > 0;
  if (busy)
    add(
      `${node} crashes`,
      (next) => {
        next.memory[node] = freshMemory([]);
        if (!rules.cursorGoesBack) return;
        const counts = next.disk[node].next;
        for (const to of Object.keys(counts)) counts[to] = Math.max(0, counts[to]! - 1);
      },
      "crash",
    );
  // One thing after the other: what comes meanwhile waits.
  if (todo.length > 0) return;
  if (gathered.length > 0)
    add(`${node} ticks`, (next) => relayHears(next, node, rules, { type: "tick", atMs: 1e9 }), "timeout");
  for (const id of engine)
    add(`${node} makes ${id}`, (next) => {
      next.memory[node].engine = next.memory[node].engine.filter((other) => other !== id);
      finish(next, node, id, `${id}v`, rules);
    });
  if (node === "A")
    add(
      "A delivers a key of link A-B",
      (next) => {
        const counts = rules.twoCursors ? next.disk.A.deliveryNext : next.disk.A.next;
        const pad = counts.B ?? 0;
        counts.B = pad + 1;
        cover(next, padName({ from: "A", to: "B", pad }), `delivered ${next.budget.delivery}`);
      },
      "delivery",
    );
  for (const [id, row] of Object.entries(world.disk[node].block)) ofBlock(world, node, id, row, rules, add);
}

function ofBlock(world: World, node: Node, id: string, row: Row, rules: Rules, add: Add): void {
  const proposer = endsOfBlock(id).proposer === node;
  if (row.state === "pending" && proposer)
    add(
      `${node} voids ${id}`,
      (next) => {
        agreementHears(next, node, id, rules, { type: "overdue", block: factsOf(node, id, row) });
        if (!rules.sameIdAgain) return;
        delete next.disk[node].block[id];
        next.memory[node].todo = [];
        if (PLANS[id]!.origin === "relay") next.toPropose = [...next.toPropose, id];
      },
      "timeout",
    );
  if (row.state === "pending" && !proposer) {
    if (!rules.neverAsks)
      add(
        `${node} asks about ${id}`,
        (next) => {
          const block = factsOf(node, id, row);
          const proofs = rules.proofs(id, row.v);
          agreementHears(next, node, id, rules, { type: "waiting", block, proofs });
        },
        "ask",
      );
    if (rules.acceptorTimesOut)
      add(`${node} voids ${id} alone`, (next) => void delete next.disk[node].block[id], "timeout");
  }
  if (row.state === "available" && (proposer || rules.expiresAlone))
    add(
      `${node} expires ${id}`,
      (next) => {
        if (proposer) next.disk[node].block[id]!.state = "spent";
        else delete next.disk[node].block[id];
      },
      "expire",
    );
  const half = `${id}.${rules.sameHalf ? endsOfBlock(id).proposer : node}`;
  if (row.state === "available" && !row.took.includes(half))
    add(`${node} hands out ${half}`, (next) => {
      next.disk[node].block[id]!.took.push(half);
      if (next.ghost.key[half] !== undefined)
        next.ghost.bad ??= { invariant: "once", text: `${half} at ${next.ghost.key[half]} and ${node}` };
      next.ghost.key[half] = node;
    });
  const theirs = `${id}.${otherEnd(id, node)}`;
  const handedOut = world.ghost.key[theirs] === otherEnd(id, node);
  if (handedOut && world.ghost.fetched[theirs] === undefined && mayFetch(world, node, id))
    add(`${node} fetches ${theirs}`, (next) => {
      next.ghost.fetched[theirs] = 1;
    });
}

function ofWire(world: World, rules: Rules, add: Add): void {
  const seen = new Set<string>();
  for (const [index, m] of world.net.entries()) {
    const name = JSON.stringify(m);
    if (seen.has(name)) continue;
    seen.add(name);
    const said = `${m.t} ${idOf(m)} ${m.from}>${m.to}`;
    const taken = (label: string, change: (next: World) => void, spends?: keyof Budget): void =>
      add(
        label,
        (next) => {
          next.net.splice(index, 1);
          change(next);
        },
        spends,
      );
    taken(`lose ${said}`, () => {}, "loss");
    if (world.memory[m.to].todo.length > 0) continue;
    if (m.t !== "hop") {
      const deliver = (next: World) => receive(next, m, rules);
      taken(said, deliver);
      add(`repeat ${said}`, deliver, "repeat");
      continue;
    }
    const hear =
      (hop: HopMessage, more = {}) =>
      (next: World) =>
        hearHop(next, hop, rules, more);
    const changed = { ...m, v: `${m.v}!` };
    taken(said, hear(m));
    add(`repeat ${said}`, hear(m), "repeat");
    taken(`spoil ${said}`, hear({ ...changed, spoilt: 1 }), "spoil");
    if (PLANS[m.id]!.paths[m.share]!.at(-1) === m.to) continue;
    taken(`${m.to} corrupts ${said}`, hear(changed), "corrupt");
    taken(`${m.to} has no connection for ${said}`, hear(m, { next: "down" }), "refuse");
    taken(`${m.to} has too little for ${said}`, hear(m, { short: true }), "refuse");
  }
}

const idOf = (m: Message): string => ("claim" in m ? m.claim.blockId : m.id);

/** B knows what it passed on, and with it the tail and every tag of the block. */
function ofLiar(world: World, rules: Rules, add: Add): void {
  if (world.budget.lie <= 0 || world.memory.B.todo.length > 0) return;
  const invents = (label: string, id: string, v: string, share: number) =>
    add(label, (next) => first(next, "B", [{ do: "send", m: inventHop(next, id, v, share) }]), "lie");
  invents("B invents x7", "x7", "x7s0", 0);
  for (const [id, row] of Object.entries(world.disk.A.block)) {
    const share = PLANS[id]!.paths.findIndex((path) => path.includes("B"));
    if (row.state !== "pending" || share < 0) continue;
    invents(`B says another share of ${id}`, id, `${id}s${share}!`, share);
    const { storedTag, provenance } = rules.proofs(id, row.v);
    const { sequence, origin } = PLANS[id]!;
    const claim = { blockId: id, origin, sequence, provenance, lackBytes: 100, tag: storedTag(100) };
    add(
      `B says that C has stored ${id}`,
      (next) => void next.net.push({ t: "stored", from: "B", to: "A", claim }),
      "lie",
    );
    const refused = { t: "refused" as const, from: "B" as const, to: "A" as const, id, position: 1 };
    for (const each of PLANS[id]!.paths.keys())
      add(
        `B refuses share ${each} of ${id}`,
        (next) => void next.net.push({ ...refused, share: each }),
        "lie",
      );
  }
  for (const [id, row] of Object.entries(world.disk.C.block)) {
    // Of a block of its own an end may say what it likes: nobody else is harmed.
    if (row.state !== "pending" || endsOfBlock(id).proposer !== "A") continue;
    const claim = { blockId: id, boundaryBytes: 64, tag: rules.proofs(id, row.v).releasedTag(64) };
    add(
      `B says that A has released ${id}`,
      (next) => void next.net.push({ t: "released", from: "B", to: "C", claim }),
      "lie",
    );
    add(
      `B says that A lacks ${id}`,
      (next) => void next.net.push({ t: "absent", from: "B", to: "C", id }),
      "lie",
    );
  }
}
