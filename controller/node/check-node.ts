import { ConfigError } from "../../errors/index.ts";
import { checkOptions, maybe, partly, type RulesOf, rule } from "../../options/index.ts";
import { SecretBytes } from "../../protocol/index.ts";
import { DELIVERY_RULES } from "../delivery/delivery-options.ts";
import { checkDeliveryTls } from "../delivery/delivery-tls.ts";
import { checkLinkOptions } from "../link/open-link.ts";
import { PEER_LIMITS_RULES, type PeerLimits } from "../listener/listener-limits.ts";
import { CREDENTIALS_RULES } from "../peer/peer-credentials.ts";
import { parsePeerAddress } from "../peer/peer-tls.ts";
import { BUDGET_RULES } from "../policy/check-epsilon-budget.ts";
import type { EpsilonBudget } from "../policy/epsilon-budget.ts";
import { FALLBACK_RULE } from "../policy/fallback/fallback-rules.ts";
import { HEALTH_RULE } from "../policy/health/health-rules.ts";
import { linkPlans } from "./link-plans.ts";
import type { Network } from "./network/network.ts";
import { networkRemarks } from "./network/network-remarks.ts";
import { pairFault } from "./network/pair-fault.ts";
import type { NodeDeliveryOptions, NodeLinkOptions, NodeOptions, NodeStoreOptions } from "./node-options.ts";
import type { NodeStreamsOptions } from "./node-streams.ts";

const NUMBER = maybe(rule.anyNumber);
const { peerIdentity: _, ...CREDENTIALS } = CREDENTIALS_RULES;

const LINK_RULES: RulesOf<NodeLinkOptions> = {
  transceiver: rule.either(
    rule.callback,
    rule.like({ identity: rule.like({ role: rule.choice("qtx", "qrx") }) }, "an open transceiver"),
  ),
  device: maybe(rule.text()),
  peer: maybe(rule.text("tls://host:port")),
  peerListen: maybe(rule.text("tls://host:port")),
  peerLimits: maybe(rule.object<PeerLimits>(partly(PEER_LIMITS_RULES))),
  secret: rule.instance(SecretBytes, "SecretBytes, as readLinkSecretFile gives them"),
  keyExchange: maybe(rule.anyObject),
  health: HEALTH_RULE,
  fallback: FALLBACK_RULE,
  epsilonBudget: maybe(rule.object<EpsilonBudget>(BUDGET_RULES)),
  pqcReserveBits: maybe(rule.number(0, Number.MAX_SAFE_INTEGER)),
  trace: maybe(rule.callback),
  peerTap: maybe(rule.callback),
  developmentSeed: maybe(rule.text()),
};

const PAIR_RULES: RulesOf<{ readonly secret: SecretBytes }> = {
  secret: rule.instance(SecretBytes, "SecretBytes, as readLinkSecretFile gives them"),
};

const STORE_RULES: RulesOf<NodeStoreOptions> = {
  path: rule.text("the path of a database file"),
  keyFile: rule.text("the path of a key file"),
  capacityBits: NUMBER,
  maxKeyAgeMs: maybe(rule.number(1, Number.MAX_SAFE_INTEGER)),
  redeliveryMs: NUMBER,
  fetchTtlMs: NUMBER,
  acceptDataJournal: maybe(rule.flag),
};

const { tls, listen, limits, policy } = DELIVERY_RULES;

const RULES: RulesOf<NodeOptions> = {
  node: rule.text("the name of a node"),
  network: rule.like(
    { network: rule.text("its name"), nodes: rule.anyObject, links: rule.list(rule.anyObject) },
    "a network with its name, nodes and links",
  ),
  credentials: rule.open<NodeOptions["credentials"]>(CREDENTIALS),
  links: rule.anyObject,
  pairs: maybe(rule.anyObject),
  peerListen: maybe(rule.text("tls://host:port")),
  store: rule.object<NodeStoreOptions>(STORE_RULES),
  delivery: maybe(rule.object<NodeDeliveryOptions>({ tls, listen, limits, policy })),
  streams: maybe(
    rule.object<NodeStreamsOptions>({
      listen: rule.object<NodeStreamsOptions["listen"]>({ host: rule.text(), port: rule.whole(0, 65_535) }),
      limits: maybe(rule.anyObject),
    }),
  ),
  logLost: maybe(rule.callback),
};

/** ConfigError naming the option that cannot be meant, or what a network says against itself or against the node. */
export function checkNodeOptions(options: NodeOptions): void {
  checkOptions("the options of createNode", options, RULES);
  for (const [id, link] of Object.entries(options.links))
    checkOptions(`links.${id} of createNode`, link, LINK_RULES);
  for (const [other, pair] of Object.entries(options.pairs ?? {}))
    checkOptions(`pairs.${other} of createNode`, pair, PAIR_RULES);
  checkNetwork(options.network);
  const { node, network } = options;
  if (!Object.hasOwn(network.nodes, node))
    throw wrong("node", `node is ${node}, which the network ${network.network} does not know`);
  for (const id of Object.keys(options.links)) {
    const link = network.links.find((each) => each.id === id);
    if (link === undefined || !link.ends.includes(node))
      throw wrong(`links.${id}`, `links.${id} is no link of the network that ends at ${node}`);
  }
  for (const other of Object.keys(options.pairs ?? {})) {
    const why = pairFault(network, node, other);
    if (why !== null) throw wrong(`pairs.${other}`, why);
  }
  for (const { address } of Object.values(network.nodes))
    if (address !== undefined) parsePeerAddress(address);
  if (options.peerListen !== undefined) parsePeerAddress(options.peerListen);
  for (const plan of linkPlans(options)) checkLinkOptions(plan.options);
  if (options.streams !== undefined && options.delivery === undefined)
    throw new ConfigError("QKD_CONFIG_INVALID", "streams are served beside delivery, which is missing", {
      context: { field: "streams" },
      remedy: "give delivery its certificates, or leave streams out",
    });
  if (options.delivery !== undefined) checkDeliveryTls(options.delivery.tls);
}

/** ConfigError with the first thing that a network says against itself. */
export function checkNetwork(network: Network): void {
  const worst = networkRemarks(network).find(({ level }) => level === "error");
  if (worst === undefined) return;
  throw new ConfigError("QKD_CONFIG_INVALID", `network: ${worst.message}`, {
    remedy: worst.remedy,
    context: { field: worst.field.join(".") },
  });
}

function wrong(field: string, sentence: string): ConfigError {
  return new ConfigError("QKD_CONFIG_INVALID", sentence, {
    context: { field },
    remedy: "name what the network file names",
  });
}
