import { PeerError } from "../../errors/index.ts";
import {
  agreementAnswer,
  agreementQuery,
  agreementStored,
  type BlockState,
  MAX_AGREED_BLOCKS,
  type PeerMessage,
} from "../../protocol/index.ts";
import type { SendMessage } from "../peer/send-message.ts";
import type { KeyPool, NewBlock } from "../pool/key-pool.ts";

/** Block ids remembered from the other site, at most: many times what can be under way. */
const REMEMBERED_IDS = 4096;
/** Messages of the other site that may wait for the store: sixteen full questions. */
const MAX_WAITING_BYTES = 1 << 20;
/** What a waiting message costs besides its body. */
const MESSAGE_BYTES = 256;

interface NamedBlock {
  readonly blockId: string;
}

interface AnsweredBlock extends NamedBlock {
  readonly state: BlockState;
}

/** A stored block without its key. */
export interface StoredBlock extends Omit<NewBlock, "key"> {
  /** Bits that became keys, the authentication share left out. */
  readonly keyBits: number;
}

/** What the agreement needs of its surroundings. */
export interface BlockAgreementPorts {
  readonly pool: KeyPool;
  readonly send: SendMessage;
  /** Called once a block became available here. */
  readonly onAvailable: (blockId: string, block: StoredBlock | null) => void;
  /** Called once a block was destroyed because the other site does not hold it. */
  readonly onDiscarded: (blockId: string) => void;
}

/**
 * Lets a block be handed out only after both sites hold it on disk. Each site stores a block as pending, says so, and
 * makes it available when it has heard the same from the other. After a reconnection both ask for the fate of what is
 * still pending: held by the other site means available, unknown there means destroyed. Operations run one after the
 * other, so an answer never overtakes a block that is being stored.
 */
export class BlockAgreement {
  readonly #ports: BlockAgreementPorts;
  readonly #own = new Map<string, StoredBlock>();
  readonly #peerStored = new Set<string>();
  /** Blocks this site said it does not hold: the other site destroyed them, so they must never be stored here. */
  readonly #disowned = new Set<string>();
  #overdue: ReadonlySet<string> = new Set();
  #queue: Promise<void> = Promise.resolve();
  #waitingBytes = 0;
  /** Counts the connections. */
  #epoch = 0;
  #accepting = false;
  #settled: ((agreed: boolean) => void) | null = null;

  constructor(ports: BlockAgreementPorts) {
    this.#ports = ports;
  }

  /**
   * A new connection: resolves true once both sites agree on what was pending, and blocks are accepted from then on;
   * false when the connection ended before.
   */
  async begin(): Promise<boolean> {
    this.suspend();
    this.#epoch += 1;
    this.#peerStored.clear();
    const settled = new Promise<boolean>((resolve) => {
      this.#settled = resolve;
    });
    await this.#run(() => this.#query());
    this.#accepting = await settled;
    return this.#accepting;
  }

  /** The connection ended: blocks that finish now are refused until the next agreement. */
  suspend(): void {
    this.#accepting = false;
    this.#settled?.(false);
    this.#settled = null;
  }

