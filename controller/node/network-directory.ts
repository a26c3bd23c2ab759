import type { KeyDirectory, NoSharedKeys, SharedKeys } from "../delivery/key-directory.ts";
import type { KeySource } from "../delivery/take-keys.ts";
import type { Network } from "./network/network.ts";
import { originsOf, policyOf } from "./network/sae-grants.ts";

/** What the directory asks of its node. */
export interface DirectoryPorts {
  /** The keys shared with a node; null where there is no pair with it. */
  readonly keysWith: (node: string) => KeySource | null;
  /** Keys of two applications of this node. */
  readonly local: KeySource;
}

/** Finds the node of each SAE by the network file, and the pair of this node with it. */
export class NetworkDirectory implements KeyDirectory {
  readonly #own: string;
  readonly #ports: DirectoryPorts;
  #network: Network;
  #nodeOf: ReadonlyMap<string, string>;

  constructor(own: string, network: Network, ports: DirectoryPorts) {
    this.#own = own;
    this.#ports = ports;
    this.#network = network;
    this.#nodeOf = nodesOf(network);
  }

  renew(network: Network): void {
    this.#network = network;
    this.#nodeOf = nodesOf(network);
  }

  readonly kmeIds = (): readonly string[] => Object.values(this.#network.nodes).map(({ kme }) => kme);

  /** The node that serves an SAE; null for one that nobody knows. */
  nodeOf(sae: string): string | null {
    return this.#nodeOf.get(sae) ?? null;
  }

  readonly route = (sae: string): SharedKeys | NoSharedKeys | null => {
    const node = this.#nodeOf.get(sae);
    const targetKmeId = node === undefined ? undefined : this.#network.nodes[node]?.kme;
    if (node === undefined || targetKmeId === undefined) return null;
    if (node === this.#own) return { keys: this.#ports.local, targetKmeId };
    const keys = this.#ports.keysWith(node);
    if (keys !== null) return { keys, targetKmeId, ceiling: originsOf(policyOf(this.#network, sae)) };
    return {
      keys: null,
      reason: "noRoute",
      why: `no link joins node ${this.#own} and node ${node}, and no secret is placed for keys over other nodes`,
    };
  };
}

function nodesOf({ saes = [] }: Network): ReadonlyMap<string, string> {
  return new Map(saes.map(({ id, node }) => [id, node]));
}
