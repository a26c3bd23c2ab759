import { type Observable, Subject } from "rxjs";
import { ConfigError, KeyStoreError, type QkdError } from "../../errors/index.ts";
import type { HashKernel } from "../../kernels/index.ts";
import { createKernels } from "../../kernels/index.ts";
import type { DeliveryServer } from "../delivery/delivery-server.ts";
import type { KeySource } from "../delivery/take-keys.ts";
import { type KeyAccess, keyAccess } from "../link/key-access.ts";
import { linkFailure } from "../link/link-failure.ts";
import { epsilonOfAttempt } from "../link/open-link.ts";
import { PeerDoor } from "../peer/peer-door.ts";
import { TlsPeerChannel } from "../peer/tls-peer-channel.ts";
import type { NodeStore } from "../pool/node-store.ts";
import { siteOfEnd } from "../pool/proposer.ts";
import { KEY_FILE_BYTES, readSecretFile } from "../pool/secret-file.ts";
import { type NetworkStamp, NetworkWord } from "../sources/network/network-word.ts";
import type { RelayEvent } from "../sources/relay/relay-ports.ts";
import { checkNodeOptions } from "./check-node.ts";
import { credentialsFor, linkPlans, type PlannedLink, samePlan } from "./link-plans.ts";
import { LinkTraffic } from "./link-traffic.ts";
import { LocalKeys } from "./local/local-keys.ts";
import type { Network } from "./network/network.ts";
import { stampOf } from "./network/network-stamp.ts";
import { saesOf, servedPqc } from "./network/sae-grants.ts";
import { NetworkDirectory } from "./network-directory.ts";
import type { Node, NodeEvent, NodeFailure, NodeLinkView, NodePairView, Renewal } from "./node.ts";
import { NodeCore } from "./node-core.ts";
import { NodeLink } from "./node-link.ts";
import type { NodeDeliveryOptions, NodeOptions } from "./node-options.ts";
import { NodeStreams } from "./node-streams.ts";
import { ownLinkStates } from "./own-link-states.ts";
import { DistantPair } from "./relay/distant-pair.ts";
import { NodeRelay } from "./relay/node-relay.ts";
import { type PairPlan, pairPlans, samePair } from "./relay/pair-plans.ts";
import { relayAlarm } from "./relay/relay-alarm.ts";
import { waitingChanges } from "./waiting-changes.ts";

/** How often keys within the node grow old. */
const AGEING_MS = 1000;

/** A node of a network at work. */
export class RunningNode implements Node {
  readonly name: string;
  readonly events$: Observable<NodeEvent>;
  readonly failures$: Observable<NodeFailure>;
  readonly joined$: Observable<NodeLinkView>;
  readonly #store: NodeStore;
  readonly #core: NodeCore;
  readonly #directory: NetworkDirectory;
  readonly #events = new Subject<NodeEvent>();
  readonly #failures = new Subject<NodeFailure>();
  readonly #joined = new Subject<NodeLinkView>();
  readonly #words = new Map<string, NetworkWord>();
  readonly #started: NodeOptions;
  readonly #hash: HashKernel;
  readonly #relay: NodeRelay;
  readonly #local: LocalKeys;
  readonly #streams: NodeStreams;
  #ageing: NodeJS.Timeout | null = null;
  /** By the neighbour. */
  readonly #traffic = new Map<string, LinkTraffic>();
  #door: PeerDoor | null = null;
  #options: NodeOptions;
  #stamp: NetworkStamp;
  #renewing: Promise<unknown> = Promise.resolve();

