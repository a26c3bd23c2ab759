import { PeerError } from "../../../errors/index.ts";
import type { HashKernel } from "../../../kernels/index.ts";
import { type PeerMessage, relayHop, relayLinks } from "../../../protocol/index.ts";
import type { SendMessage } from "../../peer/send-message.ts";
import type { KeyPool } from "../../pool/key-pool.ts";
import { PadsOverPools } from "../../pool/pads/pads-over-pools.ts";
import { MOST_PAD_PLACES } from "../../pool/request-limits.ts";
import { chooseWays } from "../../routing/choose-ways.ts";
import { type FloodInput, floodStep, freshFlood, knownReports } from "../../routing/flood-step.ts";
import { keyGraph } from "../../routing/key-graph.ts";
import type { LinkState } from "../../routing/link-state.ts";
import { RANK_FLOORS } from "../../routing/rank-floors.ts";
import type { BlockSource } from "../../sources/block-source.ts";
import { RelayDesk } from "../../sources/relay/relay-desk.ts";
import type { RelayEvent } from "../../sources/relay/relay-ports.ts";
import type { RelaySourceOptions } from "../../sources/relay/relay-source.ts";
import { steadyMs } from "../../steady-time.ts";
import type { Network } from "../network/network.ts";
import type { DistantPair } from "./distant-pair.ts";
import type { PairPlan } from "./pair-plans.ts";
import { RelayGuest } from "./relay-guest.ts";

/** What the relay of a node needs of it. */
export interface NodeRelayPorts {
  readonly node: string;
  readonly hash: HashKernel;
  /** The pool of the link with a neighbour. */
  readonly linkPool: (neighbour: string) => KeyPool | undefined;
  /** What the node can give towards each neighbour, where `up` says whether a hop can be sent there. */
  readonly ownLinks: (up: (neighbour: string) => boolean) => Promise<readonly LinkState[]>;
  readonly maxKeyAgeMs: () => number | undefined;
  readonly told: (event: RelayEvent) => void;
  readonly failed: (error: unknown) => void;
}

const TICK_MS = 1000;

/** Relay at one node: one desk for all hops, what is known of the network's links, and the pairs that have no link. */
export class NodeRelay {
  readonly desk: RelayDesk;
  readonly #ports: NodeRelayPorts;
  readonly #guests = new Map<string, RelayGuest>();
  readonly #pairs = new Map<string, DistantPair>();
  #flood;
  #timer: NodeJS.Timeout | null = null;
  #ticking: Promise<void> | null = null;
  #closing: Promise<void> | null = null;

  constructor(ports: NodeRelayPorts, network: Network) {
    const { node, hash } = ports;
    this.#ports = ports;
    this.#flood = floodOf(node, network);
    const pads = new PadsOverPools(
      hash,
      (other) => ports.linkPool(other) ?? this.#pairs.get(other)?.store.pool,
    );
    this.desk = new RelayDesk({
      node,
      hash,
      pads,
      send: (to, message, value) => this.#send(to, message, value),
      towards: (to, rank) => ({
        way: this.#guests.get(to)?.up === true ? "up" : "down",
        leastLeftBytes: RANK_FLOORS[rank],
      }),
      // The store would take such a block for one that rests on no assumption.
      offer: async (proposer, block, { auth }) =>
        auth === "information-theoretic" && ((await this.#pairs.get(proposer)?.offer(block)) ?? false),
      giveUp: async (acceptor, blockId) => this.#pairs.get(acceptor)?.giveUp(blockId),
      steadyMs,
      tell: (event) => this.#tell(event),
    });
  }

  get pairs(): readonly DistantPair[] {
    return [...this.#pairs.values()];
  }

  pairWith(other: string): DistantPair | undefined {
    return this.#pairs.get(other);
  }

  /** Relay on the connection with a neighbour, each time that its link starts. */
  guest(neighbour: string, send: SendMessage): BlockSource {
    const guest = new RelayGuest({
      neighbour,
      send,
      connected: () => this.#heardOf({ type: "connected", neighbour }),
      hop: (from, kind, body) => this.desk.receive(from, kind, body),
      report: (from, report) =>
        this.#heardOf({ type: "heard", from, report, atMs: steadyMs(), unixMs: Date.now() }),
    });
    this.#guests.set(neighbour, guest);
    return guest;
  }

  join(pair: DistantPair): void {
    this.#pairs.set(pair.plan.other, pair);
  }

  async part(pair: DistantPair): Promise<void> {
    this.#pairs.delete(pair.plan.other);
    await pair.close();
  }

  /** The ways of the next block of a pair, by what is known of all links. */
  waysOf({ other, maxHops, shares }: PairPlan): RelaySourceOptions["ways"] {
    return ({ bits, rank, avoided }) => {
      const reports = knownReports(this.#flood, steadyMs());
      const graph = keyGraph(reports, { bits, rank, auth: "information-theoretic" });
      const chosen = chooseWays(graph, this.#ports.node, other, { maxHops, shares, avoided });
      if (chosen === null) return null;
      // A link reports the bound of one block, and a pad may lie in several.
      const { secrecy, ...rest } = chosen.epsilon;
      return { ...chosen, epsilon: { ...rest, secrecy: Math.min(1, secrecy * MOST_PAD_PLACES) } };
    };
  }

  start(): void {
    this.#timer ??= setInterval(() => {
      this.#ticking ??= this.#tick().finally(() => {
        this.#ticking = null;
      });
    }, TICK_MS);
  }

  renew(network: Network): void {
    this.#flood = { ...floodOf(this.#ports.node, network), said: this.#flood.said };
  }

  /** Idempotent; stores stay open. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#ticking;
    for (const pair of this.#pairs.values()) await pair.close();
    await this.desk.close();
  }

  async #tick(): Promise<void> {
    const { ownLinks, maxKeyAgeMs, failed } = this.#ports;
    try {
      const links = await ownLinks((neighbour) => this.#guests.get(neighbour)?.up === true);
      this.#heardOf({ type: "own", links, atMs: steadyMs(), unixMs: Date.now() });
      await this.desk.tick();
    } catch (error) {
      failed(error);
    }
    for (const pair of this.pairs) await pair.tick(maxKeyAgeMs());
  }

  #heardOf(input: FloodInput): void {
    const [state, effects] = floodStep(this.#flood, input);
    this.#flood = state;
    for (const { to, report } of effects)
      for (const neighbour of to) {
        const guest = this.#guests.get(neighbour);
        // Who cannot be told now hears all when the connection is back.
        if (guest?.up === true) guest.send(relayLinks, report).catch(() => {});
      }
  }

  async #send<T>(to: string, message: PeerMessage<T>, value: T): Promise<void> {
    const guest = this.#guests.get(to);
    if (guest?.up === true) return guest.send(message, value);
    const pair = this.#pairs.get(to);
    if (pair === undefined || message.kind === relayHop.kind)
      throw new PeerError("QKD_PEER_UNREACHABLE", `there is no connection with node ${to}`, {
        retryable: true,
      });
    return pair.send(message, value);
  }

  #tell(event: RelayEvent): void {
    for (const pair of this.#pairs.values()) pair.told(event);
    this.#ports.told(event);
  }
}

function floodOf(node: string, { links }: Network) {
  return freshFlood(
    node,
    links.map(({ ends }) => ends),
  );
}
