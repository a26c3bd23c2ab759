import { DistillationError, PeerError } from "../../../../errors/index.ts";
import { AliceClosing } from "../closing/alice-closing.ts";
import type { EngineFrame } from "../engine.ts";
import type { EngineInput, EngineOutput } from "../engine-io.ts";
import { StepMemory } from "../memory/step-memory.ts";
import { WordPool } from "../memory/word-pool.ts";
import {
  decodeCohortOpen,
  decodeParities,
  decodeVerdict,
  encodeDisclose,
  encodeSiftReply,
  encodeSkip,
  encodeVerify,
  KIND,
  type SiftMessage,
  type SkipReason,
} from "../messages/index.ts";
import { CascadeDialogue } from "../reconciliation/cascade-dialogue.ts";
import { Cohort, MAX_EXTENSIONS } from "../reconciliation/cohort.ts";
import { blockDetections } from "../settings.ts";
import { digestError, type SiftedFrame, sameDetections, siftFrame } from "../sifting/alice-sifting.ts";
import { wipePlanes } from "../sifting/frame-planes.ts";
import { SiftInbox } from "../sifting/sift-inbox.ts";
import type { Block } from "./block.ts";
import { type EngineParts, SessionEngine } from "./session-engine.ts";

/**
 * Distillation at the transmitter's site. Alice decides: which frame joins which cohort and block, when a block ends,
 * whether it gives a key and of what length, and the seed of the final hash, drawn only after the block is reconciled.
 */
export class AliceEngine extends SessionEngine {
  readonly #sifts = new SiftInbox();
  readonly #memory = new StepMemory();
  readonly #pool = new WordPool();
  #cohort: Cohort | null = null;
  readonly #closing: AliceClosing;
  readonly #blockDetections: number;

