import { PeerError } from "../../../../errors/index.ts";

/**
 * Where a block stands, from the agreement on its frames to its end. Before that it has no state of its own: its frames are
 * merely held. docs/ARCHITECTURE.md has the diagram.
 */
export type BlockStage =
  /** Bases, intensities and test bits are exchanged frame by frame. */
  | { readonly at: "sifting"; readonly frames: number; readonly sifted: number }
  /** Every frame is sifted; Bob's expected error rate is awaited, or about to be sent. */
  | { readonly at: "sifted" }
  | { readonly at: "reconciling"; readonly cohorts: number; readonly settled: number }
  /** Every cohort is verified, or given up and disclosed; Bob's counts come when it is the oldest open block. */
  | { readonly at: "reconciled" }
  /** Bob: his counts are sent, Alice's decision is awaited. */
  | { readonly at: "counted" }
  /** Bob: the seed of the final hash comes in parts. */
  | { readonly at: "seeding"; readonly seedBytes: number; readonly filledBytes: number }
  /** The decision is known to both; the peer's tag is awaited. Bob has sent his. */
  | { readonly at: "decided"; readonly key: boolean }
  /** Both transcripts are authenticated; the key is hashed, and Bob's confirmation is awaited at Alice. */
  | { readonly at: "amplifying"; readonly confirmed: boolean; readonly amplified: boolean }
  /** It left the engine, with or without a key. */
  | { readonly at: "ended" };

/** What happens to a block. */
export type BlockInput =
  | { readonly type: "frameSifted" }
  | { readonly type: "reconcile"; readonly cohorts: number }
  | { readonly type: "cohortSettled" }
  /** Bob: no older block is open. */
  | { readonly type: "oldest" }
  /** Alice: Bob's counts. */
  | { readonly type: "estimates" }
  /** The decision, Alice's own or as Bob hears it; `seedBytes` counts at Bob. */
  | { readonly type: "decided"; readonly key: boolean; readonly seedBytes: number }
  | { readonly type: "seed"; readonly offset: number; readonly bytes: number }
  /** The peer's tag, found right. */
  | { readonly type: "tag" }
  | { readonly type: "amplified" }
  | { readonly type: "confirmed" };

/** What is to be done about it, in order. */
export type BlockEffect =
  | "beginReconciliation"
  | "sendEstimates"
  | "decide"
  | "sendTag"
  | "sendDone"
  | "amplify"
  | "abort"
  | "release";

type Step = readonly [BlockStage, readonly BlockEffect[]];

/**
 * One step in the life of a block at Alice's or Bob's site. Pure.
 * @throws PeerError QKD_PEER_PROTOCOL for what does not belong to the stage.
 */
export function blockStep(role: "alice" | "bob", stage: BlockStage, input: BlockInput): Step {
  const next = role === "alice" ? aliceStep(stage, input) : bobStep(stage, input);
  if (next === null)
    throw new PeerError("QKD_PEER_PROTOCOL", "the peer's message about a block is out of turn", {
      context: { stage: stage.at, input: input.type },
    });
  return next;
}

function aliceStep(stage: BlockStage, input: BlockInput): Step | null {
  if (stage.at === "reconciled" && input.type === "estimates") return [stage, ["decide"]];
  if (stage.at === "reconciled" && input.type === "decided") return [{ at: "decided", key: input.key }, []];
  if (stage.at === "decided" && input.type === "tag")
    return authenticated(stage.key, ["sendTag"], { at: "amplifying", confirmed: false, amplified: false });
  return commonStep(stage, input, []);
}

function bobStep(stage: BlockStage, input: BlockInput): Step | null {
  if (stage.at === "reconciled" && input.type === "oldest") return [{ at: "counted" }, ["sendEstimates"]];
  if (stage.at === "counted" && input.type === "decided")
    return input.key
      ? [{ at: "seeding", seedBytes: input.seedBytes, filledBytes: 0 }, []]
      : [{ at: "decided", key: false }, ["sendTag"]];
  if (stage.at === "seeding" && input.type === "seed") {
    const filledBytes = stage.filledBytes + input.bytes;
    if (input.offset !== stage.filledBytes || input.bytes === 0 || filledBytes > stage.seedBytes) return null;
    return filledBytes < stage.seedBytes
      ? [{ at: "seeding", seedBytes: stage.seedBytes, filledBytes }, []]
      : [{ at: "decided", key: true }, ["sendTag"]];
  }
  if (stage.at === "decided" && input.type === "tag")
    return authenticated(stage.key, stage.key ? ["sendDone"] : [], {
      at: "amplifying",
      confirmed: true,
      amplified: false,
    });
  return commonStep(stage, input, ["beginReconciliation"]);
}

function authenticated(key: boolean, before: readonly BlockEffect[], amplifying: BlockStage): Step {
  return key ? [amplifying, [...before, "amplify"]] : [{ at: "ended" }, [...before, "abort"]];
}

/** What is alike at both sites. `whenSifted`: what the last sifted frame brings about. */
function commonStep(stage: BlockStage, input: BlockInput, whenSifted: readonly BlockEffect[]): Step | null {
  if (stage.at === "sifting" && input.type === "frameSifted") {
    const sifted = stage.sifted + 1;
    return sifted < stage.frames
      ? [{ at: "sifting", frames: stage.frames, sifted }, []]
      : [{ at: "sifted" }, whenSifted];
  }
  if (stage.at === "sifted" && input.type === "reconcile") return [reconciling(input.cohorts, 0), []];
  if (stage.at === "reconciling" && input.type === "cohortSettled")
    return [reconciling(stage.cohorts, stage.settled + 1), []];
  if (stage.at === "amplifying" && (input.type === "amplified" || input.type === "confirmed")) {
    if (stage[input.type]) return null;
    const confirmed = stage.confirmed || input.type === "confirmed";
    const amplified = stage.amplified || input.type === "amplified";
    return confirmed && amplified
      ? [{ at: "ended" }, ["release"]]
      : [{ at: "amplifying", confirmed, amplified }, []];
  }
  return null;
}

function reconciling(cohorts: number, settled: number): BlockStage {
  return settled < cohorts ? { at: "reconciling", cohorts, settled } : { at: "reconciled" };
}
