import { randomBytes, X509Certificate } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DevelopmentAuthority, KeyClient } from "../../cli/index.ts";
import { newLinkSecretFile } from "../../controller/index.ts";
import type { Network } from "../../controller/node/index.ts";
import { type EmulatedLink, startEmulatedLink } from "../../emulator/index.ts";
import { freePort } from "./free-port.ts";
import { NodeProcess } from "./node-process.ts";

export type NodeName = "asagiri" | "minase" | "kazahaya";
export const NODES: readonly NodeName[] = ["asagiri", "minase", "kazahaya"];
const ENDS: readonly NodeName[] = ["asagiri", "kazahaya"];

/** The first end of a link has the transmitter and listens. */
export const LINKS = [
  { id: "asagiri-minase", ends: ["asagiri", "minase"] },
  { id: "minase-kazahaya", ends: ["minase", "kazahaya"] },
] as const;
export type LinkName = (typeof LINKS)[number]["id"];

const PRESET = "yuan2018";

/** How the links of a line are emulated. */
export interface LineOptions {
  readonly clockHz?: number;
  readonly lossDb?: number;
  readonly blockBits?: number;
  /** Whether the two ends share keys over the node in the middle. */
  readonly relayed?: boolean;
}

/** Three nodes in a line on two emulated links, each a process of its own, in a folder of their own. */
export class ThreeNodes {
  readonly root: string;
  readonly running = new Map<NodeName, NodeProcess>();
  /** Everything that any process ever printed. */
  readonly processes: NodeProcess[] = [];
  readonly emulators = new Map<LinkName, EmulatedLink>();
  /** Every key that was taken, base64. */
  readonly keys: string[] = [];
  readonly #delivery = new Map<NodeName, number>();
  readonly #status = new Map<NodeName, number>();
  /** The public file, as each node has it. */
  network: Network;

  private constructor(root: string, network: Network) {
    this.root = root;
    this.network = network;
  }

  static async create({
    clockHz = 1e8,
    lossDb = 5,
    blockBits = 1e6,
    relayed = false,
  }: LineOptions = {}): Promise<ThreeNodes> {
    const root = mkdtempSync(join(tmpdir(), "qkdlink-nodes-"));
    const authority = await DevelopmentAuthority.create();
    write(join(root, "ca.pem"), authority.certificate);
    const fingerprints = new Map<string, string>();
    for (const name of [...NODES.map((node) => `kme-${node}`), ...NODES.map(saeOf)]) {
      const { certificate, privateKey } = await authority.issue(name, ["127.0.0.1", "localhost"]);
      write(join(root, `${name}.pem`), certificate);
      write(join(root, `${name}.key`), privateKey);
      fingerprints.set(name, new X509Certificate(certificate).fingerprint256);
    }
    const print = (name: string) => fingerprints.get(name) ?? "";
    const address = `tls://127.0.0.1:${await freePort()}`;
    const nodes = new ThreeNodes(root, {
      network: "line",
      nodes: Object.fromEntries(
        NODES.map((node) => [
          node,
          {
            kme: `kme-${node}`,
            fingerprint: print(`kme-${node}`),
            ...(relayed && node === "asagiri" ? { address } : {}),
          },
        ]),
      ),
      links: LINKS.map(({ id, ends }) => ({
        id,
        ends,
        qtx: ends[0],
        preset: PRESET,
        lossDb,
        clockHz,
        blockBits,
      })),
      saes: NODES.map((node) => ({
        id: saeOf(node),
        node,
        identity: { fingerprint: print(saeOf(node)) },
        // Two neighbours may insist on hybrid keys.
        ...(node === "kazahaya" ? {} : { policy: "soft" }),
      })),
      policies: { soft: { mode: "prefer-qkd" } },
    });
    const listen: Record<string, string> = {};
    for (const { id } of LINKS) {
      const emulator = await startEmulatedLink({
        preset: PRESET,
        lossDb,
        clockHz,
        listen: { alice: ["tcp://127.0.0.1:0"], bob: ["tcp://127.0.0.1:0"] },
      });
      nodes.emulators.set(id, emulator);
      listen[id] = `tls://127.0.0.1:${await freePort()}`;
      const secret = newLinkSecretFile().reveal();
      for (const node of NODES) mkdirSync(join(root, node), { recursive: true, mode: 0o700 });
      for (const node of NODES) write(join(root, node, `${id}.secret`), secret);
    }
    const shared = newLinkSecretFile().reveal();
    if (relayed) for (const node of ENDS) write(join(root, node, "pair.secret"), shared);
    for (const node of NODES) {
      write(join(root, node, "store.kek"), randomBytes(32));
      nodes.#delivery.set(node, await freePort());
      nodes.#status.set(node, await freePort());
      nodes.writeNetwork(node, nodes.network);
      nodes.#writeNode(node, listen, relayed);
    }
    return nodes;
  }

