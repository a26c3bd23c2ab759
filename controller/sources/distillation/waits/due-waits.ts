import type { BlockStage } from "../block/block-stage.ts";
import { blockLimitMs, type WaitLimits } from "./wait-limits.ts";
import type { Wait } from "./waits.ts";

/** What a block says of itself to who watches it. */
export interface WatchedBlock {
  readonly sequence: number;
  readonly stage: BlockStage;
  /** Messages of its transcripts. */
  readonly heard: number;
  readonly sent: number;
  readonly openedAtMs: number;
  readonly collectedAtMs: number;
  /** Cohorts that were begun. */
  readonly reconciliation: { readonly begun: number } | null;
}

/** What is under way at a site whose session stands. */
export interface SessionFacts {
  readonly site: "alice" | "bob";
  /** Oldest first. */
  readonly open: readonly WatchedBlock[];
  readonly finishing: readonly WatchedBlock[];
  /** Requests to this site's reserve that were neither answered nor refused. */
  readonly reserveRequests: readonly number[];
  /** Alice: she has offered and Bob has not. */
  readonly offerAwaited: number | null;
  /** Bob: the frames that he told are enough for a block. */
  readonly told: boolean;
}

/** Everything that this site waits for now. Pure. */
export function dueWaits(facts: SessionFacts, limits: WaitLimits): readonly Wait[] {
  const { site, open, finishing } = facts;
  const due: Wait[] = [];
  const idle = open.length === 0 && finishing.length === 0;
  // A new session would cost the blocks under way, and what is awaited here may be long in coming without anybody's fault.
  if (idle && facts.told) due.push(patient("agree", null, limits));
  if (idle && facts.offerAwaited !== null) due.push(patient("offer", facts.offerAwaited, limits));
  const [request] = facts.reserveRequests;
  if (request !== undefined)
    due.push({
      ...patient("reserve", null, limits),
      mark: String(request),
      limitMs: limits.reserveMs,
      of: "own",
    });
  for (const block of open) {
    const awaited = awaitedOf(site, block, block === open[0]);
    if (awaited !== null) due.push(answer(awaited, block, limits));
  }
  const [oldest] = open;
  if (oldest !== undefined)
    due.push({ ...answer("block", oldest, limits), mark: "", limitMs: blockLimitMs(oldest) });
  for (const block of finishing) {
    const { stage } = block;
    if (stage.at === "amplifying" && !stage.confirmed) due.push(answer("done", block, limits));
  }
  const hashed = finishing.find(({ stage }) => stage.at === "amplifying" && !stage.amplified);
  if (hashed !== undefined)
    due.push({
      ...answer("amplification", hashed, limits),
      mark: "",
      limitMs: limits.amplificationMs,
      of: "own",
    });
  return due;
}

/** The peer's message that moves the block on, or null while that is this site's own work, or an older block's. */
function awaitedOf(site: "alice" | "bob", block: WatchedBlock, oldest: boolean): string | null {
  const { stage, sent } = block;
  const alice = site === "alice";
  if (stage.at === "sifting") {
    if (alice) return "sift";
    return sent > stage.sifted ? "siftReply" : null;
  }
  if (stage.at === "sifted") return alice ? "reconcile" : null;
  if (stage.at === "reconciling")
    return (block.reconciliation?.begun ?? 0) > stage.settled ? "reconciliation" : null;
  if (stage.at === "reconciled") return alice && oldest ? "estimates" : null;
  if (stage.at === "counted") return "amplify";
  if (stage.at === "seeding") return "seed";
  return stage.at === "decided" ? "tag" : null;
}

function answer(awaited: string, { sequence, stage, heard }: WatchedBlock, limits: WaitLimits): Wait {
  // Bob announces no bases while his amplification lags; Bob himself notices at once when a basis is not answered.
  const limitMs = awaited === "sift" ? limits.patientMs : limits.answerMs;
  return { awaited, sequence, mark: `${stage.at}/${heard}`, limitMs, of: "peer", excusable: false };
}

function patient(awaited: string, sequence: number | null, limits: WaitLimits): Wait {
  return { awaited, sequence, mark: "", limitMs: limits.patientMs, of: "peer", excusable: true };
}