  /** Stores a block and tells the other site. Resolves false, and destroys the key, while no agreement stands. */
  store(block: NewBlock): Promise<boolean> {
    return this.#run(async () => {
      if (!this.#accepting || this.#disowned.has(block.blockId)) {
        block.key.wipe();
        return false;
      }
      await this.#ports.pool.addPending(block);
      const { key, ...facts } = block;
      this.#own.set(block.blockId, { ...facts, keyBits: 8 * (key.length - (block.authBytes ?? 0)) });
      await this.#send(agreementStored, named([block.blockId]));
      if (this.#peerStored.delete(block.blockId)) await this.#release(block.blockId);
      return true;
    });
  }

  /**
   * Asks again for blocks that were pending at the last call already, for example because the other site refused one or
   * a full disk kept this one from releasing it; and repeats a question of `begin` that was never answered.
   */
  async recheck(): Promise<void> {
    if (this.#settled !== null) return this.#run(() => this.#query());
    if (!this.#accepting) return;
    const pending = (await this.#ports.pool.pending()).map((block) => block.blockId);
    const overdue = pending.filter((id) => this.#overdue.has(id));
    this.#overdue = new Set(pending);
    if (overdue.length > 0) await this.#run(() => this.#ask(overdue));
  }

  /** Resolves when what was begun is finished. */
  async idle(): Promise<void> {
    await this.#queue;
  }

  /** Handles a message of the agreement; false when the kind is not one of its own. Rejects with PeerError. */
  async receive(kind: number, body: Uint8Array): Promise<boolean> {
    const work = this.#workOf(kind, body);
    if (work === null) return false;
    if (this.#waitingBytes + body.length > MAX_WAITING_BYTES)
      throw new PeerError("QKD_PEER_PROTOCOL", "the peer asks about blocks faster than it can be answered", {
        context: { waitingBytes: this.#waitingBytes },
        retryable: true,
      });
    this.#waitingBytes += body.length + MESSAGE_BYTES;
    const epoch = this.#epoch;
    try {
      // What an earlier connection left waiting is asked anew on this one, whose agreement it must not stand for.
      await this.#run(async () => {
        if (epoch === this.#epoch) await work();
      });
    } finally {
      this.#waitingBytes -= body.length + MESSAGE_BYTES;
    }
    return true;
  }

  #workOf(kind: number, body: Uint8Array): (() => Promise<void>) | null {
    if (kind === agreementStored.kind) {
      const { blocks } = agreementStored.decode(body);
      return () => this.#onStored(blocks);
    }
    if (kind === agreementQuery.kind) {
      const { blocks } = agreementQuery.decode(body);
      return () => this.#onQuery(blocks);
    }
    if (kind === agreementAnswer.kind) {
      const { blocks } = agreementAnswer.decode(body);
      return () => this.#onAnswer(blocks);
    }
    return null;
  }

  async #query(): Promise<void> {
    await this.#ask((await this.#ports.pool.pending()).map((block) => block.blockId));
  }

  /** What exceeds one message waits for the next recheck. */
  #ask(ids: readonly string[]): Promise<void> {
    return this.#send(agreementQuery, named(ids.slice(0, MAX_AGREED_BLOCKS)));
  }

  async #onStored(blocks: readonly NamedBlock[]): Promise<void> {
    for (const { blockId: id } of blocks)
      if ((await this.#ports.pool.blockState(id)) === "pending") await this.#release(id);
      else remember(this.#peerStored, id);
  }

  async #onQuery(asked: readonly NamedBlock[]): Promise<void> {
    const blocks: AnsweredBlock[] = [];
    for (const { blockId: id } of asked) {
      const state = await this.#ports.pool.blockState(id);
      blocks.push({ blockId: id, state });
      if (state !== "absent") continue;
      remember(this.#disowned, id);
      this.#peerStored.delete(id);
    }
    await this.#send(agreementAnswer, { blocks });
  }

  async #onAnswer(blocks: readonly AnsweredBlock[]): Promise<void> {
    try {
      for (const { blockId: id, state } of blocks) {
        if ((await this.#ports.pool.blockState(id)) !== "pending") continue;
        if (state !== "absent") await this.#release(id);
        else {
          await this.#ports.pool.discard(id);
          this.#own.delete(id);
          this.#ports.onDiscarded(id);
        }
      }
    } finally {
      // A block that could not be settled now (a full disk) stays pending for a recheck; the link goes on without it.
      this.#settled?.(true);
      this.#settled = null;
    }
  }

  async #release(blockId: string): Promise<void> {
    await this.#ports.pool.makeAvailable(blockId);
    const block = this.#own.get(blockId) ?? null;
    this.#own.delete(blockId);
    this.#ports.onAvailable(blockId, block);
  }

  /** A lost connection is no failure here: the next agreement settles what is open. */
  async #send<T>(message: PeerMessage<T>, value: T): Promise<void> {
    try {
      await this.#ports.send(message, value);
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
    }
  }

  #run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.then(
      () => {},
      () => {},
    );
    return result;
  }
}

function named(ids: readonly string[]): { readonly blocks: readonly NamedBlock[] } {
  return { blocks: ids.map((blockId) => ({ blockId })) };
}

/** Adds to a set that forgets its oldest members, so that a peer cannot make it grow. */
function remember(ids: Set<string>, id: string): void {
  ids.delete(id);
  ids.add(id);
  const [oldest] = ids;
  if (ids.size > REMEMBERED_IDS && oldest !== undefined) ids.delete(oldest);
}
