import { PeerError, type QkdError } from "../../../../errors/index.ts";
import type { Kernels } from "../../../../kernels/index.ts";
import {
  distillationDone,
  distillationParities,
  distillationTag,
  type PeerMessage,
} from "../../../../protocol/index.ts";
import type { ReserveLevel } from "../../../pool/reserve-level.ts";
import type { SourceHoldings } from "../../block-source.ts";
import { Block } from "../block/block.ts";
import { DirectionAuthentication } from "../block/block-authentication.ts";
import { type BlockEffect, type BlockInput, blockStep } from "../block/block-stage.ts";
import { reportOf } from "../block/report-of.ts";
import { tagError } from "../block/tag-error.ts";
import type { CollectedFrame } from "../collecting/collected-frame.ts";
import { detectionsOf } from "../collecting/frame-list.ts";
import type { EngineOutput, RandomSource } from "../engine-io.ts";
import type { FrameFacts } from "../frame-facts.ts";
import { BitString } from "../memory/bit-string.ts";
import { WordPool } from "../memory/word-pool.ts";
import { ParityBatch } from "../reconciliation/parity-batch.ts";
import type { ParityEntry } from "../reconciliation/parity-entry.ts";
import type { AgreedSettings } from "../settings.ts";
import { SiftedIntensities } from "../sifting/sifted-intensities.ts";
import type { SessionFacts } from "../waits/due-waits.ts";
import type { AuthSupply } from "./auth-supply.ts";
import { mostNumber, proposedNumber } from "./block-numbers.ts";
import { ClosingBlocks } from "./closing-blocks.ts";
import { openBlockLimit } from "./open-block-limit.ts";
import { SessionBlocks } from "./session-blocks.ts";
import type { SessionParts } from "./session-parts.ts";
import type { Role, SessionPort, Told } from "./session-port.ts";
import { emptyTotals } from "./totals.ts";

/** Room for key-basis bits beyond their expected number, so that a string seldom grows. */
const KEY_MARGIN = 1.01;

/** Owner of the blocks of an engine, their stages and transcripts, and of what the engine says and wants done. */
export class Session implements SessionPort {
  readonly settings: AgreedSettings;
  readonly kernels: Kernels;
  readonly random: RandomSource;
  readonly totals = emptyTotals();
  readonly openLimit: number;
  reserveLevel: ReserveLevel = "usual";
  /** Blocks that may be opened in all: what each may cost has its place in a budget before it begins. */
  attempts: number;
  #opened = 0;
  nowMs = 0;
  wallMs = 0;
  /** Number of the next block: one more than this site ever used, or as both sites agree. */
  nextSequence: number;
  /** Names the session in every transcript. */
  sessionId: Uint8Array = new Uint8Array();
  /** Called when a block ended well. */
  onProgress: () => void = () => {};
  readonly #site: "alice" | "bob";
  readonly #digest: Uint8Array;
  readonly #blocks = new SessionBlocks();
  readonly #closing = new ClosingBlocks();
  readonly #batch = new ParityBatch();
  readonly #pool = new WordPool();
  readonly #supply: AuthSupply;
  /** One more than the highest number of a block that was authenticated, here or before. */
  #verifiedNext: number;
  #role: Role | null = null;
  #behind: (() => void)[] = [];
  #outputs: EngineOutput[] = [];

  constructor(parts: SessionParts, supply: AuthSupply) {
    this.settings = parts.settings;
    this.kernels = parts.kernels;
    this.random = parts.random;
    this.attempts = parts.attempts;
    this.nextSequence = parts.firstSequence;
    this.#verifiedNext = parts.firstSequence;
    this.openLimit = openBlockLimit(parts.settings);
    this.#site = parts.site;
    this.#digest = parts.settingsDigest;
    this.#supply = supply;
  }

  /** Names the role that performs what the session does not. */
  attach(role: Role): void {
    this.#role = role;
  }

  get blocks(): readonly Block[] {
    return this.#blocks.open;
  }

