import { PeerError } from "../../errors/index.ts";
import {
  agreementAbsent,
  agreementAsk,
  agreementGone,
  agreementGoneHeard,
  agreementHeard,
  agreementOpen,
  agreementReleased,
  agreementStored,
  MAX_AGREED_BLOCKS,
  MAX_LOST_RANGES,
  MAX_NOTICES,
  type PeerMessage,
  type PeerValueOf,
  peerOwnerOf,
} from "../../protocol/index.ts";
import type { SendMessage } from "../peer/send-message.ts";
import type { GoneNotice, GoneReason, KeyOrigin, NewBlock } from "../pool/key-pool.ts";
import type { BlockRange } from "../pool/opening-report.ts";
import { AgreementMail, goneNotices, releaseClaims, storedClaims } from "./agreement-wire.ts";
import { BlockDesk, type BlockDeskPorts } from "./block-desk.ts";
import { checkCreation, offsetOf } from "./peer-clock.ts";

/** Messages of the other site that may wait for the store: a dozen full ones. */
const MAX_WAITING_BYTES = 1 << 20;
/** What a waiting message costs besides its body. */
const MESSAGE_BYTES = 256;
/** How often what waits for the other site is said again. */
const REPEAT_MS = 2000;
/** A block that the acceptor does not claim in this time is destroyed by its proposer. */
const UNCLAIMED_MS = 60_000;

/** Keys that the other site lost or stopped handing out, and this one therefore, too. */
export interface LostKeys {
  readonly blockId: string;
  readonly origin: KeyOrigin;
  readonly bits: number;
  readonly reason: GoneReason;
}

/** What the agreement needs of its surroundings. */
export interface BlockAgreementPorts extends BlockDeskPorts {
  readonly send: SendMessage;
  readonly onLost: (lost: LostKeys) => void;
  /** The other site's clock less this one, ms, as each opening shows it; told no nearer than a message travels. */
  readonly onClock: (offsetMs: number) => void;
  readonly now?: () => number;
}

/**
 * Lets a block be handed out only after both sites hold it on disk, and keeps what one site ends from being handed out at
 * the other (SPEC-PEER 5). What is decided of a block is `agreementStep`'s; here are disk, messages and times.
 * Operations run one after the other, so an answer never overtakes a block that is being stored.
 */
export class BlockAgreement {
  readonly #ports: BlockAgreementPorts;
  readonly #now: () => number;
  readonly #mail: AgreementMail;
  readonly #desk: BlockDesk;
  /** Blocks that were offered and wait for the store. */
  readonly #offered = new Set<string>();
  /** The proposer's pending blocks of earlier connections that were not asked for on this one. */
  #unclaimed = new Set<string>();
  #queue: Promise<void> = Promise.resolve();
  #waitingBytes = 0;
  /** Counts the connections, and their ends. */
  #epoch = 0;
  #accepting = false;
  #settled: ((agreed: boolean) => void) | null = null;
  #repeatedAtMs = Number.NEGATIVE_INFINITY;
  #peerOffsetMs: number | null = null;

  constructor(ports: BlockAgreementPorts) {
    this.#ports = ports;
    this.#now = ports.now ?? Date.now;
    this.#mail = new AgreementMail(ports.send);
    this.#desk = new BlockDesk(ports, this.#mail, this.#offered);
  }

  /** The other site's clock less this one, ms; null before the first opening. */
  get peerOffsetMs(): number | null {
    return this.#peerOffsetMs;
  }

