import type { PeerCredentials } from "../peer/peer-credentials.ts";
import { proposes } from "../sources/relay/node-order.ts";
import { linkSettings } from "./network/link-settings.ts";
import type { Network, NetworkLink } from "./network/network.ts";
import { canonical } from "./network/network-stamp.ts";
import type { LinkPlan } from "./node-link.ts";
import type { NodeLinkOptions, NodeOptions } from "./node-options.ts";

/** A plan, and the guests that the node adds to it. */
export type PlannedLink = Omit<LinkPlan, "guests">;

/** The links that a node runs: those of the network that end here and that the node has a device for. */
export function linkPlans(options: NodeOptions): readonly PlannedLink[] {
  const { network, node, links } = options;
  return network.links.flatMap((link) => {
    const own = links[link.id];
    return own === undefined || !link.ends.includes(node) ? [] : [planOf(options, link, own)];
  });
}

function planOf(options: NodeOptions, link: NetworkLink, own: NodeLinkOptions): PlannedLink {
  const { node, network, store, credentials, logLost } = options;
  const [first, second] = link.ends;
  const neighbour = first === node ? second : first;
  const { transceiver, device, ...rest } = own;
  return {
    linkId: link.id,
    role: link.qtx === node ? "alice" : "bob",
    end: proposes(node, neighbour) ? "proposer" : "acceptor",
    neighbour,
    transceiver,
    ...(device === undefined ? {} : { device }),
    ledgerBeside: `${store.path}.${link.id}`,
    options: {
      ...rest,
      linkId: link.id,
      credentials: credentialsFor(credentials, network, neighbour),
      distillation: linkSettings(link),
      ...(link.authRecovery === undefined ? {} : { authRecovery: link.authRecovery }),
      ...(network.kem === undefined ? {} : { kem: network.kem }),
      ...(network.combiner === undefined ? {} : { combiner: network.combiner }),
      ...(store.maxKeyAgeMs === undefined ? {} : { maxKeyAgeMs: store.maxKeyAgeMs }),
      ...(logLost === undefined ? {} : { logLost }),
    },
  };
}

/** A neighbour is known by the fingerprint that the network file gives it, and by nothing else. */
export function credentialsFor(
  credentials: NodeOptions["credentials"],
  { nodes }: Network,
  neighbour: string,
): PeerCredentials {
  return { ...credentials, peerIdentity: { fingerprint: nodes[neighbour]?.fingerprint ?? [] } };
}

/** Whether a running link goes on under another plan: all but its certificates is as it was. */
export function samePlan(before: PlannedLink, now: PlannedLink): boolean {
  const secret = before.options.secret.reveal();
  return (
    canonical(plainPart(before)) === canonical(plainPart(now)) &&
    Buffer.from(secret).equals(now.options.secret.reveal())
  );
}

function plainPart({ linkId, role, end, neighbour, device, options }: PlannedLink): object {
  const { credentials: _, secret: _s, trace: _t, peerTap: _p, logLost: _l, ...rest } = options;
  return { linkId, role, end, neighbour, device, rest };
}
