import type {
  AgreementEffect,
  AgreementInput,
  AgreementState,
} from "../../../controller/agreement/agreement-state.ts";
import type { RelayEffect, RelayInput } from "../../../controller/sources/relay/relay-state.ts";
import { padName } from "./relay-pads.ts";
import { endsOfBlock, hopOf, nameOfBlock, otherEnd, PLANS, PRODUCT_IDS, pairOf } from "./relay-plans.ts";
import type { Rules } from "./relay-rules.ts";
import {
  factsOf,
  first,
  type HopMessage,
  type Message,
  type Node,
  type Todo,
  type World,
} from "./relay-world.ts";

/** The product's relay at once; what comes of it is done one by one. `value`: what was opened. */
export function relayHears(world: World, node: Node, rules: Rules, input: RelayInput, value = ""): void {
  const memory = world.memory[node];
  const [after, effects] = rules.relay({ node, sent: memory.sent, gathered: memory.gathered }, input);
  memory.sent = after.sent;
  memory.gathered = after.gathered;
  const todos = effects.flatMap((effect) => todoOf(world, node, effect, value));
  const marks = rules.marksLate
    ? todos.flatMap((todo): Todo[] =>
        todo.do === "send" && todo.m.t === "hop" ? [{ do: "mark", to: todo.m.to, pad: todo.m.pad }] : [],
      )
    : [];
  first(world, node, [...todos, ...marks]);
}

/** What is forgotten in a crash anyway is done at once. */
function todoOf(world: World, node: Node, effect: RelayEffect, value: string): Todo[] {
  const { vault } = world.memory[node];
  switch (effect.do) {
    case "sendHop": {
      const { hop, to } = effect;
      const id = nameOfBlock(hop.blockId);
      const v = effect.share === "opened" ? value : `${id}s${hop.share}`;
      const pad = hop.places[0]!.sequence;
      const m: HopMessage = {
        t: "hop",
        from: node,
        to: to as Node,
        id,
        share: hop.share,
        at: hop.position,
        pad,
        v,
      };
      return [{ do: "send", m }];
    }
    case "keepShare": {
      const id = nameOfBlock(effect.blockId);
      vault[id] = { ...vault[id], [effect.share]: value };
      return [];
    }
    case "offer": {
      const id = nameOfBlock(effect.blockId);
      const v = combined(id, vault[id] ?? {});
      delete vault[id];
      return [{ do: "offer", id, v }];
    }
    case "wipeShares":
      delete vault[nameOfBlock(effect.blockId)];
      return [];
    case "sendRefused": {
      const { blockId, share, position } = effect.refused;
      const to = effect.to as Node;
      return [{ do: "send", m: { t: "refused", from: node, to, id: nameOfBlock(blockId), share, position } }];
    }
    case "giveUp":
      return [{ do: "giveUp", id: nameOfBlock(effect.blockId) }];
    case "answer":
    case "tell":
      return [];
    case "commit":
      throw new Error("a commit is done by whoever gave the input");
  }
}

/** Exclusive-or of shares, as symbols: the block only where each of its shares is there, unspoilt. */
function combined(id: string, shares: Readonly<Record<number, string>>): string {
  const wanted = PLANS[id]!.paths.map((_, share) => `${id}s${share}`);
  const right = wanted.every((v, share) => shares[share] === v);
  return right ? `${id}v` : `garbage(${Object.values(shares)})`;
}

/** The product's agreement at once. */
export function agreementHears(
  world: World,
  node: Node,
  id: string,
  rules: Rules,
  input: AgreementInput,
  v = "",
): void {
  const memory = world.memory[node];
  const pair = pairOf(id);
  const before: AgreementState = {
    end: endsOfBlock(id).proposer === node ? "proposer" : "acceptor",
    early: new Map(memory.early[pair] ?? []),
    refused: memory.refused[pair] ?? {},
  };
  const [after, effects] = rules.agreement(before, input);
  if (after.early.size > 0) memory.early[pair] = [...after.early];
  else delete memory.early[pair];
  if (Object.keys(after.refused).length > 0) memory.refused[pair] = after.refused;
  first(
    world,
    node,
    effects.flatMap((effect) => todoOfAgreement(node, id, effect, v)),
  );
}

function todoOfAgreement(node: Node, id: string, effect: AgreementEffect, v: string): Todo[] {
  const send = (m: Message): Todo[] => [{ do: "send", m }];
  const route = { from: node, to: otherEnd(id, node) };
  switch (effect.do) {
    case "add":
      return [{ do: "add", id, v }];
    case "release":
      return [{ do: "release", id, release: effect.release }];
    case "discard":
    // What a site loses it tells by notices, which the agreement's own model follows.
    case "lose":
      return [{ do: "discard", id }];
    case "sendStored":
      return send({ t: "stored", ...route, claim: effect.claim });
    case "sendAsk":
      return send({ t: "ask", ...route, claim: effect.claim });
    case "sendReleased":
      return send({ t: "released", ...route, claim: effect.claim });
    case "sendAbsent":
      return send({ t: "absent", ...route, id });
    case "refuse":
    case "sendHeard":
      return [];
  }
}

