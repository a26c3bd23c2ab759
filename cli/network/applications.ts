import { timingSafeEqual } from "node:crypto";
import { type CallOptions, type DeliveredKey, Etsi014Client } from "../../client/index.ts";
import type { NetworkFolder } from "./network-folder.ts";
import { applicationAt } from "./network-folder.ts";

/** What came of one key that one node's application took and the other's fetched. */
export interface SharedKey {
  /** `qkd`, `relay`, `hybrid` or `pqc`, as the node says. */
  readonly origin: string;
  /** Nodes of each way that a relayed key came over. */
  readonly route: readonly (readonly string[])[];
  /** How long "Get key" took. */
  readonly takenMs: number;
  /** Whether both hold the same; null where the other could not fetch it. */
  readonly same: boolean | null;
}

/** How a key is shared between the applications of two nodes. */
export type KeySharing = Pick<Applications, "share">;

/** Application of each node, as clients of ETSI GS QKD 014. */
export class Applications {
  readonly #folder: Pick<NetworkFolder, "deliveryUrl" | "applicationTls">;
  readonly #clients = new Map<string, Etsi014Client>();

  constructor(folder: Pick<NetworkFolder, "deliveryUrl" | "applicationTls">) {
    this.#folder = folder;
  }

  /** Takes a key at one node and fetches it at the other. Rejects as "Get key" does. */
  async share(from: string, to: string, sizeBits: number, call: CallOptions = {}): Promise<SharedKey> {
    const beganMs = performance.now();
    const [taken] = await this.#of(from).getKeys(applicationAt(to), { sizeBits }, call);
    const takenMs = performance.now() - beganMs;
    const key = taken as DeliveredKey;
    try {
      const same = await this.#fetched(from, to, key, call);
      const { qkdlink_origin: origin, qkdlink_route: route } = key.keyExtension ?? {};
      return { origin: String(origin), route: routeOf(route), takenMs, same };
    } finally {
      key.key.wipe();
    }
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }

  async #fetched(from: string, to: string, taken: DeliveredKey, call: CallOptions): Promise<boolean | null> {
    let fetched: DeliveredKey;
    try {
      [fetched] = (await this.#of(to).getKeysWithIds(applicationAt(from), [taken.keyId], call)) as [
        DeliveredKey,
      ];
    } catch {
      return null;
    }
    const [one, other] = [taken.key.reveal(), fetched.key.reveal()];
    const same = one.length === other.length && timingSafeEqual(one, other);
    fetched.key.wipe();
    return same;
  }

  #of(node: string): Etsi014Client {
    let client = this.#clients.get(node);
    if (client === undefined) {
      client = new Etsi014Client({
        url: this.#folder.deliveryUrl(node),
        tls: this.#folder.applicationTls(node),
        timeoutMs: 5000,
        connections: 8,
      });
      this.#clients.set(node, client);
    }
    return client;
  }
}

function routeOf(value: unknown): readonly (readonly string[])[] {
  if (!Array.isArray(value)) return [];
  return value.filter((way) => Array.isArray(way)).map((way) => way.map(String));
}
