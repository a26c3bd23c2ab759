import { blockHalves, boundaryOf } from "../pool/block-halves.ts";
import type { BlockFacts } from "../pool/key-pool.ts";
import type { PairEnd } from "../pool/proposer.ts";
import type {
  AgreementEffect,
  AgreementInput,
  AgreementState,
  BlockProofs,
  RefusedBlocks,
  StoredClaim,
} from "./agreement-state.ts";

/** Claims of blocks that have not come yet, at most; of what exceeds that the peer asks again. */
const EARLY_CLAIMS = 1024;

type Stepped = readonly [AgreementState, readonly AgreementEffect[]];
type Input<Type> = Extract<AgreementInput, { readonly type: Type }>;

/** An agreement that has heard nothing yet. */
export const freshAgreement = (end: PairEnd): AgreementState => ({ end, early: new Map(), refused: {} });

/**
 * Decides which blocks both sites hold (SPEC-PEER 5.1). The proposer releases what the acceptor has proved to hold, and may
 * destroy what it has not released at any time; the acceptor hands out only what was released, and destroys only what the
 * proposer called absent. Pure: the disk is told in the input, and what is to be done comes out.
 */
export function agreementStep(state: AgreementState, input: AgreementInput): Stepped {
  switch (input.type) {
    case "finished":
      return state.end === "proposer" ? proposed(state, input) : [state, accepted(input)];
    case "stored":
    case "ask":
      return claimed(state, input);
    case "released":
      return [state, released(input)];
    case "absent":
      return [state, absent(input)];
    case "waiting":
      return [state, [{ do: "sendAsk", claim: claimOf(input.block, input.proofs) }]];
    case "overdue":
      return [state, overdue(input.block)];
  }
}

function proposed(state: AgreementState, { block, proofs, ownLackBytes }: Input<"finished">): Stepped {
  const { blockId } = block;
  const claim = state.early.get(blockId);
  const next = forgotten(state, blockId);
  if (isRefused(state.refused[block.origin], block)) return [next, [{ do: "refuse", blockId }]];
  const judged = claim === undefined ? [] : judge(block, claim, proofs, ownLackBytes);
  return [next, [{ do: "add", blockId }, ...judged]];
}

function accepted({ block, proofs }: Input<"finished">): AgreementEffect[] {
  return [
    { do: "add", blockId: block.blockId },
    { do: "sendStored", claim: claimOf(block, proofs) },
  ];
}

function claimed(state: AgreementState, input: Input<"stored" | "ask">): Stepped {
  const { claim, block, proofs, ownLackBytes } = input;
  const { blockId } = claim;
  if (block === null) return unknown(state, input);
  if (!block.proposed) return [state, []];
  if (block.release !== null) return [state, [{ do: "sendReleased", claim: { blockId, ...block.release } }]];
  if (block.state === "quarantined") return [state, mayBeReleased(blockId)];
  if (block.state === "pending" && proofs !== null) return [state, judge(block, claim, proofs, ownLackBytes)];
  return [state, [{ do: "sendAbsent", blockId }]];
}

/** The peer may be faster than this site, unless it asks: then the block's source must not have it under way either. */
function unknown(state: AgreementState, { type, claim, holdings, lost }: Input<"stored" | "ask">): Stepped {
  const { blockId, origin, sequence } = claim;
  if (lost) return [state, mayBeReleased(blockId)];
  if (isRefused(state.refused[origin], claim)) return [state, [{ do: "sendAbsent", blockId }]];
  const underWay = holdings === null || holdings.blockIds.includes(blockId);
  if (type === "stored" || underWay) return [remembered(state, claim), []];
  const next = forgotten(state, blockId);
  const refused = refusedFrom(state.refused[origin], sequence, holdings);
  return [{ ...next, refused: { ...next.refused, [origin]: refused } }, [{ do: "sendAbsent", blockId }]];
}

/**
 * It may have been released before this store went back: calling it absent could take away a key that was handed out. The
 * peer keeps what it holds for fetching, hands out none of it, and ends it when nobody fetches any more.
 */
function mayBeReleased(blockId: string): AgreementEffect[] {
  return [{ do: "lose", blockId, reason: "lost" }];
}

