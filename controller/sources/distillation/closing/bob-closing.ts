import { PeerError } from "../../../../errors/index.ts";
import {
  type AmplifyMessage,
  decodeAmplify,
  decodeSeed,
  decodeTag,
  encodeDone,
  encodeEstimates,
  encodeTag,
  KIND,
} from "../messages/index.ts";
import type { Block } from "../session/block.ts";
import { tagError } from "../session/tag-error.ts";
import type { ClosingPort } from "./alice-closing.ts";
import { decideKey } from "./key-length.ts";

/**
 * Bob's end of a block: his counts -> Alice's decision, which he computes for himself and never lets exceed his own ->
 * the seed -> his tags -> Alice's tags -> "done".
 */
export class BobClosing {
  readonly #port: Omit<ClosingPort, "random">;
  readonly #reported = new WeakSet<Block>();
  readonly #tagged = new WeakSet<Block>();

  constructor(port: Omit<ClosingPort, "random">) {
    this.#port = port;
  }

  /** Sends the block's counts once everything in it is settled. */
  advance(block: Block): void {
    if (!block.reconciled || this.#reported.has(block)) return;
    this.#reported.add(block);
    const { sequence, counts } = block;
    const { sent, sifted, errors } = counts;
    // Cascade shows in public which bits Bob flips, so the errors per intensity tell nothing new.
    this.#port.send(block, KIND.estimates, encodeEstimates({ sequence, sent, sifted, errors }));
  }

  receive(kind: number, body: Uint8Array, find: (sequence: number) => Block): void {
    if (kind === KIND.amplify) {
      this.#amplify(body, find);
      return;
    }
    if (kind === KIND.seed) {
      this.#seed(body, find);
      return;
    }
    this.#tag(body, find);
    return;
  }

  #amplify(body: Uint8Array, find: (sequence: number) => Block): void {
    const message = decodeAmplify(body);
    const block = find(message.sequence);
    if (!this.#reported.has(block) || block.decision !== null) throw outOfTurn(block);
    block.peer.add(KIND.amplify, [body]);
    const { settings, kernels } = this.#port;
    const own = decideKey(settings, block.counts, block.ledger, block.collisionBound, block.choices);
    if (!acceptable(message, own)) throw disagreement(block);
    block.decision = { ...own, reason: message.reason, secretBits: message.secretBits };
    block.createdAtMs = message.createdAtMs;
    if (message.reason !== "none") {
      this.#sendTags(block);
      return;
    }
    const seedBytes = kernels.privacyAmplification.seedBytes(block.keyBits, message.secretBits);
    block.seed = new Uint8Array(seedBytes);
  }

  #seed(body: Uint8Array, find: (sequence: number) => Block): void {
    const message = decodeSeed(body);
    const block = find(message.sequence);
    const { seed } = block;
    const end = message.offset + message.bytes.length;
    if (
      seed === null ||
      message.offset !== block.seedFilled ||
      end > seed.length ||
      message.bytes.length === 0
    )
      throw outOfTurn(block);
    block.peer.add(KIND.seed, [body]);
    seed.set(message.bytes, message.offset);
    block.seedFilled = end;
    if (end === seed.length) this.#sendTags(block);
  }

  #sendTags(block: Block): void {
    const { sequence } = block;
    this.#tagged.add(block);
    this.#port.sendPlain(KIND.tag, encodeTag({ sequence, tags: block.own.tags() }));
  }

  #tag(body: Uint8Array, find: (sequence: number) => Block): void {
    const { sequence, tags } = decodeTag(body);
    const block = find(sequence);
    if (!this.#tagged.has(block)) throw outOfTurn(block);
    if (!block.peer.verify(tags)) throw tagError(sequence);
    if (block.decision?.reason === "none") this.#port.sendPlain(KIND.done, encodeDone({ sequence }));
    this.#port.authenticated(block);
  }
}

/** Alice may give up, but never claim more than Bob can prove himself. */
function acceptable(message: AmplifyMessage, own: ReturnType<typeof decideKey>): boolean {
  if (message.leakBits !== own.leakBits) return false;
  if (message.reason !== "none") return true;
  return (
    message.secretBits <= own.boundBits &&
    own.reason !== "leakAboveMaximum" &&
    own.reason !== "correctnessBound"
  );
}

function outOfTurn(block: Block): PeerError {
  return new PeerError("QKD_PEER_PROTOCOL", "the peer's message about a block is out of turn", {
    context: { sequence: block.sequence },
  });
}

function disagreement(block: Block): PeerError {
  return new PeerError("QKD_PEER_PROTOCOL", "the two sites come to different key lengths", {
    context: { sequence: block.sequence },
  });
}
