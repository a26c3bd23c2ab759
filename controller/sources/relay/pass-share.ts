import { PAD_TAG_BYTES } from "../../pool/pads/pad-layout.ts";
import type { PadFailure } from "../../pool/pads/pad-store.ts";
import type { OpenHop, RelayEffect, RelayInput, RelayRefused, RelayState } from "./relay-state.ts";
import type { RelayHop } from "./relayed-block.ts";

type Input<Type> = Extract<RelayInput, { readonly type: Type }>;

/** A share on its way through this node: its pad is marked opened and the next one taken, in one commit (SPEC-PEER 7.6, step 2). */
export function passing(input: Input<"hop">): readonly RelayEffect[] {
  const { from, hop, text, next, leastLeftBytes } = input;
  if (next !== "up") return [refusal(hop, next === "down" ? "linkDown" : "notHere")];
  const { blockBytes, auth, places, tag } = hop;
  const bytes = blockBytes + PAD_TAG_BYTES;
  const take = [{ neighbour: nextNode(hop), bytes, leastLeftBytes, auth }];
  const open = { neighbour: from, places, text, tag };
  return [
    { do: "commit", commit: { open, take, enter: null }, work: { role: "relay", hop: withoutSecrets(hop) } },
  ];
}

/** It goes on, once, or its origin is told that it does not. */
export function passed(hop: OpenHop, input: Input<"committed">): readonly RelayEffect[] {
  const { failure, pads, heldMs } = input;
  if (failure !== null) return notOpened(hop, failure);
  const [pad] = pads;
  if (pad === undefined) return [];
  const to = nextNode(hop);
  const { places, epsilon, auth } = pad;
  const onward: OpenHop = {
    ...hop,
    sender: hop.receiver,
    receiver: to,
    position: hop.position + 1,
    leftMs: Math.max(0, hop.leftMs - Math.ceil(heldMs)),
    places,
    trail: [...hop.trail, { epsilon, auth }],
  };
  const padBytes = hop.blockBytes + PAD_TAG_BYTES;
  return [
    { do: "sendHop", to, hop: onward, pad: 0, share: "opened" },
    { do: "tell", event: { type: "passed", to, blockId: hop.blockId, padBytes } },
  ];
}

/** What follows when a hop's pad, or the next one, is not to be had. A pad that was opened before is a repeated hop. */
export function notOpened(hop: OpenHop, failure: PadFailure): readonly RelayEffect[] {
  const { sender, blockId } = hop;
  if (failure === "tagWrong")
    return [{ do: "tell", event: { type: "hopTagWrong", neighbour: sender, blockId } }];
  if (failure === "unknown") return [refusal(hop, "padUnknown")];
  return failure === "exhausted" ? [refusal(hop, "exhausted")] : [];
}

/** Tells the origin that a share ends with the node that got this hop. */
export function refusal(hop: OpenHop, reason: RelayRefused["reason"]): RelayEffect {
  const { blockId, share, position } = hop;
  const to = hop.shares[share]?.path[0] as string;
  return { do: "sendRefused", to, refused: { blockId, share, position: position + 1, reason } };
}

/** The node after the one that got this hop; empty at the end of the way. */
export function nextNode({ shares, share, position }: OpenHop): string {
  return shares[share]?.path[position + 2] ?? "";
}

export function withoutSecrets({ ciphertext, tag, ...hop }: RelayHop): OpenHop {
  return hop;
}

/** Whether the node that got this hop is the end of its way. */
export const isEnd = (hop: OpenHop, { node }: RelayState): boolean =>
  hop.shares[hop.share]?.path.at(-1) === node;
