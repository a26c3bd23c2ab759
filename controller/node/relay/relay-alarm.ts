import { PeerError } from "../../../errors/index.ts";
import type { RelayEvent } from "../../sources/relay/relay-ports.ts";

/** The alarm that an event of the relay is, which names the neighbour; null for what happens every day. */
export function relayAlarm(event: RelayEvent): PeerError | null {
  if (event.type === "hopTagWrong") {
    const { neighbour: node, blockId } = event;
    const sentence = `a hop from node ${node} has a wrong tag: somebody changed it on the way, or the two stores differ`;
    return lied(sentence, node, blockId);
  }
  if (event.type !== "lied") return null;
  const { node, blockId, why } = event;
  return lied(`node ${node} sent ${why}`, node, blockId);
}

function lied(sentence: string, node: string, blockId: string): PeerError {
  return new PeerError("QKD_PEER_LIED", sentence, { context: { node, blockId } });
}
