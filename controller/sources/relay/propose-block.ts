import { PAD_TAG_BYTES } from "../../pool/pads/pad-layout.ts";
import { MOST_WAITED_MS } from "./relay-limits.ts";
import type { OpenHop, RelayEffect, RelayInput, RelayProposal, RelayState } from "./relay-state.ts";
import { endsOf, provenanceOf } from "./relayed-block.ts";

type Stepped = readonly [RelayState, readonly RelayEffect[]];
type Input<Type> = Extract<RelayInput, { readonly type: Type }>;

/** The pads of all first hops, and the block that they are, in one commit (SPEC-PEER 7.6, step 1). */
export function proposed(state: RelayState, { proposal, leastLeftBytes }: Input<"propose">): Stepped {
  const { blockId, block } = proposal;
  const { sequence, createdAtMs, epsilon, auth, paths, blockBytes } = block;
  const take = paths.map((path, share) => ({
    neighbour: path[1] as string,
    bytes: blockBytes + PAD_TAG_BYTES,
    leastLeftBytes: leastLeftBytes[share] ?? 0,
    auth,
  }));
  const enter = {
    acceptor: endsOf(block).acceptor,
    block: { blockId, sequence, createdAtMs, epsilon, origin: "relay" as const },
    provenance: provenanceOf(block),
  };
  return [state, [{ do: "commit", commit: { open: null, take, enter }, work: { role: "origin", proposal } }]];
}

/** The block is pending here: its hops leave, once. */
export function proposalCommitted(
  state: RelayState,
  proposal: RelayProposal,
  { failure, pads, atMs }: Input<"committed">,
): Stepped {
  const { blockId, block, leftMs } = proposal;
  if (failure !== null) return [state, [{ do: "answer", blockId, failure }]];
  const sends = block.paths.map((path, share): RelayEffect => {
    const { places, epsilon, auth } = pads[share] as (typeof pads)[number];
    const hop = { ...firstHop(state, proposal, share), places, trail: [{ epsilon, auth }] };
    return { do: "sendHop", to: path[1] as string, hop, pad: share, share: "pad" };
  });
  const untilMs = atMs + Math.min(leftMs, MOST_WAITED_MS);
  const { acceptor } = endsOf(block);
  return [
    { ...state, sent: [...state.sent, { blockId, paths: block.paths, untilMs }] },
    [
      ...sends,
      { do: "tell", event: { type: "sent", acceptor, blockId } },
      { do: "answer", blockId, failure: null },
    ],
  ];
}

function firstHop(
  { node }: RelayState,
  { blockId, block, rank, leftMs, traceId, spanId }: RelayProposal,
  share: number,
): Omit<OpenHop, "places" | "trail"> {
  const { nonce, sequence, createdAtMs, blockBytes, epsilon, auth, paths } = block;
  return {
    sender: node,
    receiver: paths[share]?.[1] ?? "",
    blockId,
    nonce,
    sequence,
    createdAtMs,
    blockBytes,
    secrecy: epsilon.secrecy,
    correctness: epsilon.correctness,
    authentication: epsilon.authentication,
    auth,
    shares: paths.map((path) => ({ path })),
    share,
    position: 0,
    rank,
    leftMs,
    traceId,
    spanId,
  };
}

/** What this node proposed and somebody on the way could not pass on is void. Who is not on that way has no say. */
export function refusedOnTheWay(state: RelayState, { from, refused }: Input<"refused">): Stepped {
  const { blockId, share, position, reason } = refused;
  const path = state.sent.find((sent) => sent.blockId === blockId)?.paths[share];
  if (path === undefined || position === 0 || path[position] !== from) return [state, []];
  const acceptor = path.at(-1) as string;
  return [
    withoutSent(state, blockId),
    [
      { do: "giveUp", acceptor, blockId },
      { do: "tell", event: { type: "refused", acceptor, blockId, path, at: from, reason } },
    ],
  ];
}

/** Blocks that nobody waits for any more are void, unless they are released. */
export function overdue(state: RelayState, atMs: number): Stepped {
  const late = state.sent.filter(({ untilMs }) => untilMs <= atMs);
  if (late.length === 0) return [state, []];
  const effects = late.map(({ blockId, paths }): RelayEffect => {
    const { acceptor } = endsOf({ paths });
    return { do: "giveUp", acceptor, blockId };
  });
  return [{ ...state, sent: state.sent.filter((sent) => !late.includes(sent)) }, effects];
}

/** The block is nobody's business here any more. */
export function withoutSent(state: RelayState, blockId: string): RelayState {
  return { ...state, sent: state.sent.filter((sent) => sent.blockId !== blockId) };
}
