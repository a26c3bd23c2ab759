import { randomBytes, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { KmeTls } from "../../client/index.ts";
import { newLinkSecretFile } from "../../controller/index.ts";
import type { Network } from "../../controller/node/index.ts";
import type { CheckedNetwork } from "../../emulator/index.ts";
import { linkPreset, predictLink } from "../../physics/index.ts";
import type { NodeConfig, NodeLinkConfig } from "../config/node-config.ts";
import { DevelopmentAuthority } from "../development/development-pki.ts";
import { makeFolder } from "../development/make-folder.ts";
import { writePrivate } from "../development/write-private.ts";
import { freePorts } from "./free-ports.ts";
import { pairsOf } from "./topology.ts";

const POLICY = "applications";
/** The folders of the nodes lie below one of their own: a node may be called as a file is. */
const NODES = "nodes";

/** The application at a node. */
export function applicationAt(node: string): string {
  return `app-${node}`;
}

/** Where the unit at each end of a link is reached. */
export type UnitAddresses = (link: string, end: "alice" | "bob") => string;

/**
 * Everything that the nodes of a network need, written into a folder: a development authority and certificates, the secret
 * of every link and pair, each node's file, the network's file. All of mode 0600.
 */
export class NetworkFolder {
  readonly root: string;
  readonly network: Network;
  readonly #deliveryPorts: ReadonlyMap<string, number>;

  private constructor(root: string, network: Network, deliveryPorts: ReadonlyMap<string, number>) {
    this.root = root;
    this.network = network;
    this.#deliveryPorts = deliveryPorts;
  }

  /** Writes everything into a folder that is empty; `units` are the transceivers. */
  static async write(root: string, scenario: CheckedNetwork, units: UnitAddresses): Promise<NetworkFolder> {
    const { nodes, links } = scenario;
    const ports = await freePorts(3 * nodes.length + links.length);
    const take = () => ports.pop() ?? 0;
    const delivery = new Map(nodes.map((node) => [node, take()]));
    const status = new Map(nodes.map((node) => [node, take()]));
    const addresses = new Map(nodes.map((node) => [node, `tls://127.0.0.1:${take()}`]));
    const between = new Map(links.map(({ id }) => [id, `tls://127.0.0.1:${take()}`]));
    for (const node of nodes) makeFolder(join(root, NODES, node));
    const prints = await writeCertificates(root, nodes);
    writeSecrets(root, scenario);
    const network = networkOf(scenario, prints, addresses);
    writeJson(join(root, "network.json"), network);
    for (const node of nodes) {
      const identity = { certificate: "kme.pem", privateKey: "kme.key", authority: "../../ca.pem" };
      const config: NodeConfig = {
        node,
        network: "../../network.json",
        peer: { ...identity, listen: addresses.get(node) ?? "" },
        links: Object.fromEntries(
          links
            .filter(({ ends }) => ends.includes(node))
            .map((link) => [link.id, linkOf(scenario, link, node, between.get(link.id) ?? "", units)]),
        ),
        pairs: Object.fromEntries(
          strangersOf(scenario, node).map((other) => [other, { secretFile: `${other}.pair` }]),
        ),
        store: { path: "keys.db", keyFile: "store.kek" },
        delivery: { listen: `https://127.0.0.1:${delivery.get(node)}`, ...identity },
        status: { listen: `http://127.0.0.1:${status.get(node)}` },
      };
      writeJson(join(root, NODES, node, "node.json"), config);
      writePrivate(join(root, NODES, node, "store.kek"), randomBytes(32));
    }
    return new NetworkFolder(root, network, delivery);
  }

  config(node: string): string {
    return join(this.root, NODES, node, "node.json");
  }

  deliveryUrl(node: string): string {
    return `https://127.0.0.1:${this.#deliveryPorts.get(node)}`;
  }

  /** What the application at a node shows its node, and knows it by. */
  applicationTls(node: string): KmeTls {
    const read = (...path: string[]) => readFileSync(join(this.root, ...path), "utf8");
    return { cert: read(NODES, node, "app.pem"), key: read(NODES, node, "app.key"), ca: read("ca.pem") };
  }
}

/** Nodes that no link joins with this one. */
function strangersOf({ nodes, links }: CheckedNetwork, node: string): string[] {
  return nodes.filter(
    (other) => other !== node && !links.some(({ ends }) => ends.includes(node) && ends.includes(other)),
  );
}

/** Certificates of each node and its application; the fingerprint of each by `NODE/kme` and `NODE/app`. */
async function writeCertificates(
  root: string,
  nodes: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const authority = await DevelopmentAuthority.create();
  writePrivate(join(root, "ca.pem"), authority.certificate);
  const prints = new Map<string, string>();
  for (const node of nodes)
    for (const [file, name] of [
      ["kme", `kme-${node}`],
      ["app", applicationAt(node)],
    ] as const) {
      const { certificate, privateKey } = await authority.issue(name, ["127.0.0.1", "localhost"]);
      writePrivate(join(root, NODES, node, `${file}.pem`), certificate);
      writePrivate(join(root, NODES, node, `${file}.key`), privateKey);
      prints.set(`${node}/${file}`, new X509Certificate(certificate).fingerprint256);
    }
  return prints;
}

function writeSecrets(root: string, scenario: CheckedNetwork): void {
  for (const { id, ends } of scenario.links) {
    const secret = newLinkSecretFile().reveal();
    for (const node of ends) writePrivate(join(root, NODES, node, `${id}.secret`), secret);
  }
  for (const [first, second] of pairsOf(scenario.nodes)) {
    if (!strangersOf(scenario, first).includes(second)) continue;
    const secret = newLinkSecretFile().reveal();
    writePrivate(join(root, NODES, first, `${second}.pair`), secret);
    writePrivate(join(root, NODES, second, `${first}.pair`), secret);
  }
}

function networkOf(
  { name, nodes, links, clockHz, blockBits, policy }: CheckedNetwork,
  prints: ReadonlyMap<string, string>,
  addresses: ReadonlyMap<string, string>,
): Network {
  return {
    network: name,
    nodes: Object.fromEntries(
      nodes.map((node) => [
        node,
        {
          kme: `kme-${node}`,
          fingerprint: prints.get(`${node}/kme`) ?? "",
          address: addresses.get(node) ?? "",
        },
      ]),
    ),
    links: links.map(({ id, ends, qtx, preset, km, lossDb }) => ({
      id,
      ends,
      qtx,
      preset,
      km,
      lossDb,
      clockHz,
      blockBits,
    })),
    saes: nodes.map((node) => ({
      id: applicationAt(node),
      node,
      identity: { fingerprint: prints.get(`${node}/app`) ?? "" },
      policy: POLICY,
    })),
    policies: { [POLICY]: policy },
  };
}

function linkOf(
  { clockHz }: CheckedNetwork,
  { id, qtx, preset, lossDb }: CheckedNetwork["links"][number],
  node: string,
  address: string,
  units: UnitAddresses,
): NodeLinkConfig {
  const { clicksPerS } = predictLink({ ...linkPreset(preset).link, channelLossDb: lossDb, clockHz });
  const transmits = qtx === node;
  return {
    transceiver: {
      address: units(id, transmits ? "alice" : "bob"),
      // Eight frames a second where there is enough light; a dim link completes its frames by time.
      detectionsPerFrame: 2 ** Math.round(Math.log2(Math.min(2 ** 20, Math.max(2 ** 14, clicksPerS / 8)))),
    },
    ...(transmits ? { listen: address } : { connect: address }),
    secretFile: `${id}.secret`,
  };
}

function writeJson(path: string, value: object): void {
  writePrivate(path, `${JSON.stringify(value, null, 1)}\n`);
}
