import type { RelayEffect, RelayInput, RelayWork } from "../../../controller/sources/relay/relay-state.ts";
import { agreementHears, hopInput, relayHears } from "./relay-acts.ts";
import { enterBlock, openPad, takePads } from "./relay-pads.ts";
import { proposalOf } from "./relay-plans.ts";
import type { Rules } from "./relay-rules.ts";
import { factsOf, first, type HopMessage, type Node, type World } from "./relay-world.ts";

type Commit = Extract<RelayEffect, { readonly do: "commit" }>;

/** What the product asks of its store when it hears this, or null where it asks nothing. The rest is done as always. */
function commitFor(world: World, node: Node, rules: Rules, input: RelayInput): Commit | null {
  const { sent, gathered } = world.memory[node];
  const [, effects] = rules.relay({ node, sent, gathered }, input);
  const [effect] = effects;
  if (effect?.do === "commit") return effect;
  relayHears(world, node, rules, input);
  return null;
}

const committed = (work: RelayWork) => ({
  type: "committed" as const,
  work,
  failure: null,
  opened: true,
  pads: [],
  heldMs: 0,
  atMs: 0,
});

/** A node hears a hop: its first commit is done at once, since a crash before it is the loss of the message. */
export function hearHop(
  world: World,
  m: HopMessage,
  rules: Rules,
  { next = "up", short = false }: { readonly next?: "up" | "down"; readonly short?: boolean } = {},
): void {
  const node = m.to;
  const effect = commitFor(world, node, rules, hopInput(m, next));
  if (effect === null || effect.commit.open === null) return;
  const { commit, work } = effect;
  const failure = openPad(world, node, effect.commit.open, m.spoilt === 1, rules);
  if (failure !== null) {
    relayHears(world, node, rules, { ...committed(work), failure, opened: false });
    return;
  }
  if (rules.commitsApart && commit.take.length > 0) {
    const rest = { do: "takeAfterOpening" as const, m };
    first(world, node, [short ? { ...rest, short: 1 as const } : rest]);
    return;
  }
  goOn(world, node, commit, work, m, short, rules);
}

/** The later part of a commit that was not joined. */
export function takeAfterOpening(
  world: World,
  node: Node,
  m: HopMessage,
  short: boolean,
  rules: Rules,
): void {
  const { sent, gathered } = world.memory[node];
  const [effect] = rules.relay({ node, sent, gathered }, hopInput(m, "up"))[1];
  if (effect?.do === "commit") goOn(world, node, effect.commit, effect.work, m, short, rules);
}

function goOn(
  world: World,
  node: Node,
  { take }: Commit["commit"],
  work: RelayWork,
  m: HopMessage,
  short: boolean,
  rules: Rules,
): void {
  const input = committed(work);
  if (short && take.length > 0) {
    relayHears(world, node, rules, { ...input, failure: "exhausted" }, m.v);
    return;
  }
  relayHears(world, node, rules, { ...input, pads: takePads(world, node, take, rules) }, m.v);
}

/** A node proposes a block: pads and block in one commit, or pads first. */
export function propose(world: World, node: Node, id: string, rules: Rules): void {
  const proposal = proposalOf(id);
  const leastLeftBytes = proposal.block.paths.map(() => 0);
  const effect = commitFor(world, node, rules, { type: "propose", proposal, leastLeftBytes });
  if (effect === null) return;
  const pads = takePads(world, node, effect.commit.take, rules);
  const numbers = pads.map(({ places }) => places[0]!.sequence);
  if (rules.commitsApart) {
    first(world, node, [{ do: "enter", id, pads: numbers }]);
    return;
  }
  enter(world, node, id, numbers, rules);
}

/** The block is pending, and what was proposed leaves. */
export function enter(world: World, node: Node, id: string, numbers: readonly number[], rules: Rules): void {
  const proposal = proposalOf(id);
  enterBlock(world, node, proposal.blockId, rules);
  const pads = numbers.map((sequence) => ({
    places: [{ sequence, offset: 0, length: proposal.block.blockBytes + 32 }],
    epsilon: 0,
    auth: proposal.block.auth,
  }));
  if (rules.originSaysStored) {
    const row = world.disk[node].block[id]!;
    const proofs = rules.proofs(id, row.v);
    // As the acceptor's would be.
    agreementHears(world, node, id, rules, { type: "waiting", block: factsOf(node, id, row), proofs });
  }
  relayHears(world, node, rules, {
    ...committed({ role: "origin", proposal }),
    opened: false,
    pads,
  });
}

/** B makes a hop that no origin asked for, rightly covered. */
export function inventHop(world: World, id: string, v: string, share: number): HopMessage {
  const path = proposalOf(id).block.paths[share]!;
  const at = path.indexOf("B");
  const to = path[at + 1] as Node;
  const pad = world.disk.B.next[to] ?? 0;
  world.disk.B.next[to] = pad + 1;
  return { t: "hop", from: "B", to, id, share, at, pad, v };
}
