import type {
  AgreementEffect,
  AgreementInput,
  AgreementState,
} from "../../controller/agreement/agreement-state.ts";
import { checkWorld } from "./agreement-check.ts";
import { enter, expire, gone, goneHeard, perform, rowOf } from "./agreement-disk.ts";
import type { Rules } from "./agreement-rules.ts";
import {
  type Budget,
  factsOf,
  type Message,
  NODES,
  type Node,
  otherOf,
  queue,
  type Row,
  type Todo,
  type World,
} from "./agreement-world.ts";

export type Move = readonly [label: string, to: World];

const clone = (world: World): World => structuredCloneOf(world);

/** A copy for changing: plain data, so by way of text. */
function structuredCloneOf<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** Every move that can be made from a world. */
export function movesOf(world: World, rules: Rules): Move[] {
  const moves: Move[] = [];
  const add = (label: string, change: (next: World) => void, spends?: keyof Budget): void => {
    if (spends !== undefined && world.budget[spends] <= 0) return;
    const next = clone(world);
    if (spends !== undefined) next.budget[spends] -= 1;
    change(next);
    checkWorld(next);
    moves.push([label, next]);
  };
  for (const node of NODES) ofSite(world, node, rules, add);
  ofWire(world, rules, add);
  return moves;
}

type Add = (label: string, change: (next: World) => void, spends?: keyof Budget) => void;

function ofSite(world: World, node: Node, rules: Rules, add: Add): void {
  const { todo, engine, early } = world.memory[node];
  const [first] = todo;
  if (first !== undefined)
    add(`${node} does ${first.do === "send" ? `send ${first.m.t}` : first.do}`, (next) => {
      next.memory[node].todo = next.memory[node].todo.slice(1);
      perform(next, node, first);
    });
  if (todo.length + engine.length + early.length > 0)
    add(
      `${node} crashes`,
      (next) => {
        next.memory[node] = { todo: [], early: [], refused: {}, engine: [] };
      },
      "crash",
    );
  // One thing after the other: what comes meanwhile waits.
  const idle = todo.length === 0;
  for (const id of idle ? engine : []) {
    add(`${node} makes ${id}`, (next) => finish(next, node, id, `${id}v`, rules));
    add(`${node} makes ${id} wrong`, (next) => finish(next, node, id, `${id}w`, rules), "err");
    add(`${node} drops ${id}`, (next) => leave(next, node, id), "drop");
  }
  for (const [id, row] of Object.entries(world.disk[node].block)) ofBlock(world, node, id, row, rules, add);
  for (const id of world.disk[node].lost) {
    const m: Message = { t: "missing", to: otherOf(node), id };
    const theirs = world.disk[otherOf(node)].block[id];
    // Told on each connection; here where it changes something.
    if (theirs?.state === "available" && theirs.closed === undefined && !saidAlready(world, m))
      add(`${node} tells that ${id} is missing`, (next) => next.net.push(m));
  }
  for (const notice of world.disk[node].notices) {
    const m: Message = { t: "gone", to: otherOf(node), notice };
    if (!saidAlready(world, m))
      add(`${node} tells ${notice.id} ${notice.reason}`, (next) => next.net.push(m));
  }
}

function saidAlready({ net }: World, m: Message): boolean {
  return net.some((other) => JSON.stringify(other) === JSON.stringify(m));
}