function released({ claim, block, proofs }: Input<"released">): AgreementEffect[] {
  const { blockId, boundaryBytes, tag } = claim;
  // It was used up and forgotten, or lost with its store: handing out must end there either way.
  if (block === null)
    return [
      { do: "lose", blockId, reason: "lost" },
      { do: "sendHeard", blockId },
    ];
  if (block.proposed) return [];
  if (block.state !== "pending" || proofs === null) return [{ do: "sendHeard", blockId }];
  if (!sameText(proofs.releasedTag(boundaryBytes), tag) || contradicts(block, boundaryBytes))
    return [
      { do: "lose", blockId, reason: "tagWrong" },
      { do: "sendHeard", blockId },
    ];
  return [
    { do: "release", blockId, release: { boundaryBytes, tag } },
    { do: "sendHeard", blockId },
  ];
}

function absent({ blockId, block }: Input<"absent">): AgreementEffect[] {
  if (block === null || block.proposed || block.state !== "pending") return [];
  return [{ do: "discard", blockId, reason: "notHeld" }];
}

function overdue({ blockId, proposed: own, state, release }: BlockFacts): AgreementEffect[] {
  if (!own || state !== "pending" || release !== null) return [];
  return [{ do: "discard", blockId, reason: "overdue" }];
}

/** The proposer holds the block and the acceptor says that it does, too. */
function judge(
  block: BlockFacts,
  claim: StoredClaim,
  proofs: BlockProofs,
  ownLackBytes: number,
): AgreementEffect[] {
  const { blockId } = block;
  const gone = (reason: "tagWrong" | "noRoom"): AgreementEffect[] => [
    { do: "discard", blockId, reason },
    { do: "sendAbsent", blockId },
  ];
  if (claim.provenance !== proofs.provenance || !sameText(claim.tag, proofs.storedTag(claim.lackBytes)))
    return gone("tagWrong");
  const boundaryBytes = boundaryOf(block.keyBytes, ownLackBytes, claim.lackBytes);
  if (boundaryBytes === null) return gone("noRoom");
  const release = { boundaryBytes, tag: proofs.releasedTag(boundaryBytes) };
  return [
    { do: "release", blockId, release },
    { do: "sendReleased", claim: { blockId, ...release } },
  ];
}

/** Whether keys were fetched of what the split makes the acceptor's own half, or the split is none. */
function contradicts({ keyBytes, fetched }: BlockFacts, boundaryBytes: number): boolean {
  const { peer } = blockHalves(keyBytes, boundaryBytes, "bob");
  if (boundaryBytes > keyBytes) return true;
  return fetched !== null && (fetched.first < peer.first || fetched.past > peer.past);
}

/** Compares in a time that does not tell where two tags differ. */
function sameText(one: string, other: string): boolean {
  let differs = one.length ^ other.length;
  for (let at = 0; at < one.length; at += 1) differs |= one.charCodeAt(at) ^ other.charCodeAt(at);
  return differs === 0;
}

function claimOf(block: BlockFacts, proofs: BlockProofs): StoredClaim {
  const { blockId, origin, sequence, lackBytes } = block;
  const { provenance } = proofs;
  return { blockId, origin, sequence, provenance, lackBytes, tag: proofs.storedTag(lackBytes) };
}

function isRefused(
  refused: RefusedBlocks | undefined,
  { blockId, sequence }: { readonly blockId: string; readonly sequence: number },
): boolean {
  return refused !== undefined && sequence <= refused.upTo && !refused.except.includes(blockId);
}

/**
 * Numbers rise at the source, so that after this answer only what is under way now can still come with a number up to the
 * one asked for. A number that was never begun is a lie, and refuses nothing of what is to come.
 */
function refusedFrom(
  before: RefusedBlocks | undefined,
  sequence: number,
  { blockIds, newest }: { readonly blockIds: readonly string[]; readonly newest: number },
): RefusedBlocks {
  return { upTo: Math.max(before?.upTo ?? -1, Math.min(sequence, newest)), except: blockIds };
}

function remembered(state: AgreementState, claim: StoredClaim): AgreementState {
  const early = new Map(state.early);
  early.delete(claim.blockId);
  early.set(claim.blockId, claim);
  const [oldest] = early.keys();
  if (early.size > EARLY_CLAIMS && oldest !== undefined) early.delete(oldest);
  return { ...state, early };
}

function forgotten(state: AgreementState, blockId: string): AgreementState {
  if (!state.early.has(blockId)) return state;
  const early = new Map(state.early);
  early.delete(blockId);
  return { ...state, early };
}