  constructor(parts: EngineParts) {
    super("alice", parts);
    this.#blockDetections = blockDetections(this.settings);
    this.#closing = new AliceClosing({
      settings: this.settings,
      kernels: this.kernels,
      random: (bytes, label) => this.random(bytes, label),
      send: (block, kind, bodyParts) => this.sendIn(block, kind, bodyParts),
      sendPlain: (kind, bodyParts) => this.sendPlain(kind, bodyParts),
      authenticated: (block) => this.authenticated(block),
    });
  }

  override step(inputs: readonly EngineInput[], nowMs: number): EngineOutput[] {
    this.#memory.recycle();
    const outputs = super.step(inputs, nowMs);
    this.#sifts.keep();
    return outputs;
  }

  protected established(): void {
    this.supply.prepare(this.nextSequence);
  }

  protected forget(): void {
    this.#sifts.clear();
    this.#cohort = null;
    // Bob may not have these: without his "done" they never leave.
    for (const block of [...this.finishing.values()])
      if (!this.#closing.isDone(block)) {
        this.finishing.delete(block.sequence);
        this.dropBlock(block, "the session ended before Bob confirmed");
      }
  }

  protected pump(): void {
    while (this.#answerFirst()) this.#sifts.shift();
    const oldest = this.blocks[0];
    if (oldest !== undefined) this.#closing.advance(oldest, this.nowMs);
  }

  protected override flush(): void {
    const block = this.#openBlock;
    if (block === null || block.frames === 0) return;
    // The end of a block travels on the reply to its last frame, so a flushed block ends with an empty skip.
    this.sendIn(block, KIND.skip, encodeSkip({ sequence: block.sequence, frameId: 0, reason: "flushed" }));
    if (this.#cohort !== null) this.#endCohort(this.#cohort);
    block.closed = true;
    this.supply.prepare(this.nextSequence);
  }

  protected receive(kind: number, body: Uint8Array): void {
    switch (kind) {
      case KIND.sift:
        this.#sifts.add(body);
        return;
      case KIND.cohortOpen:
        this.#cohortOpen(body);
        return;
      case KIND.parities:
        this.#parities(body);
        return;
      case KIND.verdict:
        this.#verdict(body);
        return;
      case KIND.estimates:
      case KIND.tag:
        this.#closing.receive(kind, body, (sequence) => this.#oldest(sequence), this.nowMs);
        return;
      case KIND.done:
        this.#done(body);
        return;
      default:
        throw new PeerError("QKD_PEER_PROTOCOL", "the peer sent a message that is not Bob's to send", {
          context: { kind },
        });
    }
  }

  protected amplified(block: Block): void {
    if (this.#closing.isDone(block)) this.release(block);
  }

  get #openBlock(): Block | null {
    const youngest = this.blocks.at(-1);
    return youngest === undefined || youngest.closed ? null : youngest;
  }

  #oldest(sequence: number): Block {
    const block = this.blockOf(sequence);
    if (block !== this.blocks[0])
      throw new PeerError("QKD_PEER_PROTOCOL", "the peer closes a block before an older one", {
        context: { sequence },
      });
    return block;
  }

  /** Answers the oldest sifting message if that can be done now. */
  #answerFirst(): boolean {
    const sift = this.#sifts.first;
    if (sift === undefined) return false;
    const { frameId } = sift.message;
    for (let own = this.queue.first; own !== undefined && own.frameId < frameId; own = this.queue.first) {
      this.queue.shift();
      wipePlanes(own);
      this.totals.missingFrames += 1;
      this.emit({ type: "acknowledgeFrame", frameId: own.frameId });
    }
    const frame = this.queue.first;
    if (frame === undefined && this.queue.lastId < frameId) return false;
    if (this.#cohort === null && !this.inFlight.admits(this.nextCohort)) return false;
    const block = this.#openBlock ?? (this.mayOpenBlock && !this.finishingLags ? this.openBlock() : null);
    if (block === null) return false;
    block.peer.add(KIND.sift, [sift.body]);
    if (frame?.frameId !== frameId) {
      this.totals.missingFrames += 1;
      this.#skip(block, frameId, "missing");
      return true;
    }
    this.queue.shift();
    if (sameDetections(frame, sift.message)) this.#reply(block, frame, sift.message);
    else {
      wipePlanes(frame);
      this.totals.digestMismatches += 1;
      this.#skip(block, frameId, "digest");
      const { detections: peerDetections } = sift.message;
      const context = { ownDetections: frame.detections, peerDetections };
      this.emit({ type: "failure", error: digestError(frameId, context) });
    }
    this.emit({ type: "acknowledgeFrame", frameId });
    return true;
  }

  #skip(block: Block, frameId: number, reason: SkipReason): void {
    block.skippedFrames += 1;
    this.sendIn(block, KIND.skip, encodeSkip({ sequence: block.sequence, frameId, reason }));
  }

  #reply(block: Block, frame: EngineFrame, sift: SiftMessage): void {
    const sifted = this.#siftFrame(block, frame, sift);
    if (sifted === null) {
      this.#skip(block, frame.frameId, "missing");
      return;
    }
    const { z, x, xBit, sent, basis } = sifted;
    const cohort = this.#openCohort(block, frame);
    block.tally({
      gates: frame.gateCount,
      detections: frame.detections,
      doubleClicks: sift.doubleClicks,
      photocurrentNa: sift.photocurrentNa,
      sent,
      sifted: { z: z.perIntensity, x: x.perIntensity },
    });
    block.counts.addOnes(0, z.ones);
    block.counts.addOnes(1, x.ones);
    this.#count(block, frame.detections, frame.gateCount, z.bits, x.bits);
    const endsBlock = block.detections >= this.#blockDetections;
    const endsCohort = endsBlock || cohort.key.bits >= this.settings.cohortBits;
    const message = {
      sequence: block.sequence,
      frameId: frame.frameId,
      cohort: cohort.index,
      endsCohort,
      endsBlock,
      sent,
      detections: frame.detections,
      zBits: z.bits,
      xBits: x.bits,
      basis,
      zDecoys: z.intensities.decoys,
      zDecoy: z.intensities.decoy,
      zVacuum: z.intensities.vacuum,
      xDecoys: x.intensities.decoys,
      xDecoy: x.intensities.decoy,
      xVacuum: x.intensities.vacuum,
      xBit,
    };
    this.sendIn(block, KIND.siftReply, encodeSiftReply(message));
    if (endsCohort) this.#endCohort(cohort);
    if (endsBlock) block.closed = true;
    if (2 * block.detections >= this.#blockDetections) this.supply.prepare(this.nextSequence);
  }

  /** A frame that no transceiver can have made is reported and left out, like a missing one. */
  #siftFrame(block: Block, frame: EngineFrame, sift: SiftMessage): SiftedFrame | null {
    try {
      return siftFrame(this.kernels.bits, frame, sift.basis, this.#memory, (bit, bits) =>
        this.#openCohort(block, frame).key.append(bit, bits),
      );
    } catch (error) {
      if (!(error instanceof DistillationError)) throw error;
      this.totals.refusedFrames += 1;
      this.emit({ type: "failure", error });
      return null;
    }
  }

  #count(block: Block, detections: number, gates: bigint, zBits: number, xBits: number): void {
    this.totals.frames += 1;
    this.totals.detections += detections;
    this.totals.gates += gates;
    this.totals.siftedZ += zBits;
    this.totals.siftedX += xBits;
    this.totals.openBlockBits = block.counts.siftedOf(0);
  }

  /** The cohort that the frame joins. */
  #openCohort(block: Block, frame: EngineFrame): Cohort {
    if (this.#cohort !== null) return this.#cohort;
    const cohort = new Cohort(this.nextCohort++, this.settings.cohortBits + frame.detections, this.#pool);
    this.#cohort = cohort;
    block.cohorts.push(cohort);
    this.inFlight.add(cohort);
    return cohort;
  }

  #endCohort(cohort: Cohort): void {
    cohort.close();
    this.#cohort = null;
    if (cohort.bits === 0) this.#settle(cohort, "kept");
  }

  #cohortOpen(body: Uint8Array): void {
    const message = decodeCohortOpen(body);
    const { block, cohort } = this.#find(message);
    if (cohort.state !== "reconciling" || cohort.dialogue !== null || cohort.attempt !== 0)
      throw outOfTurn(message.cohort);
    block.peer.add(KIND.cohortOpen, [body]);
    const { qberPpm, seed } = message;
    cohort.dialogue = new CascadeDialogue(this.kernels, block.ledger, cohort.index, {
      role: "alice",
      qberPpm,
      seed,
      key: cohort.raw,
      keyBits: cohort.bits,
    });
    this.#next(block, cohort);
  }

  #parities(body: Uint8Array): void {
    const message = decodeParities(body);
    const block = this.blockOf(message.sequence);
    block.peer.add(KIND.parities, [body]);
    for (const entry of message.entries) {
      const cohort = this.cohortOf(block, entry.cohort);
      if (cohort.state !== "reconciling" || cohort.dialogue === null) throw outOfTurn(entry.cohort);
      cohort.dialogue.absorb(entry);
      this.#next(block, cohort);
    }
  }

  /** The cohort's next round, or its verification. */
  #next(block: Block, cohort: Cohort): void {
    const { dialogue } = cohort;
    if (dialogue === null) return;
    if (!dialogue.done) {
      this.queueParities(block, dialogue.emit());
      return;
    }
    cohort.state = "verifying";
    const { sequence } = block;
    const { index, attempt } = cohort;
    const hashKey = this.random(this.kernels.hash.keyBytes, `verify/${sequence}/${index}/${attempt}`);
    // Cascade flips Bob's bits only.
    const tag = this.kernels.hash.polynomial(hashKey, cohort.raw);
    block.ledger.tag(8 * tag.length);
    block.collisionBound += this.kernels.hash.collisionBound(cohort.raw.length);
    this.sendBehindParities(
      block,
      KIND.verify,
      encodeVerify({ sequence, cohort: index, attempt, hashKey, tag }),
    );
  }

  #verdict(body: Uint8Array): void {
    const message = decodeVerdict(body);
    const { block, cohort } = this.#find(message);
    const givesUp = message.verdict === "discard" && cohort.state === "reconciling" && !cohort.dialogue;
    const tooOften = message.verdict === "extend" && cohort.attempt >= MAX_EXTENSIONS;
    if ((cohort.state !== "verifying" && !givesUp) || message.attempt !== cohort.attempt || tooOften)
      throw outOfTurn(message.cohort);
    block.peer.add(KIND.verdict, [body]);
    block.ledger.verdict();
    if (message.verdict === "equal") {
      this.#settle(cohort, "kept");
      return;
    }
    if (message.verdict === "extend") {
      cohort.attempt += 1;
      cohort.state = "reconciling";
      cohort.dialogue?.extend();
      this.totals.extendedCohorts += 1;
      this.#next(block, cohort);
      return;
    }
    this.totals.discardedCohorts += 1;
    block.ledger.disclose(cohort.bits);
    const { sequence } = block;
    const plane = cohort.raw.slice();
    this.sendIn(
      block,
      KIND.disclose,
      encodeDisclose({ sequence, cohort: cohort.index, bits: cohort.bits, plane }),
    );
    this.#settle(cohort, "discarded");
  }

  #settle(cohort: Cohort, state: "kept" | "discarded"): void {
    cohort.settle(state);
    this.inFlight.shed();
  }

  #done(body: Uint8Array): void {
    const block = this.#closing.done(body, this.finishing);
    if (block.key !== null) this.release(block);
  }

  #find(message: { readonly sequence: number; readonly cohort: number }): { block: Block; cohort: Cohort } {
    const block = this.blockOf(message.sequence);
    return { block, cohort: this.cohortOf(block, message.cohort) };
  }
}

function outOfTurn(cohort: number): PeerError {
  return new PeerError("QKD_PEER_PROTOCOL", "the peer's message about a cohort is out of turn", {
    context: { cohort },
  });
}