/** A source hands a block over; the store refuses an id that it has had. */
export function finish(world: World, node: Node, id: string, v: string, rules: Rules): void {
  const held = world.disk[node].block[id];
  if (held !== undefined) return;
  const block = factsOf(node, id, { state: "pending", release: null });
  const input = { type: "finished" as const, block, proofs: rules.proofs(id, v), ownLackBytes: 100 };
  agreementHears(world, node, id, rules, input, v);
}

/** One commit as the store does it, which looks at the block again; or one message. */
export function perform(world: World, node: Node, todo: Todo, rules: Rules): void {
  const { block, highest } = world.disk[node];
  switch (todo.do) {
    case "send": {
      if (todo.m.t === "hop") cover(world, padName(todo.m), `${todo.m.id}/${todo.m.share}=${todo.m.v}`);
      // What is said again is one message here; that one comes twice is a fault of its own.
      const said = JSON.stringify(todo.m);
      if (!world.net.some((m) => JSON.stringify(m) === said)) world.net.push(todo.m);
      return;
    }
    case "mark": {
      const { next } = world.disk[node];
      next[todo.to] = Math.max(next[todo.to] ?? 0, todo.pad + 1);
      return;
    }
    case "offer":
      finish(world, node, todo.id, todo.v, rules);
      return;
    case "add": {
      const pair = pairOf(todo.id);
      block[todo.id] ??= { state: "pending", v: todo.v, release: null, took: [] };
      highest[pair] = Math.max(highest[pair] ?? -1, PLANS[todo.id]!.sequence);
      return;
    }
    case "release": {
      const row = block[todo.id];
      if (row?.state === "pending") {
        row.state = "available";
        row.release = todo.release;
        decided(world, node, todo.id, rules);
      } else if (row === undefined || row.release === null) world.memory[node].todo = [];
      return;
    }
    case "discard":
      delete block[todo.id];
      decided(world, node, todo.id, rules);
      return;
    case "giveUp": {
      const row = block[todo.id];
      if (row === undefined) return;
      agreementHears(world, node, todo.id, rules, {
        type: "overdue",
        block: factsOf(node, todo.id, row),
      });
      return;
    }
    case "takeAfterOpening":
    case "enter":
      throw new Error("the rest of a commit is done by who began it");
  }
}

function decided(world: World, node: Node, id: string, rules: Rules): void {
  if (PLANS[id]!.origin !== "relay" || endsOfBlock(id).proposer !== node) return;
  relayHears(world, node, rules, { type: "decided", blockId: PRODUCT_IDS.get(id)! });
}

/** Covers `what` with a pad: the observer notes it, and complains about a second thing under one pad. */
export function cover(world: World, pad: string, what: string): void {
  const before = world.ghost.pad[pad];
  if (before !== undefined && before !== what)
    world.ghost.bad ??= { invariant: "pad", text: `${pad}: ${before} and ${what}` };
  world.ghost.pad[pad] = what;
}

/** A message of the agreement, or of a node that refuses a share. */
export function receive(world: World, m: Exclude<Message, HopMessage>, rules: Rules): void {
  const node = m.to;
  if (m.t === "refused") {
    const blockId = PRODUCT_IDS.get(m.id)!;
    const refused = { blockId, share: m.share, position: m.position, reason: "exhausted" as const };
    relayHears(world, node, rules, { type: "refused", from: m.from, refused });
    return;
  }
  const id = m.t === "absent" ? m.id : m.claim.blockId;
  // The connection of a pair proves who is at its other end.
  if (m.from !== otherEnd(id, node) && !rules.anySender) return;
  const row = world.disk[node].block[id];
  const block = row === undefined ? null : factsOf(node, id, row);
  const proofs = row?.state === "pending" ? rules.proofs(id, row.v) : null;
  if (m.t === "released") {
    agreementHears(world, node, id, rules, { type: "released", claim: m.claim, block, proofs });
    return;
  }
  if (m.t === "absent") {
    agreementHears(world, node, id, rules, { type: "absent", blockId: id, block });
    return;
  }
  const { engine } = world.memory[node];
  const newest = world.disk[node].highest[pairOf(id)] ?? -1;
  // A relayed block is pending before its first hop leaves, so that nothing of it is ever under way beside the store.
  const distilled = { blockIds: world.blind ? [] : engine, newest: 9 };
  agreementHears(world, node, id, rules, {
    type: m.t,
    claim: m.claim,
    block,
    proofs,
    lost: false,
    holdings: m.t === "stored" ? null : PLANS[id]!.origin === "relay" ? { blockIds: [], newest } : distilled,
    ownLackBytes: 100,
  });
}

/** The hop that a message is, as the product reads it. */
export const hopInput = (m: HopMessage, next: "up" | "down") => ({
  type: "hop" as const,
  from: m.from,
  hop: hopOf(m),
  text: new Uint8Array(0),
  next,
  leastLeftBytes: 0,
});
