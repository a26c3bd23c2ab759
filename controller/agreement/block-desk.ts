import { KeyStoreError, PeerError } from "../../errors/index.ts";
import type { HashKernel } from "../../kernels/index.ts";
import { MAX_LOST_RANGES, type SecretBytes } from "../../protocol/index.ts";
import { cutTail } from "../pool/block-tail.ts";
import type { BlockFacts, GoneReason, KeyOrigin, KeyPool, NewBlock } from "../pool/key-pool.ts";
import type { BlockRange } from "../pool/opening-report.ts";
import type { PairEnd } from "../pool/proposer.ts";
import type { SourceHoldings } from "../sources/block-source.ts";
import type {
  AgreementEffect,
  AgreementInput,
  AgreementState,
  BlockProofs,
  DiscardReason,
  ReleaseClaim,
  StoredClaim,
} from "./agreement-state.ts";
import { agreementStep, freshAgreement } from "./agreement-step.ts";
import type { AgreementMail } from "./agreement-wire.ts";
import { blockProofs } from "./block-proofs.ts";
import { factsOf } from "./facts-of.ts";

/** What deciding over blocks needs of its surroundings. */
export interface BlockDeskPorts {
  readonly end: PairEnd;
  readonly linkId: string;
  readonly hash: HashKernel;
  readonly pool: KeyPool;
  /** What the source of that origin has under way. */
  readonly holdings: (origin: KeyOrigin) => Promise<SourceHoldings>;
  /** Called once a block became available here. */
  readonly onAvailable: (block: BlockFacts) => void;
  /** Called once a block was destroyed before it became available. */
  readonly onDiscarded: (blockId: string, reason: DiscardReason) => void;
  /** What went wrong with one block, and was survived. */
  readonly failed: (error: unknown) => void;
}

/**
 * Carries out what `agreementStep` decides of a block: reads what the disk holds of it, steps, and does what comes of that
 * in order. Answers go into the mail, which its owner sends. One call at a time.
 */
export class BlockDesk {
  readonly #ports: BlockDeskPorts;
  readonly #mail: AgreementMail;
  /** Blocks that were offered and wait for the store. */
  readonly #offered: ReadonlySet<string>;
  #state: AgreementState;
  /** Blocks that this store lost with their names. */
  #missing: readonly BlockRange[] = [];

  constructor(ports: BlockDeskPorts, mail: AgreementMail, offered: ReadonlySet<string>) {
    this.#ports = ports;
    this.#mail = mail;
    this.#offered = offered;
    this.#state = freshAgreement(ports.end);
  }

  /** A new connection: what was claimed on an earlier one is claimed again. */
  async reconnected(): Promise<void> {
    this.#state = { ...this.#state, early: new Map() };
    this.#missing = await this.#ports.pool.missing(MAX_LOST_RANGES);
  }

