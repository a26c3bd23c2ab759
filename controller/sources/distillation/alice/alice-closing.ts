import {
  distillationAmplify,
  distillationEstimates,
  distillationSeed,
  distillationTag,
  type PeerValueOf,
  SEED_CHUNK_BYTES,
} from "../../../../protocol/index.ts";
import type { Block } from "../block/block.ts";
import { outOfTurn } from "../block/out-of-turn.ts";
import { tagError } from "../block/tag-error.ts";
import { authShare } from "../closing/auth-share.ts";
import { decideKey } from "../closing/key-length.ts";
import type { Receivers } from "../session/receivers.ts";
import type { SessionPort } from "../session/session-port.ts";

/**
 * Alice's end of a block: Bob's counts -> decision and seed -> Bob's tag -> her own tag -> Bob's "done". The seed is
 * drawn here, after every cohort of the block is reconciled and verified.
 */
export class AliceClosing {
  readonly #session: SessionPort;

  constructor(session: SessionPort) {
    this.#session = session;
  }

  /** Names the messages that it takes. */
  join(receivers: Receivers): void {
    receivers
      .inBlock(distillationEstimates, (block, estimates) => this.#estimates(block, estimates))
      .on(distillationTag, ({ sequence, tag }) => {
        if (!this.#session.repeatTag(sequence, tag)) this.#tag(this.#session.block(sequence), tag);
      });
  }

  /** Decides on a block whose counts both sites agree on, and draws the seed. */
  decide(block: Block): void {
    const { settings, kernels, random, wallMs } = this.#session;
    const decision = decideKey(settings, block.counts, block.ledger, block.collisionBound);
    block.decision = decision;
    block.createdAtMs = Math.max(0, Math.floor(wallMs));
    const { reason, secretBits, leakBits } = decision;
    // Alice's word: the levels at the two sites differ by what is under way.
    block.authBytes = authShare(settings, secretBits / 8, this.#session.reserveLevel);
    const { createdAtMs, sequence, authBytes } = block;
    this.#session.tell(block, distillationAmplify, { reason, secretBits, leakBits, createdAtMs, authBytes });
    const key = reason === "none";
    if (key) {
      const total = kernels.privacyAmplification.seedBytes(block.reconciliation?.keptBits ?? 0, secretBits);
      const seed = new Uint8Array(total);
      for (let offset = 0; offset < total; offset += SEED_CHUNK_BYTES) {
        const bytes = random(Math.min(SEED_CHUNK_BYTES, total - offset), `seed/${sequence}/${offset}`);
        seed.set(bytes, offset);
        this.#session.tell(block, distillationSeed, { offset, bytes });
      }
      block.seed = seed;
    }
    this.#session.advance(block, { type: "decided", key, seedBytes: 0 });
  }

  #estimates(block: Block, { sent, sifted, errors }: PeerValueOf<typeof distillationEstimates>): void {
    if (block !== this.#session.blocks[0]) throw outOfTurn("closes a block before an older one", block);
    // The seed that follows must find Bob with every tag of hers judged.
    block.requireHeard(block.sent);
    const { counts } = block;
    const agree =
      equal(sent, counts.sent) &&
      equal(sifted, counts.sifted) &&
      errors.every((count, index) => count <= (counts.sifted[index] ?? 0));
    if (!agree) throw outOfTurn("counts a block differently", block);
    counts.addErrors(0, errors.slice(0, 3));
    counts.addErrors(1, errors.slice(3));
    this.#session.advance(block, { type: "estimates" });
  }

  #tag(block: Block, tag: Uint8Array): void {
    if (block.stage.at !== "decided") throw outOfTurn("ends a block that is not decided on", block);
    if (!block.verifyPeer(tag)) throw tagError(block.sequence);
    this.#session.advance(block, { type: "tag" });
  }
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