  /**
   * A new connection: resolves true once both sites agree on what was pending, and blocks are accepted from then on;
   * false when the connection ended before.
   */
  async begin(): Promise<boolean> {
    this.suspend();
    const settled = new Promise<boolean>((resolve) => {
      this.#settled = resolve;
    });
    await this.#run(async () => {
      await this.#desk.reconnected();
      if (this.#ports.end === "proposer") {
        const pending = await this.#ports.pool.pending();
        this.#unclaimed = new Set(pending.map(({ blockId }) => blockId));
      } else await this.#open();
    });
    this.#accepting = await settled;
    return this.#accepting;
  }

  /** The connection ended: blocks that finish now are refused until the next agreement. */
  suspend(): void {
    this.#epoch += 1;
    this.#accepting = false;
    this.#settled?.(false);
    this.#settled = null;
  }

  /**
   * Stores a block and tells the other site. Resolves false, and destroys the key, while no agreement stands. Rejects with
   * KeyStoreError, or PeerError QKD_PEER_LIED for a block of another time than this.
   */
  store(block: NewBlock): Promise<boolean> {
    const { blockId } = block;
    this.#offered.add(blockId);
    return this.#run(async () => {
      if (!this.#accepting) {
        block.key.wipe();
        return false;
      }
      const offsetMs = this.#peerOffsetMs ?? 0;
      checkCreation(block, this.#now(), this.#ports.end === "acceptor" ? offsetMs : 0);
      const stored = await this.#desk.enter(block, this.#now(), offsetMs);
      await this.#flush();
      return stored;
    }).finally(() => this.#offered.delete(blockId));
  }

  /** Lets time pass: asks and tells again what the other site has not answered, gives up what it does not claim. */
  async tick(atMs: number): Promise<void> {
    // The clock may have been set back.
    if (Math.abs(atMs - this.#repeatedAtMs) < REPEAT_MS) return;
    this.#repeatedAtMs = atMs;
    if (this.#settled !== null) {
      if (this.#ports.end === "acceptor") await this.#run(() => this.#open());
      return;
    }
    if (!this.#accepting) return;
    await this.#run(async () => {
      for (const block of await this.#ports.pool.pending()) {
        if (this.#ports.end === "proposer") {
          if (atMs - block.storedAtMs >= UNCLAIMED_MS) await this.#desk.overdue(block);
        } else if (atMs - block.storedAtMs >= REPEAT_MS) await this.#desk.ask(block);
      }
      await this.#tellGone();
      await this.#flush();
    });
  }

  /** Destroys a block that this site proposes, if it is still pending: its source knows that it cannot come to anything. */
  async giveUp(blockId: string): Promise<void> {
    await this.#run(() => this.#overdue(blockId));
  }

  /** Resolves when what was begun is finished. */
  async idle(): Promise<void> {
    await this.#queue;
  }

  /** Handles a message of the agreement; false when the kind is not one of its own. Rejects with PeerError. */
  async receive(kind: number, body: Uint8Array): Promise<boolean> {
    if (peerOwnerOf(kind) !== "agreement") return false;
    const work = this.#workOf(kind, body);
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
        if (epoch !== this.#epoch) return;
        await work();
        await this.#flush();
      });
    } finally {
      this.#waitingBytes -= body.length + MESSAGE_BYTES;
    }
    return true;
  }

  #workOf(kind: number, body: Uint8Array): () => Promise<void> {
    switch (kind) {
      case agreementOpen.kind: {
        const opening = agreementOpen.decode(body);
        const heardAtMs = this.#now();
        return () => this.#onOpen(opening, heardAtMs);
      }
      case agreementStored.kind: {
        const claims = storedClaims(agreementStored, body);
        return () => this.#each(claims, (claim) => this.#desk.claim("stored", claim));
      }
      case agreementAsk.kind: {
        const claims = storedClaims(agreementAsk, body);
        return () =>
          this.#each(claims, (claim) => {
            this.#unclaimed.delete(claim.blockId);
            return this.#desk.claim("ask", claim);
          });
      }
      case agreementReleased.kind: {
        const claims = releaseClaims(body);
        return () => this.#each(claims, (claim) => this.#desk.released(claim));
      }
      case agreementAbsent.kind: {
        const { blocks } = agreementAbsent.decode(body);
        return () => this.#each(blocks, ({ blockId }) => this.#desk.absent(blockId));
      }
      case agreementHeard.kind: {
        const { blocks } = agreementHeard.decode(body);
        return () => this.#ports.pool.releasesHeard(blocks.map(({ blockId }) => blockId));
      }
      case agreementGone.kind: {
        const notices = goneNotices(body);
        return () => this.#each(notices, (notice) => this.#onGone(notice));
      }
      case agreementGoneHeard.kind: {
        const { notices } = agreementGoneHeard.decode(body);
        return () => this.#ports.pool.noticesHeard(notices.map(({ number }) => number));
      }
      default:
        throw new PeerError("QKD_PEER_PROTOCOL", "the peer sent a message of the agreement that none is", {
          context: { kind },
        });
    }
  }

  /** One block's trouble (a full disk) is told and leaves the others alone: it is asked for again. */
  async #each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    for (const item of items) {
      try {
        await work(item);
      } catch (error) {
        this.#ports.failed(error);
      }
    }
  }

  /** The acceptor's opening; repeated until the proposer answers. */
  async #open(): Promise<void> {
    for (const block of await this.#ports.pool.pending()) await this.#desk.ask(block);
    await this.#flush();
    await this.#sayOpen();
  }

  async #sayOpen(): Promise<void> {
    const lost = await this.#ports.pool.missing(MAX_LOST_RANGES);
    await this.#send(agreementOpen, { atMs: this.#now(), lost });
  }

  async #onOpen({ atMs, lost }: PeerValueOf<typeof agreementOpen>, heardAtMs: number): Promise<void> {
    const epoch = this.#epoch;
    const offsetMs = offsetOf(atMs, heardAtMs);
    this.#peerOffsetMs = offsetMs;
    await this.#each(lost, (range) => this.#onMissing(range));
    if (this.#ports.end === "proposer") {
      await this.#answerOpen();
      // The connection may have ended meanwhile: the next one has an opening of its own.
      if (epoch !== this.#epoch) return;
      await this.#sayOpen();
    }
    if (epoch !== this.#epoch || this.#settled === null) return;
    this.#settled(true);
    this.#settled = null;
    this.#ports.onClock(offsetMs);
    await this.#each([0], () => this.#tellGone());
  }

  async #answerOpen(): Promise<void> {
    const { pool } = this.#ports;
    const unclaimed = this.#unclaimed;
    this.#unclaimed = new Set();
    await this.#each([...unclaimed], (blockId) => this.#overdue(blockId));
    await this.#each([0], async () => {
      for (const { blockId, release } of await pool.unheardReleases(MAX_AGREED_BLOCKS))
        if (release !== null) this.#mail.say({ say: "released", block: { blockId, ...release } });
    });
    await this.#flush();
  }

  async #overdue(blockId: string): Promise<void> {
    const block = await this.#ports.pool.block(blockId);
    if (block !== null) await this.#desk.overdue(block);
  }

  /** The other site has lost these with their names: handing out ends here as it does after a notice. */
  async #onMissing(range: BlockRange): Promise<void> {
    const { origin } = range;
    for (const { blockId, lostBits } of await this.#ports.pool.hearMissing(range))
      if (lostBits > 0) this.#ports.onLost({ blockId, origin, bits: lostBits, reason: "lost" });
  }

  async #onGone({ number, blockId, reason, past }: GoneNotice): Promise<void> {
    const { settled, origin, lostBits } = await this.#ports.pool.hearGone(blockId, reason, past);
    if (lostBits > 0 && origin !== null) this.#ports.onLost({ blockId, origin, bits: lostBits, reason });
    if (settled) this.#mail.say({ say: "goneHeard", block: { number } });
  }

  async #tellGone(): Promise<void> {
    for (const notice of await this.#ports.pool.notices(MAX_NOTICES))
      this.#mail.say({ say: "gone", block: notice });
  }

  /** A lost connection is no failure here: the next agreement settles what is open. */
  async #flush(): Promise<void> {
    await passOver(() => this.#mail.flush());
  }

  async #send<T>(message: PeerMessage<T>, value: T): Promise<void> {
    await passOver(() => this.#ports.send(message, value));
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

async function passOver(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
  }
}