  config(node: NodeName): string {
    return join(this.root, node, "node.json");
  }

  /** Places a network's file at one node. */
  writeNetwork(node: NodeName, network: Network): void {
    write(join(this.root, node, "network.json"), JSON.stringify(network, null, 1));
  }

  #writeNode(node: NodeName, listen: Readonly<Record<string, string>>, relayed: boolean): void {
    const far = relayed && ENDS.includes(node) ? ENDS.find((end) => end !== node) : undefined;
    const files = {
      certificate: `../kme-${node}.pem`,
      privateKey: `../kme-${node}.key`,
      authority: "../ca.pem",
    };
    const own = LINKS.filter(({ ends }) => (ends as readonly string[]).includes(node));
    const links = own.map(({ id, ends }) => {
      const addresses = this.emulators.get(id)?.addresses;
      const first = ends[0] === node;
      const unit = first ? addresses?.alice : addresses?.bob;
      const link = {
        transceiver: { address: unit?.tcp ?? "", detectionsPerFrame: 2 ** 17 },
        ...(first ? { listen: listen[id] } : { connect: listen[id] }),
        secretFile: `${id}.secret`,
      };
      return [id, link] as const;
    });
    const config = {
      node,
      network: "network.json",
      peer: files,
      links: Object.fromEntries(links),
      ...(far === undefined ? {} : { pairs: { [far]: { secretFile: "pair.secret" } } }),
      store: { path: "keys.db", keyFile: "store.kek" },
      delivery: { listen: `https://127.0.0.1:${this.#delivery.get(node)}`, ...files, redeliveryWindowS: 0 },
      status: { listen: `http://127.0.0.1:${this.#status.get(node)}` },
    };
    write(this.config(node), JSON.stringify(config, null, 1));
  }

  /** Gives a node's file other members, which count from its next reload on. */
  changeConfig(node: NodeName, change: (config: Record<string, unknown>) => void): void {
    const config = JSON.parse(readFileSync(this.config(node), "utf8")) as Record<string, unknown>;
    change(config);
    write(this.config(node), JSON.stringify(config, null, 1));
  }

  async start(): Promise<void> {
    await Promise.all(NODES.map((node) => this.launch(node)));
  }

  /** Starts a node and waits until it serves. */
  async launch(node: NodeName): Promise<NodeProcess> {
    const process = new NodeProcess(this.config(node));
    this.processes.push(process);
    this.running.set(node, process);
    await process.line((line) => line.type === "ready");
    return process;
  }

  process(node: NodeName): NodeProcess {
    const process = this.running.get(node);
    if (process === undefined) throw new Error(`${node} does not run`);
    return process;
  }

  /** Key delivery client of the application at a node. */
  client(node: NodeName): KeyClient {
    const file = (name: string) => join(this.root, name);
    return new KeyClient({
      url: `https://127.0.0.1:${this.#delivery.get(node)}`,
      cert: file(`${saeOf(node)}.pem`),
      key: file(`${saeOf(node)}.key`),
      ca: file("ca.pem"),
      timeoutMs: 5000,
    });
  }

  /** What a node says of itself to supervisors. */
  async told(node: NodeName, path: string): Promise<{ readonly status: number; readonly body: object }> {
    const answer = await fetch(`http://127.0.0.1:${this.#status.get(node)}${path}`);
    return { status: answer.status, body: (await answer.json()) as object };
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running.values()].map((process) => process.stop()));
    for (const emulator of this.emulators.values()) await emulator.stop();
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** The application at a node. */
export function saeOf(node: NodeName): string {
  return `sae-${node}`;
}

/** Asks again until a key comes; rejects with the last refusal after a minute. */
export async function takenKey(nodes: ThreeNodes, from: NodeName, to: NodeName) {
  const until = performance.now() + 60_000;
  for (;;)
    try {
      const [key] = await nodes.client(from).take(saeOf(to), {});
      if (key !== undefined) {
        nodes.keys.push(key.key);
        return key;
      }
    } catch (error) {
      if (performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
}

/** Whether a key taken at one node is fetched as the same key at the other. */
export async function sameAtBoth(nodes: ThreeNodes, from: NodeName, to: NodeName): Promise<boolean> {
  const taken = await takenKey(nodes, from, to);
  const [fetched] = await nodes.client(to).fetch(saeOf(from), [taken.key_ID]);
  return fetched !== undefined && fetched.key_ID === taken.key_ID && fetched.key === taken.key;
}

function write(path: string, content: string | Uint8Array): void {
  writeFileSync(path, content, { mode: 0o600 });
}
