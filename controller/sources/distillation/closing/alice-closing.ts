import { PeerError } from "../../../../errors/index.ts";
import type { Kernels } from "../../../../kernels/index.ts";
import type { RandomSource } from "../engine-io.ts";
import {
  decodeDone,
  decodeEstimates,
  decodeTag,
  type EstimatesMessage,
  encodeAmplify,
  encodeSeed,
  encodeTag,
  KIND,
  SEED_CHUNK_BYTES,
} from "../messages/index.ts";
import { amplifyMessage, type Block } from "../session/block.ts";
import { tagError } from "../session/tag-error.ts";
import type { AgreedSettings } from "../settings.ts";
import { decideKey } from "./key-length.ts";

/** What closing a block needs of its engine. */
export interface ClosingPort {
  readonly settings: AgreedSettings;
  readonly kernels: Kernels;
  readonly random: RandomSource;
  readonly send: (block: Block, kind: number, parts: readonly Uint8Array[]) => void;
  readonly sendPlain: (kind: number, parts: readonly Uint8Array[]) => void;
  readonly authenticated: (block: Block) => void;
}

/**
 * Alice's end of a block: Bob's counts -> decision and seed -> Bob's tags -> her own tags -> Bob's "done". The seed is
 * drawn here, after every cohort of the block is reconciled and verified.
 */
export class AliceClosing {
  readonly #port: ClosingPort;
  /** Bob's estimates, kept until this side has settled its last cohort. */
  readonly #estimates = new WeakMap<Block, EstimatesMessage>();
  readonly #done = new WeakSet<Block>();

  constructor(port: ClosingPort) {
    this.#port = port;
  }

  /** Decides on the block once it is reconciled and Bob's counts are in. */
  advance(block: Block, nowMs: number): void {
    const estimates = this.#estimates.get(block);
    if (!block.reconciled || block.decision !== null || estimates === undefined) return;
    this.#check(block, estimates);
    this.#decide(block, nowMs);
  }

  receive(kind: number, body: Uint8Array, find: (sequence: number) => Block, nowMs: number): void {
    if (kind === KIND.tag) {
      this.#tag(body, find);
      return;
    }
    const estimates = decodeEstimates(body);
    const block = find(estimates.sequence);
    if (this.#estimates.has(block)) throw outOfTurn(block);
    block.peer.add(kind, [body]);
    this.#estimates.set(block, estimates);
    this.advance(block, nowMs);
  }

  /** Bob's last word on a block. */
  done(body: Uint8Array, finishing: ReadonlyMap<number, Block>): Block {
    const { sequence } = decodeDone(body);
    const block = finishing.get(sequence);
    if (block === undefined || this.#done.has(block))
      throw new PeerError("QKD_PEER_PROTOCOL", "the peer confirms a block that does not wait for it", {
        context: { sequence },
      });
    this.#done.add(block);
    return block;
  }

  isDone(block: Block): boolean {
    return this.#done.has(block);
  }

  #check(block: Block, estimates: EstimatesMessage): void {
    const { counts } = block;
    const agree =
      equal(estimates.sent, counts.sent) &&
      equal(estimates.sifted, counts.sifted) &&
      estimates.errors.every((errors, index) => errors <= (counts.sifted[index] ?? 0));
    if (!agree)
      throw new PeerError("QKD_PEER_PROTOCOL", "the two sites count a block differently", {
        context: { sequence: block.sequence },
      });
    counts.addErrors(0, estimates.errors.slice(0, 3));
    counts.addErrors(1, estimates.errors.slice(3));
  }

  #decide(block: Block, nowMs: number): void {
    const { settings, kernels, random, send } = this.#port;
    const decision = decideKey(settings, block.counts, block.ledger, block.collisionBound, block.choices);
    block.decision = decision;
    block.createdAtMs = Math.max(0, Math.floor(nowMs));
    send(block, KIND.amplify, encodeAmplify(amplifyMessage(block, decision)));
    if (decision.reason !== "none") return;
    const { sequence } = block;
    const total = kernels.privacyAmplification.seedBytes(block.keyBits, decision.secretBits);
    const seed = new Uint8Array(total);
    for (let offset = 0; offset < total; offset += SEED_CHUNK_BYTES) {
      const bytes = random(Math.min(SEED_CHUNK_BYTES, total - offset), `seed/${sequence}/${offset}`);
      seed.set(bytes, offset);
      send(block, KIND.seed, encodeSeed({ sequence, offset, bytes }));
    }
    block.seed = seed;
  }

  #tag(body: Uint8Array, find: (sequence: number) => Block): void {
    const { sequence, tags } = decodeTag(body);
    const block = find(sequence);
    if (block.decision === null) throw outOfTurn(block);
    if (!block.peer.verify(tags)) throw tagError(sequence);
    this.#port.sendPlain(KIND.tag, encodeTag({ sequence, tags: block.own.tags() }));
    this.#port.authenticated(block);
  }
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

function outOfTurn(block: Block): PeerError {
  return new PeerError("QKD_PEER_PROTOCOL", "the peer's message about a block is out of turn", {
    context: { sequence: block.sequence },
  });
}