  private constructor(options: NodeOptions, store: NodeStore, hash: HashKernel) {
    this.name = options.node;
    this.#options = options;
    this.#started = options;
    this.#stamp = stampOf(options.network);
    this.#store = store;
    this.#core = new NodeCore([], store);
    this.#local = new LocalKeys({
      node: this.name,
      store,
      hash,
      keyOfStore: () => readSecretFile(options.store.keyFile, KEY_FILE_BYTES),
      failed: (error) => this.#fail(null, linkFailure(error)),
    });
    this.#directory = new NetworkDirectory(options.node, options.network, {
      keysWith: (node) => this.#keysWith(node),
      local: this.#local.keys,
    });
    this.#streams = new NodeStreams({
      directory: this.#directory,
      sendTo: (node) => this.#relay.pairWith(node)?.send ?? null,
    });
    this.#hash = hash;
    const ports = {
      node: options.node,
      hash,
      linkPool: (node: string) => this.#linkTo(node)?.store.pool,
      ownLinks: (up: (neighbour: string) => boolean) =>
        ownLinkStates(this.links, this.#traffic, this.network, up),
      maxKeyAgeMs: () => this.#options.store.maxKeyAgeMs,
      told: (event: RelayEvent) => {
        const alarm = relayAlarm(event);
        if (alarm !== null) this.#fail(null, alarm);
        if (event.type === "passed") this.#traffic.get(event.to)?.taken(8 * event.padBytes);
      },
      failed: (error: unknown) => this.#fail(null, linkFailure(error)),
    };
    this.#relay = new NodeRelay(ports, options.network);
    this.events$ = this.#events.asObservable();
    this.failures$ = this.#failures.asObservable();
    this.joined$ = this.#joined.asObservable();
    this.#core.events$.subscribe((event) => this.#events.next({ link: null, event }));
  }

  /** Opens the pairs and the front, then lets the links run. Rejects, and leaves nothing open, where a node cannot serve. */
  static async open(options: NodeOptions, store: NodeStore): Promise<RunningNode> {
    const { hash } = await createKernels();
    const node = new RunningNode(options, store, hash);
    try {
      for (const plan of linkPlans(options)) await node.#join(plan);
      await node.#openDoor();
      for (const plan of node.#pairPlans()) await node.#joinPair(plan);
      const { delivery } = options;
      await node.#core.serve(
        delivery === undefined
          ? null
          : {
              ...delivery,
              ...node.#served(options, delivery),
              keys: node.#directory,
              ids: { sourceKmeId: kmeOf(options.network, node.name) },
            },
      );
      if (options.streams !== undefined && delivery !== undefined)
        await node.#streams.serve(options.streams, delivery.tls, node.#served(options, delivery));
      for (const link of node.#core.links) link.keepRunning();
      node.#relay.start();
      node.#ageing = setInterval(() => void node.#age(), AGEING_MS);
      return node;
    } catch (error) {
      await node.close();
      throw error;
    }
  }

  get network(): Network {
    return this.#options.network;
  }

  get links(): readonly NodeLink[] {
    return this.#core.links;
  }

  get pairs(): readonly NodePairView[] {
    return this.#relay.pairs.map(({ plan, connected }) => ({
      pairId: plan.pairId,
      node: plan.other,
      connected,
    }));
  }

  get streamsPort(): number | null {
    return this.#streams.port;
  }

  get delivery(): DeliveryServer | null {
    return this.#core.delivery;
  }

  pair(node: string): KeyAccess {
    if (!Object.hasOwn(this.network.nodes, node))
      throw new ConfigError(
        "QKD_CONFIG_INVALID",
        `the network ${this.network.network} knows no node ${node}`,
      );
    const keys = this.#keysWith(node);
    if (keys === null)
      throw new KeyStoreError("QKD_KEYSTORE_EXHAUSTED", `no link joins node ${this.name} and node ${node}`);
    return keyAccess(keys, `node:${this.name}`);
  }

  renew(options: NodeOptions): Promise<Renewal> {
    const renewed = this.#renewing.then(() => this.#renew(options));
    this.#renewing = renewed.catch(() => undefined);
    return renewed;
  }

  async close(): Promise<void> {
    if (this.#ageing !== null) clearInterval(this.#ageing);
    await this.#streams.close();
    await this.#relay.close();
    await this.#local.close();
    await this.#door?.close();
    await this.#core.close();
    for (const subject of [this.#events, this.#failures, this.#joined]) subject.complete();
  }

  async #age(): Promise<void> {
    this.#streams.tick();
    await this.#local
      .tick(this.#options.store.maxKeyAgeMs)
      .catch((error) => this.#fail(null, linkFailure(error)));
  }

  async #renew(options: NodeOptions): Promise<Renewal> {
    checkNodeOptions(options);
    const waiting = waitingChanges(this.#started, options);
    if (options.node !== this.name)
      throw new ConfigError(
        "QKD_CONFIG_INVALID",
        `this node is ${this.name}, and the file is that of ${options.node}`,
        {
          context: { field: "node" },
          remedy: "stop this node first, or name it as before",
        },
      );
    if (options.delivery !== undefined) {
      const served = this.#served(options, options.delivery);
      this.delivery?.renew({ tls: options.delivery.tls, ...served });
      this.#streams.renew(options.delivery.tls, served);
    }
    this.#options = options;
    this.#directory.renew(options.network);
    const plans = linkPlans(options);
    const change: { joined: string[]; left: string[]; restarted: string[] } = {
      joined: [],
      left: [],
      restarted: [],
    };
    for (const link of [...this.links]) {
      const plan = plans.find(({ linkId }) => linkId === link.linkId);
      if (plan !== undefined && samePlan(link.plan, plan)) {
        await this.#told(link.linkId, link.renew(plan.options.credentials));
        continue;
      }
      (plan === undefined ? change.left : change.restarted).push(link.linkId);
      await this.#leave(link);
    }
    for (const plan of plans) {
      if (this.links.some(({ linkId }) => linkId === plan.linkId)) continue;
      if (!change.restarted.includes(plan.linkId)) change.joined.push(plan.linkId);
      await this.#told(
        plan.linkId,
        this.#join(plan).then((link) => {
          link.keepRunning();
          this.#joined.next(link);
        }),
      );
    }
    await this.#renewPairs(change);
    this.#stamp = stampOf(options.network);
    for (const word of this.#words.values()) word.say();
    return { ...change, waiting };
  }

  /** What keeps one link from following keeps no other. */
  async #told(link: string, work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#fail(link, linkFailure(error));
    }
  }

  async #join(plan: PlannedLink): Promise<NodeLink> {
    const { linkId, end, neighbour, options } = plan;
    const store = await this.#store.pair({
      linkId,
      site: siteOfEnd(end),
      linkSecret: options.secret,
      epsilonOfAttempt: epsilonOfAttempt(options),
    });
    const link = await NodeLink.over(store, {
      ...plan,
      guests: ({ send, failed }) => {
        const word = new NetworkWord({ stamp: () => this.#stamp, neighbour, send, failed });
        this.#words.set(linkId, word);
        return [word, this.#relay.guest(neighbour, send), this.#streams.guest(neighbour, send)];
      },
    });
    const traffic = new LinkTraffic(link.keys);
    this.#traffic.set(neighbour, traffic);
    link.events$.subscribe((event) => traffic.happened(event));
    link.events$.subscribe((event) => this.#events.next({ link: linkId, event }));
    link.failures$.subscribe((error) => this.#fail(linkId, error));
    this.#core.join(link);
    return link;
  }

  async #leave(link: NodeLink): Promise<void> {
    this.#words.delete(link.linkId);
    this.#traffic.delete(link.neighbour);
    await this.#core.part(link);
    await link.store.pool.close();
  }

  #keysWith(node: string): KeySource | null {
    const link = this.#linkTo(node);
    if (link !== undefined) return this.#traffic.get(node)?.keys ?? link.keys;
    return this.#relay.pairWith(node)?.keys ?? null;
  }

  #pairPlans(): readonly PairPlan[] {
    const { network, node, pairs = {} } = this.#options;
    return pairPlans(network, node, pairs);
  }

  async #openDoor(): Promise<void> {
    const { peerListen, network, credentials } = this.#options;
    const listen = peerListen ?? network.nodes[this.name]?.address;
    if (listen === undefined || this.#pairPlans().length === 0) return;
    this.#door = new PeerDoor({ listen, credentials, refused: (error) => this.#fail(null, error) });
    await this.#door.open();
  }

  async #joinPair(plan: PairPlan): Promise<void> {
    const { pairId, other, end, secret, connect } = plan;
    const { network, credentials } = this.#options;
    const site = siteOfEnd(end);
    const store = await this.#store.pair({ linkId: pairId, site, linkSecret: secret });
    const channel = new TlsPeerChannel({
      introduction: { site, linkId: pairId, kem: plan.kem, combiner: plan.combiner },
      credentials: credentialsFor(credentials, network, other),
      secret,
      ...(connect === null ? (this.#door === null ? {} : { door: this.#door }) : { connect }),
    });
    const pair = new DistantPair({
      node: this.name,
      plan,
      store,
      channel,
      hash: this.#hash,
      desk: this.#relay.desk,
      ways: this.#relay.waysOf(plan),
      heard: async (kind, body) =>
        this.#streams.heard(other, kind, body) || this.#relay.desk.receive(other, kind, body),
      event: (event) => this.#events.next({ link: pairId, event }),
      failed: (error) => this.#fail(pairId, linkFailure(error)),
    });
    this.#relay.join(pair);
    await pair.start();
  }

  /** Pairs that joined, left, or are reached in another way; all others take over certificates alone. */
  async #renewPairs(change: {
    readonly joined: string[];
    readonly left: string[];
    readonly restarted: string[];
  }): Promise<void> {
    const { network, credentials } = this.#options;
    this.#door?.renew(credentials);
    this.#relay.renew(network);
    const plans = this.#pairPlans();
    const known = this.#relay.pairs.map(({ plan }) => plan.other);
    for (const pair of this.#relay.pairs) {
      const { pairId, other } = pair.plan;
      const plan = plans.find((each) => each.other === other);
      if (plan !== undefined && samePair(pair.plan, plan)) {
        await this.#told(pairId, pair.renew(credentialsFor(credentials, network, other)));
        continue;
      }
      (plan === undefined ? change.left : change.restarted).push(pairId);
      await this.#relay.part(pair);
      await pair.store.pool.close();
    }
    if (this.#door === null) await this.#told("peer.listen", this.#openDoor());
    for (const plan of plans) {
      if (this.#relay.pairWith(plan.other) !== undefined) continue;
      if (!known.includes(plan.other)) change.joined.push(plan.pairId);
      await this.#told(plan.pairId, this.#joinPair(plan));
    }
  }

  #linkTo(node: string): NodeLink | undefined {
    return this.links.find(({ neighbour }) => neighbour === node);
  }

  #fail(link: string | null, error: QkdError): void {
    if (!this.#core.closing) this.#failures.next({ link, error });
  }

  /** Whom key delivery serves: the applications of this node, and no KME. */
  #served({ network, node, credentials }: NodeOptions, { policy }: NodeDeliveryOptions) {
    const others = Object.entries(network.nodes).filter(([name]) => name !== node);
    return {
      policy: { ...policy, allowPqcFor: servedPqc(network, node) },
      saes: saesOf(network, node),
      ownCertificates: credentials.certificate,
      peerIdentity: others.map(([, { fingerprint }]) => ({ fingerprint })),
    };
  }
}

function kmeOf({ nodes }: Network, node: string): string {
  return nodes[node]?.kme ?? node;
}
