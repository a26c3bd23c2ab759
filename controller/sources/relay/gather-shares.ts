import { notOpened, refusal, withoutSecrets } from "./pass-share.ts";
import { MOST_GATHERED, MOST_WAITED_MS } from "./relay-limits.ts";
import type { GatheredBlock, OpenHop, RelayEffect, RelayInput, RelayState } from "./relay-state.ts";
import { blockOfHop, endsOf, type RelayedBlock } from "./relayed-block.ts";

type Stepped = readonly [RelayState, readonly RelayEffect[]];
type Input<Type> = Extract<RelayInput, { readonly type: Type }>;

/** By how much sums of the same bounds may differ, made in another order. */
const ROUNDING = 1e-9;

/** A share at the end of its way: its pad is marked opened (SPEC-PEER 7.6, step 3). One that is here already is not opened. */
export function arriving(state: RelayState, { from, hop, text }: Input<"hop">): readonly RelayEffect[] {
  const known = state.gathered.find(({ blockId }) => blockId === hop.blockId);
  if (known?.shares.includes(hop.share)) return [];
  if (known === undefined && state.gathered.length >= MOST_GATHERED) return [];
  const open = { neighbour: from, places: hop.places, text, tag: hop.tag };
  const work = { role: "target" as const, hop: withoutSecrets(hop) };
  return [{ do: "commit", commit: { open, take: [], enter: null }, work }];
}

/** The share waits for the others; the last one makes the block. */
export function arrived(state: RelayState, hop: OpenHop, { failure, atMs }: Input<"committed">): Stepped {
  if (failure !== null) return [state, notOpened(hop, failure)];
  const { blockId, share } = hop;
  const block = blockOfHop({ ...hop, ciphertext: EMPTY, tag: EMPTY });
  const known = state.gathered.find((each) => each.blockId === blockId);
  if (known?.shares.includes(share)) return [state, []];
  const gathered: GatheredBlock = {
    blockId,
    block,
    shares: [...(known?.shares ?? []), share],
    epsilon: (known?.epsilon ?? 0) + hop.trail.reduce((sum, { epsilon }) => sum + epsilon, 0),
    untilMs: known?.untilMs ?? atMs + Math.min(hop.leftMs, MOST_WAITED_MS),
  };
  const others = state.gathered.filter((each) => each !== known);
  const keep: RelayEffect = { do: "keepShare", blockId, share };
  if (gathered.shares.length < block.paths.length)
    return [{ ...state, gathered: [...others, gathered] }, [keep]];
  return [{ ...state, gathered: others }, [keep, ...complete(gathered, hop)]];
}

function complete({ blockId, block, epsilon }: GatheredBlock, hop: OpenHop): readonly RelayEffect[] {
  if (epsilon > boundOf(block) * (1 + ROUNDING))
    return [{ do: "wipeShares", blockId }, refusal(hop, "bound")];
  const { proposer } = endsOf(block);
  return [
    { do: "offer", blockId, block },
    { do: "tell", event: { type: "arrived", proposer, blockId } },
  ];
}

function boundOf({ epsilon: { secrecy, correctness, authentication } }: RelayedBlock): number {
  return secrecy + correctness + authentication;
}

/** Shares whose block is not waited for any more. */
export function incomplete(state: RelayState, atMs: number): Stepped {
  const late = state.gathered.filter(({ untilMs }) => untilMs <= atMs);
  if (late.length === 0) return [state, []];
  const effects = late.flatMap(({ blockId, block }): RelayEffect[] => [
    { do: "wipeShares", blockId },
    { do: "tell", event: { type: "incomplete", proposer: endsOf(block).proposer, blockId } },
  ]);
  return [{ ...state, gathered: state.gathered.filter((each) => !late.includes(each)) }, effects];
}

const EMPTY = new Uint8Array(0);