  /** Stores a finished block and says so; false, and its key wiped, where it was called absent before. */
  async enter(block: NewBlock, atMs: number, peerOffsetMs: number): Promise<boolean> {
    const { pool } = this.#ports;
    const { block: own, tail } = cutTail(block);
    try {
      const lackBytes = await this.#lackBytes(block.origin);
      const acceptor = this.#ports.end === "acceptor";
      // Of a block that is stored already, what was said of it stands.
      const facts =
        (await pool.block(block.blockId)) ?? factsOf(own, acceptor ? lackBytes : 0, !acceptor, atMs);
      const proofs = blockProofs(this.#ports.hash, this.#ports.linkId, facts, tail.reveal());
      const input: AgreementInput = { type: "finished", block: facts, proofs, ownLackBytes: lackBytes };
      const pending = { ...own, tail, lackBytes: facts.lackBytes, peerOffsetMs };
      const stored = await this.#take(input, () => pool.addPending(pending));
      if (!stored) block.key.wipe();
      return stored;
    } finally {
      tail.wipe();
    }
  }

  /** The other site says that it holds a block, or asks about it. */
  async claim(type: "stored" | "ask", claim: StoredClaim): Promise<void> {
    const block = await this.#ports.pool.block(claim.blockId);
    const holdings = block === null && type === "ask" ? await this.#holdings(claim.origin) : null;
    const ownLackBytes = await this.#lackBytes(block?.origin ?? claim.origin);
    const { origin, sequence } = claim;
    const lost = this.#missing.some(
      (range) => range.origin === origin && range.first <= sequence && sequence <= range.last,
    );
    await this.#proved(block, async (proofs) => {
      await this.#take({ type, claim, block, proofs, holdings, lost, ownLackBytes });
    });
  }

  async released(claim: ReleaseClaim): Promise<void> {
    const block = await this.#ports.pool.block(claim.blockId);
    await this.#proved(block, async (proofs) => {
      await this.#take({ type: "released", claim, block, proofs });
    });
  }

  async absent(blockId: string): Promise<void> {
    await this.#take({ type: "absent", blockId, block: await this.#ports.pool.block(blockId) });
  }

  /** Asks about a pending block. */
  async ask(block: BlockFacts): Promise<void> {
    await this.#proved(block, async (proofs) => {
      if (proofs !== null) await this.#take({ type: "waiting", block, proofs });
    });
  }

  /** Gives up a pending block that nobody claims. */
  async overdue(block: BlockFacts): Promise<void> {
    await this.#take({ type: "overdue", block });
  }

  /** Blocks that wait in this queue are under way as those of the source are. */
  async #holdings(origin: KeyOrigin): Promise<SourceHoldings> {
    const { blockIds, newest } = await this.#ports.holdings(origin);
    return { blockIds: [...blockIds, ...this.#offered], newest };
  }

  async #lackBytes(origin: KeyOrigin): Promise<number> {
    return Math.floor((await this.#ports.pool.status(origin)).lackBits / 8);
  }

  /** Calls with what a pending block's tail proves; null for every other block. */
  async #proved(
    block: BlockFacts | null,
    work: (proofs: BlockProofs | null) => Promise<void>,
  ): Promise<void> {
    const tail: SecretBytes | null =
      block?.state === "pending" ? await this.#ports.pool.tail(block.blockId) : null;
    try {
      const { hash, linkId } = this.#ports;
      await work(block === null || tail === null ? null : blockProofs(hash, linkId, block, tail.reveal()));
    } finally {
      tail?.wipe();
    }
  }

  /** Steps, and does what comes of it in order; false where the block was refused. */
  async #take(input: AgreementInput, add: () => Promise<void> = async () => {}): Promise<boolean> {
    const [state, effects] = agreementStep(this.#state, input);
    this.#state = state;
    for (const effect of effects) {
      if (effect.do === "refuse") return false;
      if (effect.do === "add") await add();
      else await this.#perform(effect);
    }
    return true;
  }

  async #perform(effect: Exclude<AgreementEffect, { readonly do: "add" | "refuse" }>): Promise<void> {
    const { pool } = this.#ports;
    switch (effect.do) {
      case "release": {
        await pool.makeAvailable(effect.blockId, effect.release);
        const block = await pool.block(effect.blockId);
        if (block !== null) this.#ports.onAvailable(block);
        return;
      }
      case "discard":
        await pool.discard(effect.blockId);
        this.#ports.onDiscarded(effect.blockId, effect.reason);
        this.#complain(effect.blockId, effect.reason);
        return;
      case "lose":
        await pool.lose(effect.blockId, effect.reason);
        this.#complain(effect.blockId, effect.reason);
        return;
      case "sendStored":
        return this.#mail.say({ say: "stored", block: effect.claim });
      case "sendAsk":
        return this.#mail.say({ say: "ask", block: effect.claim });
      case "sendReleased":
        return this.#mail.say({ say: "released", block: effect.claim });
      case "sendAbsent":
        return this.#mail.say({ say: "absent", block: { blockId: effect.blockId } });
      case "sendHeard":
        return this.#mail.say({ say: "heard", block: { blockId: effect.blockId } });
    }
  }

  #complain(blockId: string, reason: DiscardReason | GoneReason): void {
    if (reason === "tagWrong")
      this.#ports.failed(
        new PeerError(
          "QKD_PEER_LIED",
          "a block differs between the sites, or what was said of it was forged",
          {
            context: { blockId },
          },
        ),
      );
    if (reason === "noRoom")
      this.#ports.failed(
        new KeyStoreError(
          "QKD_KEYSTORE_CAPACITY",
          "both sites hold as much as they may; the block was destroyed",
          {
            retryable: true,
            context: { blockId },
          },
        ),
      );
  }
}