function ofBlock(world: World, node: Node, id: string, row: Row, rules: Rules, add: Add): void {
  const proposer = node === "alice";
  const idle = world.memory[node].todo.length === 0;
  if (row.state === "pending" && proposer && idle)
    add(
      `${node} voids ${id}`,
      (next) => {
        hear(next, node, rules, { type: "overdue", block: factsOf(node, id, row) });
        if (!rules.sameNameAgain) return;
        delete next.disk[node].block[id];
        next.memory[node].todo = [];
        next.memory[node].engine = [...next.memory[node].engine, id];
      },
      "void",
    );
  // The store lets a pending block of the proposer grow old by itself, whatever the agreement is about to do.
  if (row.state === "pending" && proposer)
    add(
      `${node} ages ${id}`,
      (next) => {
        rowOf(next, node, id).state = "spent";
      },
      "expire",
    );
  if (proposer && (row.state === "pending" || row.state === "available")) ofRollback(node, id, add);
  if (row.state === "pending" && !proposer && idle && row.closed === undefined) {
    if (!rules.neverAsks)
      add(
        `${node} asks about ${id}`,
        (next) => {
          const block = factsOf(node, id, row);
          hear(next, node, rules, { type: "waiting", block, proofs: rules.proofs(id, row.v) });
        },
        "ask",
      );
    if (rules.acceptorTimesOut)
      add(`${node} voids ${id} alone`, (next) => void delete next.disk[node].block[id], "void");
  }
  if (row.state === "available" && row.closed === undefined) {
    add(`${node} expires ${id}`, (next) => expire(next, node, id, rules), "expire");
    add(
      `${node} damages ${id}`,
      (next) => {
        rowOf(next, node, id).state = "spent";
        next.ghost.damaged[`${id}.${node}`] = 1;
        enter(next, node, id, "damaged");
      },
      "damage",
    );
    const half = `${id}.${node}`;
    if (row.took === undefined)
      add(`${node} hands out ${half}`, (next) => {
        rowOf(next, node, id).took = 1;
        next.ghost.key[half] = 1;
      });
  }
  const theirs = `${id}.${otherOf(node)}`;
  const mayFetch = row.state === "available" || (row.state === "pending" && !proposer);
  if (world.ghost.key[theirs] === 1 && world.ghost.fetched[theirs] === undefined && mayFetch)
    add(`${node} fetches ${theirs}`, (next) => {
      next.ghost.fetched[theirs] = 1;
    });
  // The grace: keys that the other site handed out last are fetched by then.
  const graceOver = world.ghost.key[theirs] === undefined || world.ghost.fetched[theirs] === 1;
  const heard = row.closingHeard === 1 || rules.expiresUnheard;
  const closedPending = row.state === "pending" && row.closed === 1;
  if (((row.state === "available" && row.closed === 1 && heard) || closedPending) && graceOver)
    add(`${node} destroys ${id}`, (next) => {
      rowOf(next, node, id).state = "spent";
    });
  const known = !proposer || row.release === null || row.heard === 1 || rules.forgetsUnheard;
  if (row.state === "spent" && known)
    add(`${node} forgets ${id}`, (next) => void delete next.disk[node].block[id], "forget");
}

/** What the release wrote is gone; the anchor knows its number, and whether the block is still known by name. */
function ofRollback(node: Node, id: string, add: Add): void {
  const goesBack = (change: (disk: World["disk"][Node]) => void) => (next: World) => {
    next.memory[node] = { todo: [], early: [], refused: {}, engine: [] };
    // Keys of the other site that were to be fetched here.
    next.ghost.damaged[`${id}.${node}`] = 1;
    change(next.disk[node]);
  };
  add(
    `${node} goes back before the release of ${id}`,
    goesBack((disk) => {
      const { v } = disk.block[id] as Row;
      disk.block[id] = { state: "quarantined", v, release: null };
      disk.notices = [{ n: disk.nextNotice, id, reason: "lost" }];
      disk.nextNotice += 1;
    }),
    "rollback",
  );
  add(
    `${node} goes back before ${id}`,
    goesBack((disk) => {
      delete disk.block[id];
      disk.notices = [];
      disk.lost.push(id);
    }),
    "rollback",
  );
}

function ofWire(world: World, rules: Rules, add: Add): void {
  const seen = new Set<string>();
  for (const [index, m] of world.net.entries()) {
    const name = JSON.stringify(m);
    if (seen.has(name)) continue;
    seen.add(name);
    const said = `${m.t} to ${m.to}`;
    add(`lose ${said}`, (next) => void next.net.splice(index, 1), "loss");
    if (world.memory[m.to].todo.length > 0) continue;
    add(said, (next) => {
      next.net.splice(index, 1);
      receive(next, m, rules);
    });
    add(`repeat ${said}`, (next) => receive(next, m, rules), "repeat");
  }
}

