import { canonical } from "./network/network-stamp.ts";
import type { NodeOptions } from "./node-options.ts";

/** Fields of a node that differ and count at its next start alone. */
export function waitingChanges(before: NodeOptions, now: NodeOptions): readonly string[] {
  const fixed = ({
    node,
    network,
    store,
    delivery,
    streams,
    peerListen,
  }: NodeOptions): Record<string, unknown> => ({
    store,
    "delivery.listen": delivery?.listen,
    "delivery.limits": delivery?.limits,
    streams,
    network: network.network,
    "peer.listen": peerListen ?? network.nodes[node]?.address,
    [`nodes.${node}.kme`]: network.nodes[node]?.kme,
  });
  const [old, fresh] = [fixed(before), fixed(now)];
  return Object.keys(fresh).filter((field) => canonical(old[field]) !== canonical(fresh[field]));
}
