import { createHash } from "node:crypto";
import type { Combiner, hybridCombine, KemName, PeerValueOf } from "../../../protocol/index.ts";
import { bindTail } from "../../pool/bind-tail.ts";
import type { BlockEpsilon, KeyRoute, TakenKey } from "../../pool/key-pool.ts";
import { deriver } from "../key-exchange-parts.ts";

/** What both nodes know of a pair beforehand. */
export interface HybridPair {
  readonly linkId: string;
  /** The link key of the pre-placed secret. */
  readonly linkKey: Uint8Array;
  readonly kem: KemName;
  readonly combiner: Combiner;
}

/** What is said of a block; its id follows from it. */
export type HybridFacts = PeerValueOf<typeof hybridCombine>;

/** No bound of secrecy is claimed. */
const NO_EPSILON: BlockEpsilon = { secrecy: 1, correctness: 0, authentication: 0 };

/** The id of a hybrid block: the agreement's tags cover the id, and so all that was said of the block. */
export function hybridBlockId(pair: HybridPair, facts: HybridFacts): string {
  return createHash("sha256").update(transcriptOf(pair, facts)).digest("hex").slice(0, 32);
}

/**
 * The bytes of a hybrid block from two keys of its length. `kdf`: HKDF-SHA-384 over both behind their lengths, salted with
 * the link key; whoever lacks one of them knows nothing of the block as long as the hash holds. `xor`: bit by bit, which
 * keeps what the quantum key has of information-theoretic secrecy. The keys stay the caller's to wipe.
 */
export function combineKeys(
  pair: HybridPair,
  facts: HybridFacts,
  quantum: Uint8Array,
  exchanged: Uint8Array,
): Uint8Array {
  if (pair.combiner === "xor") {
    const block = Uint8Array.from(quantum, (byte, index) => byte ^ (exchanged[index] as number));
    // Bytes that came one by one could differ beside an equal tail.
    bindTail(hybridBlockId(pair, facts), block);
    return block;
  }
  const input = Buffer.concat([lengthOf(exchanged), exchanged, lengthOf(quantum), quantum]);
  const derive = deriver({
    hash: "sha384",
    secret: input,
    salt: pair.linkKey,
    transcript: transcriptOf(pair, facts),
  });
  const block = derive("block", facts.blockBytes);
  input.fill(0);
  return block;
}

/** What may be claimed of the block: xor keeps the bound of the quantum key, a key derivation keeps none. */
export function hybridEpsilon({ combiner }: HybridPair, quantum: TakenKey): BlockEpsilon {
  if (combiner === "kdf" || quantum.epsilon === null) return NO_EPSILON;
  return { secrecy: quantum.epsilon.block, correctness: 0, authentication: 0 };
}

/** A quantum key that was relayed brings its ways along. */
export function hybridRoute(quantum: TakenKey): { readonly route?: KeyRoute } {
  return quantum.route === undefined ? {} : { route: quantum.route };
}

function transcriptOf({ linkId, kem, combiner }: HybridPair, facts: HybridFacts): string {
  const { sequence, createdAtMs, blockBytes, quantumKeyId, exchangedKeyId } = facts;
  return JSON.stringify([
    "qkdlink/1 hybrid",
    `${kem}|${combiner === "kdf" ? "HKDF-SHA-384" : "XOR"}`,
    linkId,
    sequence,
    createdAtMs,
    blockBytes,
    quantumKeyId,
    exchangedKeyId,
  ]);
}

function lengthOf(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return length;
}
