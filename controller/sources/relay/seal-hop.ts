import type { HashKernel } from "../../../kernels/index.ts";
import { HOP_TAG_BYTES, relayHop } from "../../../protocol/index.ts";
import { exclusiveOr } from "../../pool/pads/exclusive-or.ts";
import { padParts } from "../../pool/pads/pad-layout.ts";
import { padTag } from "../../pool/pads/pad-tag.ts";
import type { OpenHop } from "./relay-state.ts";
import type { RelayHop } from "./relayed-block.ts";

const LABEL = new TextEncoder().encode("qkdlink relay hop 1");

/** What a hop's tag covers: a label and everything before the tag (SPEC-PEER 7.6). */
export function hopText(hop: RelayHop): Uint8Array {
  const parts = relayHop.encode(hop);
  const bytes = parts.reduce((sum, { length }) => sum + length, LABEL.length);
  const text = new Uint8Array(bytes);
  text.set(LABEL);
  let at = LABEL.length;
  for (const part of parts) {
    text.set(part, at);
    at += part.length;
  }
  return text.subarray(0, bytes - HOP_TAG_BYTES);
}

/**
 * Covers a share for the next node. `share` null: the pad's body is the share itself, and nothing but the facts is sent.
 * Nothing that it returns is secret; pad and share stay the caller's to wipe.
 */
export function sealHop(hash: HashKernel, hop: OpenHop, pad: Uint8Array, share: Uint8Array | null): RelayHop {
  const ciphertext = share === null ? new Uint8Array(0) : exclusiveOr([share, padParts(pad).body]);
  const untagged = { ...hop, ciphertext, tag: new Uint8Array(HOP_TAG_BYTES) };
  return { ...untagged, tag: padTag(hash, pad, hopText(untagged)) };
}

/** The share that a hop brings, from the body of its pad. A copy, to be wiped. */
export function shareOf({ ciphertext }: Pick<RelayHop, "ciphertext">, body: Uint8Array): Uint8Array {
  return ciphertext.length === 0 ? new Uint8Array(body) : exclusiveOr([ciphertext, body]);
}
