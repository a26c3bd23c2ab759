import type { NodeId } from "../../pool/pads/pad-store.ts";

const encoder = new TextEncoder();

/** Whether a node proposes the blocks of a pair with the other one: names are ordered by their UTF-8 bytes. */
export function proposes(node: NodeId, other: NodeId): boolean {
  const [one, two] = [encoder.encode(node), encoder.encode(other)];
  for (const [index, byte] of one.entries()) {
    const theirs = two[index];
    if (theirs === undefined) return false;
    if (byte !== theirs) return byte < theirs;
  }
  return one.length < two.length;
}