function leave(world: World, node: Node, id: string): void {
  world.memory[node].engine = world.memory[node].engine.filter((other) => other !== id);
}

/** The source hands a block over; the store refuses a name that it has had. */
function finish(world: World, node: Node, id: string, v: string, rules: Rules): void {
  leave(world, node, id);
  if (world.disk[node].block[id] !== undefined) return;
  const block = factsOf(node, id, { state: "pending", release: null });
  hear(world, node, rules, { type: "finished", block, proofs: rules.proofs(id, v), ownLackBytes: 100 }, v);
}

function receive(world: World, m: Message, rules: Rules): void {
  const node = m.to;
  switch (m.t) {
    case "stored":
    case "ask": {
      const { claim } = m;
      const row = world.disk[node].block[claim.blockId];
      const { engine } = world.memory[node];
      hear(world, node, rules, {
        type: m.t,
        claim,
        block: row === undefined ? null : factsOf(node, claim.blockId, row),
        proofs: row?.state === "pending" ? rules.proofs(claim.blockId, row.v) : null,
        lost: world.disk[node].lost.includes(claim.blockId),
        holdings: m.t === "ask" ? { blockIds: world.blind ? [] : engine, newest: 9 } : null,
        ownLackBytes: 100,
      });
      return;
    }
    case "released": {
      const row = world.disk[node].block[m.claim.blockId];
      hear(world, node, rules, {
        type: "released",
        claim: m.claim,
        block: row === undefined ? null : factsOf(node, m.claim.blockId, row),
        proofs: row?.state === "pending" ? rules.proofs(m.claim.blockId, row.v) : null,
      });
      return;
    }
    case "absent": {
      const row = world.disk[node].block[m.id];
      const block = row === undefined ? null : factsOf(node, m.id, row);
      hear(world, node, rules, { type: "absent", blockId: m.id, block });
      return;
    }
    case "heard":
      queue(world, node, [{ do: "heard", id: m.id }]);
      return;
    case "gone":
      gone(world, node, m.notice.n, m.notice.id, m.notice.reason, rules);
      return;
    case "missing": {
      const row = world.disk[node].block[m.id];
      if (row?.state === "available") row.closed = 1;
      return;
    }
    case "goneHeard":
      goneHeard(world, node, m.n);
  }
}

/** The product's step, at once; what comes of it is done one by one. */
function hear(world: World, node: Node, rules: Rules, input: AgreementInput, v = ""): void {
  const memory = world.memory[node];
  const before: AgreementState = {
    end: node === "alice" ? "proposer" : "acceptor",
    early: new Map(memory.early),
    refused: memory.refused,
  };
  const [after, effects] = rules.step(before, input);
  memory.early = [...after.early];
  memory.refused = after.refused;
  queue(
    world,
    node,
    effects.flatMap((effect) => todoOf(effect, node, v)),
  );
}

function todoOf(effect: AgreementEffect, node: Node, v: string): Todo[] {
  const to = otherOf(node);
  const send = (m: Message): Todo[] => [{ do: "send", m }];
  switch (effect.do) {
    case "add":
      return [{ do: "add", id: effect.blockId, v }];
    case "refuse":
      return [];
    case "release":
      return [{ do: "release", id: effect.blockId, release: effect.release }];
    case "discard":
      return [{ do: "discard", id: effect.blockId }];
    case "lose":
      return [{ do: "lose", id: effect.blockId, reason: effect.reason }];
    case "sendStored":
      return send({ t: "stored", to, claim: effect.claim });
    case "sendAsk":
      return send({ t: "ask", to, claim: effect.claim });
    case "sendReleased":
      return send({ t: "released", to, claim: effect.claim });
    case "sendAbsent":
      return send({ t: "absent", to, id: effect.blockId });
    case "sendHeard":
      return send({ t: "heard", to, id: effect.blockId });
  }
}
