import { PeerError } from "../../../errors/index.ts";
import { networkStamp } from "../../../protocol/index.ts";
import type { SendMessage } from "../../peer/send-message.ts";
import type { BlockSource, SourceHoldings } from "../block-source.ts";

/** A network file in short: equal at two nodes when their files say the same. */
export interface NetworkStamp {
  readonly network: string;
  readonly digests: Readonly<Record<NetworkPart, Uint8Array>>;
}

/** Parts of a network file that are compared one by one, so that a difference has a name. */
export const NETWORK_PARTS = ["nodes", "links", "saes", "policies"] as const;

export type NetworkPart = (typeof NETWORK_PARTS)[number];

/** What the word needs of its node. */
export interface NetworkWordOptions {
  /** By which file this node runs now. */
  readonly stamp: () => NetworkStamp;
  readonly neighbour: string;
  readonly send: SendMessage;
  readonly failed: (error: unknown) => void;
}

/** What two stamps differ in, in the words of the file; null for equal ones. */
export function stampDifference(own: NetworkStamp, peer: NetworkStamp): string | null {
  if (own.network !== peer.network) return `it is called ${own.network} here and ${peer.network} there`;
  const differing = NETWORK_PARTS.filter(
    (part) => !Buffer.from(own.digests[part]).equals(peer.digests[part]),
  );
  return differing.length === 0 ? null : `they differ in ${differing.join(", ")}`;
}

/**
 * Tells the other node by which network file this one runs, and compares (SPEC-PEER 7.5). A difference is told, once for
 * each that is heard, and changes nothing: files are not changed at all nodes at once. No block comes of this.
 */
export class NetworkWord implements BlockSource {
  readonly kind = "exchanged";
  readonly origin = null;
  readonly #options: NetworkWordOptions;
  #connected = false;
  #heard: NetworkStamp | null = null;
  #told: string | null = null;

  constructor(options: NetworkWordOptions) {
    this.#options = options;
  }

  connected(epoch: number | null): void {
    this.#connected = epoch !== null;
    if (epoch === null) this.#heard = null;
    this.say();
  }

  /** Tells the stamp where a connection stands; called, too, when this node runs by another file. */
  say(): void {
    this.#compare();
    if (!this.#connected) return;
    const { network, digests } = this.#options.stamp();
    // A connection that is lost meanwhile says it again when it is back.
    this.#options.send(networkStamp, { network, ...digests }).catch(() => undefined);
  }

  /** Rejects with CodecError for a message that is malformed. */
  async receive(kind: number, body: Uint8Array): Promise<boolean> {
    if (kind !== networkStamp.kind) return false;
    const { network, ...digests } = networkStamp.decode(body);
    this.#heard = { network, digests };
    this.#compare();
    return true;
  }

  async holdings(): Promise<SourceHoldings> {
    return { blockIds: [], newest: -1 };
  }

  /** It gives no key. */
  async fill(): Promise<void> {}

  async close(): Promise<void> {
    this.#connected = false;
  }

  #compare(): void {
    if (this.#heard === null) return;
    const difference = stampDifference(this.#options.stamp(), this.#heard);
    if (difference === this.#told) return;
    this.#told = difference;
    if (difference === null) return;
    const { neighbour, failed } = this.#options;
    failed(
      new PeerError("QKD_PEER_NETWORK", `node ${neighbour} runs by another network file: ${difference}`, {
        context: { neighbour },
      }),
    );
  }
}
