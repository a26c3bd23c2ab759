import { PeerError } from "../../../../errors/index.ts";

/** The peer said what it may not say now. */
export function outOfTurn(what: string, block: { readonly sequence: number }, cohort?: number): PeerError {
  return new PeerError("QKD_PEER_PROTOCOL", `out of turn: the peer ${what}`, {
    context: { sequence: block.sequence, ...(cohort === undefined ? {} : { cohort }) },
  });
}
