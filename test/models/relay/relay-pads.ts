import type { PadCommit, PadFailure } from "../../../controller/pool/pads/pad-store.ts";
import type { PadFacts } from "../../../controller/sources/relay/relay-state.ts";
import { endsOfBlock, nameOfBlock, PLANS, pairOf } from "./relay-plans.ts";
import type { Rules } from "./relay-rules.ts";
import type { Node, World } from "./relay-world.ts";

/** A pad by its name: whose half it is of, towards whom, and which. */
export const padName = ({
  from,
  to,
  pad,
}: {
  readonly from: string;
  readonly to: string;
  readonly pad: number;
}) => `${from}>${to}#${pad}`;

/** Marks a pad as opened; why not, where it was before or its tag does not fit. */
export function openPad(
  world: World,
  node: Node,
  { neighbour, places }: NonNullable<PadCommit["open"]>,
  spoilt: boolean,
  rules: Rules,
): PadFailure | null {
  const { opened } = world.disk[node];
  const name = padName({ from: neighbour, to: node, pad: places[0]!.sequence });
  if (opened.includes(name)) return "used";
  if (!rules.opensUnmarked) opened.push(name);
  if (spoilt && !rules.anyTag) return "tagWrong";
  if (world.ghost.opened[name] === 1) world.ghost.bad ??= { invariant: "open", text: name };
  world.ghost.opened[name] = 1;
  return null;
}

/** Takes the next pads of the own halves. */
export function takePads(world: World, node: Node, take: PadCommit["take"], rules: Rules): PadFacts[] {
  const { next } = world.disk[node];
  return take.map(({ neighbour, bytes, auth }) => {
    const pad = next[neighbour] ?? 0;
    if (!rules.marksLate) next[neighbour] = pad + 1;
    return { places: [{ sequence: pad, offset: 0, length: bytes }], epsilon: 0, auth };
  });
}

/** The block of these pads is pending. */
export function enterBlock(world: World, node: Node, productId: string, rules: Rules): void {
  const id = nameOfBlock(productId);
  const { block, highest } = world.disk[node];
  const v = `${id}v`;
  const release = { boundaryBytes: 64, tag: rules.proofs(id, v).releasedTag(64) };
  block[id] = rules.entersAvailable
    ? { state: "available", v, release, took: [] }
    : { state: "pending", v, release: null, took: [] };
  const pair = pairOf(id);
  highest[pair] = Math.max(highest[pair] ?? -1, PLANS[id]!.sequence);
  if (endsOfBlock(id).proposer !== node) throw new Error(`${node} does not propose ${id}`);
}