  /** The number that this site proposes for the next session. */
  get proposal(): number {
    return proposedNumber(this.nextSequence, this.#verifiedNext);
  }

  /** The highest block number that is accepted of the peer. */
  get mostSequence(): number {
    return mostNumber(this.#verifiedNext);
  }

  /** What is under way, for who watches it. */
  get facts(): SessionFacts {
    const { open, finishing } = this.#blocks;
    const told = open.length + finishing.length === 0 && this.#role?.toldEnough === true;
    const { pendingRequests: reserveRequests, offerAwaited } = this.#supply;
    return { site: this.#site, open, finishing, reserveRequests, offerAwaited, told };
  }

  get holdings(): SourceHoldings {
    const { open, finishing } = this.#blocks;
    const blockIds = [...open, ...finishing, ...this.#closing.blocks].map(({ blockId }) => blockId);
    return { blockIds, newest: this.nextSequence - 1 };
  }

  get mayOpen(): boolean {
    const { length } = this.#blocks.open;
    return this.mayAttempt && length < this.openLimit && this.#supply.holds(this.nextSequence);
  }

  get mayAttempt(): boolean {
    return this.#opened < this.attempts;
  }

  get finishingLags(): boolean {
    return this.#blocks.finishing.length >= 2 * this.openLimit;
  }

  get mayBeginCohort(): boolean {
    return this.totals.cohortsInFlight < this.settings.cohortsInFlight;
  }

  cohorts(change: 1 | -1): void {
    this.totals.cohortsInFlight += change;
  }

  emit(output: EngineOutput): void {
    this.#outputs.push(output);
  }

  failed(error: QkdError): void {
    this.emit({ type: "failure", error });
  }

  refuse(facts: FrameFacts): void {
    this.totals.refusedFrames += 1;
    this.acknowledge(facts);
  }

  acknowledge({ frameId, place }: FrameFacts): void {
    this.emit({ type: "acknowledgeFrame", frameId, place });
  }

  collected({ facts }: CollectedFrame): void {
    this.totals.frames += 1;
    this.totals.detections += facts.detections;
    this.totals.gates += facts.gateCount;
  }

  send<T>(message: PeerMessage<T>, value: T): void {
    this.emit({ type: "send", kind: message.kind, parts: message.encode(value) });
  }

  tell<T>(block: Block, message: PeerMessage<T>, value: Told<T>): void {
    const { sequence, heard } = block;
    const parts = message.encode({ ...value, sequence, heard } as T);
    block.say(message.kind, parts);
    this.emit({ type: "send", kind: message.kind, parts });
  }

  tellBehindParities<T>(block: Block, message: PeerMessage<T>, value: Told<T>): void {
    this.#behind.push(() => this.tell(block, message, value));
  }

  queueParities(block: Block, entry: ParityEntry): void {
    this.#batch.add(block.sequence, entry);
  }

  prepare(): void {
    this.#supply.prepare(this.nextSequence);
  }

  open(frames: readonly CollectedFrame[]): Block {
    const material = this.mayOpen ? this.#supply.take(this.nextSequence) : null;
    if (material === null)
      throw new PeerError("QKD_PEER_PROTOCOL", "the peer opens a block that cannot be opened", {
        context: { sequence: this.nextSequence },
      });
    const { sessionId, kernels, settings } = this;
    const sequence = this.nextSequence++;
    this.#opened += 1;
    const context = { sessionId, settingsDigest: this.#digest, sequence };
    const other = this.#site === "alice" ? "bob" : "alice";
    const { aliceZProbability, bobZProbability } = settings.link;
    const expectedBits = detectionsOf(frames) * aliceZProbability * bobZProbability;
    const expected = Math.ceil(KEY_MARGIN * expectedBits);
    const block = new Block({
      sequence,
      sessionId,
      frames,
      tags: {
        own: new DirectionAuthentication(kernels.hash, material.own, this.#site, context),
        peer: new DirectionAuthentication(kernels.hash, material.peer, other, context),
      },
      key: new BitString(expected, this.#pool),
      intensities: this.#site === "bob" ? new SiftedIntensities(expected, this.#pool) : null,
      openedAtMs: frames[0]?.keptAtMs ?? this.nowMs,
      collectedAtMs: frames.at(-1)?.keptAtMs ?? this.nowMs,
    });
    this.#blocks.add(block);
    return block;
  }

  block(sequence: number): Block {
    return this.#blocks.find(sequence);
  }

  repeatTag(sequence: number, tag: Uint8Array): boolean {
    const block = this.#blocks.amplifying(sequence);
    if (block?.tagMayRepeat !== true) return false;
    if (!block.verifyPeer(tag)) {
      this.#lose(block, "the tag is wrong");
      throw tagError(sequence);
    }
    block.tagMayRepeat = false;
    this.#perform(block, "sendTag");
    return true;
  }

  finishing(sequence: number): Block {
    return this.#blocks.findFinishing(sequence);
  }

  advance(block: Block, input: BlockInput): void {
    const [stage, effects] = blockStep(this.#site, block.stage, input);
    block.stage = stage;
    for (const effect of effects) this.#perform(block, effect);
  }

  /** The hash of a block's key is there. */
  amplified(sequence: number, key: Uint8Array): void {
    const block = this.#amplifying(sequence);
    if (block === undefined) {
      key.fill(0);
      return;
    }
    block.hashed = key;
    this.advance(block, { type: "amplified" });
  }

  amplifyFailed(sequence: number, error: QkdError): void {
    const block = this.#amplifying(sequence);
    if (block === undefined) return;
    this.failed(error);
    this.#lose(block, error.code);
  }

  /** Ends a step: queued parities and what waits behind them leave; returns all outputs in order. */
  flush(): void {
    for (const { sequence, entries } of this.#batch.take()) {
      const block = this.blocks.find((open) => open.sequence === sequence);
      if (block !== undefined) this.tell(block, distillationParities, { entries });
    }
    for (const send of this.#behind.splice(0)) send();
  }

  takeOutputs(): EngineOutput[] {
    return this.#outputs.splice(0);
  }

  /** The session is over: open blocks are lost, but for those that another session can bring to their end. */
  end(reason: string): void {
    this.#batch.take();
    this.#behind = [];
    const { open, finishing } = this.#blocks;
    for (const block of [...open, ...finishing])
      if (block.closable && block.sequence < this.proposal) this.#setAside(block);
      else if (open.includes(block)) this.#lose(block, reason);
    this.totals.cohortsInFlight = 0;
    this.#supply.reset();
  }

  /** Blocks of earlier sessions that this site can bring to their end. */
  get closingIds(): readonly string[] {
    return this.#closing.ids;
  }

  /** A session stands: goes on with the blocks that the other site listed, too; Bob says his last word on each again. */
  resume(listed: readonly string[]): void {
    const { resumed, lost, confirmedAgain } = this.#closing.resume(listed);
    for (const block of lost) this.#lose(block, "the other site does not hold the block any more");
    for (const block of resumed) {
      if (block.stage.at === "amplifying") this.#blocks.finish(block);
      else this.#blocks.add(block);
      block.tagMayRepeat = block.stage.at === "amplifying";
    }
    if (this.#site === "alice") return;
    for (const block of resumed) this.#perform(block, "sendTag");
    for (const sequence of confirmedAgain) this.send(distillationDone, { sequence });
  }

  /** Loses blocks whose other site has not come back for too long. */
  expireClosing(): void {
    for (const block of this.#closing.expired(this.nowMs))
      this.#lose(block, "no session came in time to end the block");
  }

  #setAside(block: Block): void {
    this.#blocks.remove(block);
    block.setAside();
    for (const old of this.#closing.keep(block, this.nowMs))
      this.#lose(old, "too many blocks wait for their end");
  }

  #amplifying(sequence: number): Block | undefined {
    return this.#blocks.amplifying(sequence) ?? this.#closing.find(sequence);
  }

  #perform(block: Block, effect: BlockEffect): void {
    const { sequence } = block;
    if (effect === "sendTag") this.send(distillationTag, { sequence, tag: block.ownTag() });
    else if (effect === "sendDone") this.#confirm(block);
    else if (effect === "amplify") this.#amplify(block);
    else if (effect === "abort") this.#abort(block);
    else if (effect === "release") this.#release(block);
    else this.#role?.perform(block, effect);
  }

  #confirm(block: Block): void {
    this.#closing.confirm(block);
    this.send(distillationDone, { sequence: block.sequence });
  }

  #amplify(block: Block): void {
    const { reconciliation, decision, seed, sequence } = block;
    if (reconciliation === null || decision === null) return;
    this.#blocks.finish(block);
    this.#authenticated(block);
    this.emit({
      type: "amplify",
      sequence,
      key: reconciliation.takeKept(block.key),
      keyBits: reconciliation.keptBits,
      outputBits: decision.secretBits,
      seed: seed ?? new Uint8Array(),
    });
    block.seed = null;
    reconciliation.drop();
  }

  #authenticated({ sequence }: Block): void {
    this.#verifiedNext = Math.max(this.#verifiedNext, sequence + 1);
    this.onProgress();
  }

  #abort(block: Block): void {
    this.#blocks.remove(block);
    this.#authenticated(block);
    block.drop();
    this.totals.blocksAborted += 1;
    this.emit({ type: "blockAborted", report: reportOf(block, this.settings) });
  }

  #release(block: Block): void {
    const { hashed: key, blockId, sequence, createdAtMs, authBytes } = block;
    if (key === null) return;
    this.#blocks.remove(block);
    block.hashed = null;
    this.totals.blocksFinished += 1;
    this.totals.secretBits += block.decision?.secretBits ?? 0;
    this.emit({
      type: "block",
      block: { blockId, sequence, key, authBytes, padOffsets: block.padOffsets, createdAtMs },
      report: reportOf(block, this.settings),
    });
  }

  #lose(block: Block, reason: string): void {
    this.#blocks.remove(block);
    this.#closing.remove(block);
    const pads = block.drop();
    this.#supply.giveBack(pads);
    this.totals.blocksDropped += 1;
    const padsSpent = pads.own === null;
    const tagged = padsSpent || pads.peer === null;
    const { epsilonSecrecy: secrecy } = this.settings;
    // Whoever makes a block fail has seen what was announced of it: each try is one more try at its key.
    const epsilon = {
      secrecy,
      correctness: block.collisionBound,
      authentication: tagged ? block.forgeryBound : 0,
    };
    this.emit({ type: "blockDropped", sequence: block.sequence, reason, epsilon, padsSpent });
  }
}
