import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BlockAgreement } from "../../controller/agreement/block-agreement.ts";
import type { KeyPool, NewBlock } from "../../controller/index.ts";
import { keyPoolOver } from "../../controller/pool/contract-calls.ts";
import type { NodeId } from "../../controller/pool/pads/pad-store.ts";
import { PadsOverPools } from "../../controller/pool/pads/pads-over-pools.ts";
import { CommittedStore } from "../../controller/pool/sqlite/committed-store.ts";
import { proposes } from "../../controller/sources/relay/node-order.ts";
import { RelayDesk } from "../../controller/sources/relay/relay-desk.ts";
import type { RelayEvent } from "../../controller/sources/relay/relay-ports.ts";
import type { RelayProposal } from "../../controller/sources/relay/relay-state.ts";
import { type RelayedBlock, relayedBlockId } from "../../controller/sources/relay/relayed-block.ts";
import { PeerError } from "../../errors/index.ts";
import { createKernels } from "../../kernels/index.ts";
import { type PeerMessage, SecretBytes } from "../../protocol/index.ts";

const { hash } = await createKernels();

/** A message on its way; a test may change it, keep it or lose it. */
export interface Letter {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly kind: number;
  readonly body: Uint8Array;
}

/** What becomes of a message: as it is, or others in its place. */
export type OnTheWay = (letter: Letter) => readonly Letter[];

interface Node {
  readonly desk: RelayDesk;
  readonly pools: ReadonlyMap<NodeId, KeyPool>;
  readonly agreements: ReadonlyMap<NodeId, BlockAgreement>;
  readonly events: RelayEvent[];
  readonly faults: unknown[];
}

/** Nodes of a network in memory, each pair with real stores, agreements and desks; links are filled as distillation would. */
export class RelayBench {
  readonly #folder = mkdtempSync(join(tmpdir(), "qkdlink-"));
  readonly #nodes = new Map<NodeId, Node>();
  readonly #links: ReadonlySet<string>;
  #underWay: Promise<unknown>[] = [];
  #sequence = 0;
  steadyMs = 0;
  onTheWay: OnTheWay = (letter) => [letter];
  /** Links whose connection is down. */
  readonly down = new Set<string>();
  leastLeftBytes = 0;
  /** Nodes that change what they pass on, and cover it rightly. */
  readonly corrupt = new Set<NodeId>();
  /** Every pad that left a store, to see that it was wiped. */
  readonly material: SecretBytes[] = [];

