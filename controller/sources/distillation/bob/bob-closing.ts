import {
  distillationAmplify,
  distillationSeed,
  distillationTag,
  type PeerValueOf,
} from "../../../../protocol/index.ts";
import type { Block } from "../block/block.ts";
import { outOfTurn } from "../block/out-of-turn.ts";
import { tagError } from "../block/tag-error.ts";
import { isAuthShare } from "../closing/auth-share.ts";
import { decideKey, type KeyDecision } from "../closing/key-length.ts";
import type { Receivers } from "../session/receivers.ts";
import type { SessionPort } from "../session/session-port.ts";

type Amplify = PeerValueOf<typeof distillationAmplify>;

/**
 * Bob's end of a block: Alice's decision, which he computes for himself and never lets exceed his own -> the seed -> his
 * tag -> Alice's tag -> "done".
 */
export class BobClosing {
  readonly #session: SessionPort;

  constructor(session: SessionPort) {
    this.#session = session;
  }

  /** Names the messages that it takes. */
  join(receivers: Receivers): void {
    receivers
      .inBlock(distillationAmplify, (block, amplify) => this.#amplify(block, amplify))
      .inBlock(distillationSeed, (block, seed) => this.#seed(block, seed))
      .on(distillationTag, ({ sequence, tag }) => this.#tag(this.#session.block(sequence), tag));
  }

  #amplify(block: Block, message: Amplify): void {
    if (block.stage.at !== "counted") throw outOfTurn("decides on a block that is not counted", block);
    block.requireHeard(block.sent);
    const { settings, kernels } = this.#session;
    const own = decideKey(settings, block.counts, block.ledger, block.collisionBound);
    if (!acceptable(message, own)) throw outOfTurn("comes to another key length", block);
    const { reason, secretBits, createdAtMs, authBytes } = message;
    if (!isAuthShare(settings, secretBits / 8, authBytes))
      throw outOfTurn("takes another share of the key for authentication", block);
    block.decision = { ...own, reason, secretBits };
    block.createdAtMs = createdAtMs;
    block.authBytes = authBytes;
    const key = reason === "none";
    const seedBytes = key
      ? kernels.privacyAmplification.seedBytes(block.reconciliation?.keptBits ?? 0, secretBits)
      : 0;
    if (key) block.seed = new Uint8Array(seedBytes);
    this.#session.advance(block, { type: "decided", key, seedBytes });
  }

  #seed(block: Block, { offset, bytes }: PeerValueOf<typeof distillationSeed>): void {
    const { seed } = block;
    block.requireHeard(block.sent);
    if (seed !== null && offset + bytes.length <= seed.length) seed.set(bytes, offset);
    this.#session.advance(block, { type: "seed", offset, bytes: bytes.length });
  }

  #tag(block: Block, tag: Uint8Array): void {
    if (block.stage.at !== "decided") throw outOfTurn("ends a block that is not decided on", block);
    if (!block.verifyPeer(tag)) throw tagError(block.sequence);
    this.#session.advance(block, { type: "tag" });
  }
}

/** Alice may give up, but never claim more than Bob can prove himself. */
function acceptable(message: Amplify, own: KeyDecision): boolean {
  if (message.leakBits !== own.leakBits) return false;
  if (message.reason !== "none") return true;
  return (
    message.secretBits <= own.boundBits &&
    own.reason !== "leakAboveMaximum" &&
    own.reason !== "correctnessBound"
  );
}
