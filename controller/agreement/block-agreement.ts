import { PeerError } from "../../errors/index.ts";
import type { KeyPool, NewBlock } from "../pool/key-pool.ts";
import {
  AGREEMENT_KIND,
  decodeIds,
  decodeStates,
  encodeIds,
  encodeStates,
  MAX_IDS,
} from "./agreement-messages.ts";

/** Block ids remembered from the other site, at most: many times what can be under way. */
const REMEMBERED_IDS = 4096;

/** A stored block without its key. */
export interface StoredBlock extends Omit<NewBlock, "key"> {
  /** Bits that became keys, the authentication share left out. */
  readonly keyBits: number;
}

/** What the agreement needs of its surroundings. */
export interface BlockAgreementPorts {
  readonly pool: KeyPool;
  readonly send: (kind: number, body: Uint8Array) => Promise<void>;
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
      await this.#send(AGREEMENT_KIND.stored, encodeIds([block.blockId]));
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
    if (kind === AGREEMENT_KIND.stored) await this.#run(() => this.#onStored(decodeIds(body)));
    else if (kind === AGREEMENT_KIND.query) await this.#run(() => this.#onQuery(decodeIds(body)));
    else if (kind === AGREEMENT_KIND.answer) await this.#run(() => this.#onAnswer(body));
    else return false;
    return true;
  }

  async #query(): Promise<void> {
    await this.#ask((await this.#ports.pool.pending()).map((block) => block.blockId));
  }

  /** What exceeds one message waits for the next recheck. */
  #ask(ids: readonly string[]): Promise<void> {
    return this.#send(AGREEMENT_KIND.query, encodeIds(ids.slice(0, MAX_IDS)));
  }

  async #onStored(ids: readonly string[]): Promise<void> {
    for (const id of ids)
      if ((await this.#ports.pool.blockState(id)) === "pending") await this.#release(id);
      else remember(this.#peerStored, id);
  }

  async #onQuery(ids: readonly string[]): Promise<void> {
    const states = new Map<string, "absent" | "pending" | "available" | "spent">();
    for (const id of ids) {
      const state = await this.#ports.pool.blockState(id);
      states.set(id, state);
      if (state !== "absent") continue;
      remember(this.#disowned, id);
      this.#peerStored.delete(id);
    }
    await this.#send(AGREEMENT_KIND.answer, encodeStates(states));
  }

  async #onAnswer(body: Uint8Array): Promise<void> {
    const states = decodeStates(body);
    try {
      for (const [id, state] of states) {
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
  async #send(kind: number, body: Uint8Array): Promise<void> {
    try {
      await this.#ports.send(kind, body);
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

/** Adds to a set that forgets its oldest members, so that a peer cannot make it grow. */
function remember(ids: Set<string>, id: string): void {
  ids.delete(id);
  ids.add(id);
  const [oldest] = ids;
  if (ids.size > REMEMBERED_IDS && oldest !== undefined) ids.delete(oldest);
}