  constructor(nodes: readonly NodeId[], links: readonly string[]) {
    this.#links = new Set(links);
    for (const node of nodes)
      this.#nodes.set(
        node,
        this.#make(
          node,
          nodes.filter((other) => other !== node),
        ),
      );
  }

  node(name: NodeId): Node {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new Error(`there is no node ${name}`);
    return node;
  }

  pool(node: NodeId, other: NodeId): KeyPool {
    const pool = this.node(node).pools.get(other);
    if (pool === undefined) throw new Error(`${node} has no pair with ${other}`);
    return pool;
  }

  async start(): Promise<void> {
    await Promise.all(
      [...this.#nodes.values()].flatMap(({ agreements }) =>
        [...agreements.values()].map((each) => each.begin()),
      ),
    );
  }

  /** Both ends of every link get a block of key. */
  async fillLinks(bytes = 4096): Promise<void> {
    for (const link of this.#links) {
      const [one, other] = link.split("-") as [NodeId, NodeId];
      this.#sequence += 1;
      const key = crypto.getRandomValues(new Uint8Array(bytes));
      const blockId = crypto.randomUUID().replaceAll("-", "");
      for (const [node, neighbour] of [
        [one, other],
        [other, one],
      ] as const) {
        const pool = this.pool(node, neighbour);
        await pool.addPending({
          blockId,
          sequence: this.#sequence,
          origin: "qkd",
          key: new SecretBytes(new Uint8Array(key)),
          tail: new SecretBytes(new Uint8Array(64)),
          epsilon: { secrecy: 1e-10, correctness: 0, authentication: 0 },
          createdAtMs: Date.now(),
        });
        await pool.makeAvailable(blockId, { boundaryBytes: bytes / 2, tag: "ab".repeat(16) });
      }
    }
  }

  /** A proposal of a fresh block. */
  proposal(
    paths: RelayedBlock["paths"],
    { blockBytes = 512, sequence = 0, epsilon = 1e-9, leftMs = 2000 } = {},
  ): RelayProposal {
    const block: RelayedBlock = {
      nonce: crypto.randomUUID().replaceAll("-", ""),
      sequence,
      createdAtMs: Date.now(),
      blockBytes,
      epsilon: { secrecy: epsilon, correctness: 0, authentication: 0 },
      auth: "information-theoretic",
      paths,
    };
    const trace = { traceId: "0".repeat(32), spanId: "0".repeat(16) };
    return { blockId: relayedBlockId(block), block, rank: "ordinary", leftMs, ...trace };
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    while (this.#underWay.length > 0) {
      const underWay = this.#underWay;
      this.#underWay = [];
      await Promise.all(underWay);
      for (const { agreements } of this.#nodes.values())
        for (const agreement of agreements.values()) await agreement.idle();
      await Promise.all([...this.#nodes.values()].map(({ desk }) => desk.tick()));
    }
  }

  async dispose(): Promise<void> {
    await this.settled();
    for (const { desk, pools } of this.#nodes.values()) {
      await desk.close();
      for (const pool of pools.values()) await pool.close();
    }
    rmSync(this.#folder, { recursive: true });
  }

  #make(node: NodeId, others: readonly NodeId[]): Node {
    const pools = new Map(others.map((other) => [other, this.#open(node, other)]));
    const events: RelayEvent[] = [];
    const faults: unknown[] = [];
    const agreements = new Map<NodeId, BlockAgreement>();
    const store = new PadsOverPools(hash, (other) => pools.get(other));
    const desk = new RelayDesk({
      node,
      hash,
      pads: {
        commit: async (work) => {
          const committed = await store.commit(work);
          const { opened, taken } = committed;
          if (this.corrupt.has(node)) opened?.reveal().set([opened.reveal()[0]! ^ 1]);
          this.material.push(...taken.map(({ material }) => material), ...(opened === null ? [] : [opened]));
          return committed;
        },
      },
      send: (to, message, value) => this.#send(node, to, message, value),
      towards: (to) => ({
        way: this.#connected(node, to) ? "up" : "down",
        leastLeftBytes: this.leastLeftBytes,
      }),
      offer: async (proposer, block: NewBlock) => {
        this.material.push(block.key);
        return (await agreements.get(proposer)?.store(block)) ?? false;
      },
      giveUp: async (acceptor, blockId) => agreements.get(acceptor)?.giveUp(blockId),
      steadyMs: () => this.steadyMs,
      tell: (event) => void events.push(event),
    });
    for (const [other, pool] of pools)
      agreements.set(
        other,
        new BlockAgreement({
          end: proposes(node, other) ? "proposer" : "acceptor",
          linkId: [node, other].sort().join("-"),
          hash,
          pool,
          send: (message, value) => this.#send(node, other, message, value),
          holdings: async (origin) => ({ blockIds: [], newest: await pool.highestSequence(origin) }),
          onAvailable: ({ blockId }) => this.#follow(desk.decided(blockId)),
          onDiscarded: (blockId) => this.#follow(desk.decided(blockId)),
          onLost: () => {},
          onClock: () => {},
          failed: (error) => void faults.push(error),
        }),
      );
    return { desk, pools, agreements, events, faults };
  }

  #open(node: NodeId, other: NodeId): KeyPool {
    const settings = {
      path: join(this.#folder, `${node}-${other}.db`),
      kek: new Uint8Array(32).fill(1),
      linkSecret: new Uint8Array(32 + 2048).fill(7),
      linkId: [node, other].sort().join("-"),
      site: proposes(node, other) ? ("alice" as const) : ("bob" as const),
      capacityBits: 2 ** 24,
      redeliveryMs: 0,
      auditRows: 1000,
    };
    const store = new CommittedStore(settings, 1000);
    return keyPoolOver(store.carry).pool;
  }

  #connected(node: NodeId, other: NodeId): boolean {
    const names = [`${node}-${other}`, `${other}-${node}`];
    return names.some((name) => this.#links.has(name)) && !names.some((name) => this.down.has(name));
  }

  async #send<T>(from: NodeId, to: NodeId, message: PeerMessage<T>, value: T): Promise<void> {
    if (message.name === "relay.hop" && !this.#connected(from, to))
      throw new PeerError("QKD_PEER_UNREACHABLE", "down");
    const body = Uint8Array.from(Buffer.concat(message.encode(value)));
    for (const letter of this.onTheWay({ from, to, kind: message.kind, body })) this.deliver(letter);
  }

  /** Brings a message to its node in a turn of its own. */
  deliver({ from, to, kind, body }: Letter): void {
    const { desk, agreements, faults } = this.node(to);
    const heard = new Promise<void>((resolve) => {
      setImmediate(() => resolve(this.#hear(desk, agreements, { from, to, kind, body })));
    });
    this.#follow(heard.catch((error) => void faults.push(error)));
  }

  async #hear(
    desk: RelayDesk,
    agreements: ReadonlyMap<NodeId, BlockAgreement>,
    { from, kind, body }: Letter,
  ): Promise<void> {
    if (await agreements.get(from)?.receive(kind, body)) return;
    await desk.receive(from, kind, body);
  }

  #follow(work: Promise<unknown>): void {
    this.#underWay.push(work);
  }
}
