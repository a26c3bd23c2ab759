import { timingSafeEqual } from "node:crypto";
import { PeerError } from "../../../../errors/index.ts";
import { BobClosing } from "../closing/bob-closing.ts";
import type { EngineFrame } from "../engine.ts";
import { WordPool } from "../memory/word-pool.ts";
import {
  decodeDisclose,
  decodeParities,
  decodeSiftReply,
  decodeSkip,
  decodeVerify,
  encodeCohortOpen,
  encodeSift,
  encodeVerdict,
  KIND,
  type SiftReplyMessage,
  type Verdict,
} from "../messages/index.ts";
import { CascadeDialogue } from "../reconciliation/cascade-dialogue.ts";
import { Cohort, MAX_EXTENSIONS } from "../reconciliation/cohort.ts";
import { cohortErrors } from "../reconciliation/cohort-errors.ts";
import { flightLimits } from "../reconciliation/cohorts-in-flight.ts";
import { HOPELESS_RATE, QberEstimate } from "../reconciliation/qber-estimate.ts";
import { blockDetections } from "../settings.ts";
import { digestError } from "../sifting/alice-sifting.ts";
import { siftAnswered } from "../sifting/bob-sifting.ts";
import { framePlane, wipePlanes } from "../sifting/frame-planes.ts";
import type { Block } from "./block.ts";
import { type EngineParts, SessionEngine } from "./session-engine.ts";

/** Sifting messages sent ahead of Alice's answers. */
const OPEN_SIFTS = 8;
/** Bytes of the public seed of a block's permutations and subsets. */
const SEED_BYTES = 32;

interface OpenSift {
  readonly frame: EngineFrame;
  readonly parts: readonly Uint8Array[];
}

/** Distillation at the receiver's site: Bob sifts first, corrects his bits to Alice's, and counts the errors. */
export class BobEngine extends SessionEngine {
  #sifts: OpenSift[] = [];
  readonly #pool = new WordPool();
  #cohort: Cohort | null = null;
  #estimate: QberEstimate;
  /** Space for the key of the cohort that is verified; zero in between. */
  #corrected = new Uint8Array();
  readonly #blockDetections: number;
  readonly #closing: BobClosing;

  constructor(parts: EngineParts) {
    super("bob", parts);
    this.#blockDetections = blockDetections(this.settings);
    this.#estimate = new QberEstimate(flightLimits(this.settings.cohortsInFlight).window);
    this.#closing = new BobClosing({
      settings: this.settings,
      kernels: this.kernels,
      send: (block, kind, bodyParts) => this.sendIn(block, kind, bodyParts),
      sendPlain: (kind, bodyParts) => this.sendPlain(kind, bodyParts),
      authenticated: (block) => this.authenticated(block),
    });
  }

  protected established(): void {}

  protected forget(): void {
    // Frames whose sifting was sent are spent: their bases are public, and may be part of a message of this very step.
    for (const { frame } of this.#sifts) {
      wipePlanes(frame, 1);
      this.emit({ type: "acknowledgeFrame", frameId: frame.frameId });
    }
    this.#sifts = [];
    this.#cohort = null;
    this.#estimate = new QberEstimate(flightLimits(this.settings.cohortsInFlight).window);
  }

  protected pump(): void {
    for (let frame = this.queue.first; frame !== undefined; frame = this.queue.first) {
      if (this.#sifts.length >= OPEN_SIFTS || this.finishingLags) break;
      this.queue.shift();
      const parts = encodeSift({
        frameId: frame.frameId,
        firstGate: frame.firstGate,
        gateCount: frame.gateCount,
        detections: frame.detections,
        gateDigest: frame.gateDigest,
        doubleClicks: frame.doubleClicks ?? 0,
        photocurrentNa: frame.photocurrentNa ?? 0,
        basis: framePlane(frame, 0),
      });
      this.#sifts.push({ frame, parts });
      this.sendPlain(KIND.sift, parts);
    }
    const oldest = this.blocks[0];
    if (oldest !== undefined) this.#closing.advance(oldest);
  }

  protected receive(kind: number, body: Uint8Array): void {
    switch (kind) {
      case KIND.siftReply:
        this.#siftReply(body);
        return;
      case KIND.skip:
        this.#skip(body);
        return;
      case KIND.parities:
        this.#parities(body);
        return;
      case KIND.verify:
        this.#verify(body);
        return;
      case KIND.disclose:
        this.#disclose(body);
        return;
      case KIND.amplify:
      case KIND.seed:
      case KIND.tag:
        this.#closing.receive(kind, body, (sequence) => this.#oldest(sequence));
        return;
      default:
        throw new PeerError("QKD_PEER_PROTOCOL", "the peer sent a message that is not Alice's to send", {
          context: { kind },
        });
    }
  }

  protected amplified(block: Block): void {
    this.release(block);
  }

  #oldest(sequence: number): Block {
    const block = this.blockOf(sequence);
    if (block !== this.blocks[0]) throw outOfTurn("closes a block before an older one");
    return block;
  }

  /** The block Alice puts a frame into: the open one, or the next after she closed it. */
  #sifting(sequence: number): Block {
    const youngest = this.blocks.at(-1);
    if (youngest !== undefined && !youngest.closed) {
      if (youngest.sequence !== sequence) throw outOfTurn("sifts into a block that is not open");
      return youngest;
    }
    const block = sequence === this.nextSequence && this.mayOpenBlock ? this.openBlock() : null;
    if (block === null) throw outOfTurn("sifts into a block that cannot be opened");
    return block;
  }

  #takeSift(frameId: number): OpenSift {
    const sift = this.#sifts[0];
    if (sift?.frame.frameId !== frameId) throw outOfTurn("answers for a frame that is not the next");
    this.#sifts.shift();
    this.emit({ type: "acknowledgeFrame", frameId });
    return sift;
  }

  #skip(body: Uint8Array): void {
    const message = decodeSkip(body);
    const block = this.#sifting(message.sequence);
    if (message.reason === "flushed") {
      block.peer.add(KIND.skip, [body]);
      if (this.#cohort !== null) this.#endCohort(block, this.#cohort);
      block.closed = true;
      return;
    }
    const sift = this.#takeSift(message.frameId);
    block.skippedFrames += 1;
    block.own.add(KIND.sift, sift.parts);
    block.peer.add(KIND.skip, [body]);
    wipePlanes(sift.frame);
    if (message.reason === "missing") this.totals.missingFrames += 1;
    else this.#digestMismatch(message.frameId);
  }

  #digestMismatch(frameId: number): void {
    this.totals.digestMismatches += 1;
    this.emit({ type: "failure", error: digestError(frameId) });
  }

  #siftReply(body: Uint8Array): void {
    const message = decodeSiftReply(body);
    const block = this.#sifting(message.sequence);
    const { frame, parts } = this.#takeSift(message.frameId);
    block.own.add(KIND.sift, parts);
    block.peer.add(KIND.siftReply, [body]);
    const sifted = siftAnswered(this.kernels.bits, frame, message, (z) => {
      const cohort = this.#cohortFor(block, message);
      cohort.key.append(z.bit, z.bits);
      cohort.decoy.append(z.decoy, z.bits);
      cohort.vacuum.append(z.vacuum, z.decoys);
    });
    if (typeof sifted === "string") throw outOfTurn(sifted);
    const cohort = this.#cohortFor(block, message);
    const { zBits, xBits, xErrors } = sifted;
    block.counts.addErrors(1, xErrors);
    block.counts.addOnes(1, sifted.xOnes);
    cohort.test = { errors: cohort.test.errors + sum(xErrors), bits: cohort.test.bits + xBits };
    block.tally({
      gates: frame.gateCount,
      detections: frame.detections,
      doubleClicks: frame.doubleClicks ?? 0,
      photocurrentNa: frame.photocurrentNa ?? 0,
      sent: message.sent,
      sifted: { z: sifted.z, x: sifted.x },
    });
    this.totals.frames += 1;
    this.totals.detections += frame.detections;
    this.totals.gates += frame.gateCount;
    this.totals.siftedZ += zBits;
    this.totals.siftedX += xBits;
    this.totals.openBlockBits = block.counts.siftedOf(0);
    // Where blocks and cohorts end follows from the settings: the statistics rest on it, and the memory.
    const endsBlock = block.detections >= this.#blockDetections;
    const endsCohort = endsBlock || cohort.key.bits >= this.settings.cohortBits;
    if (message.endsBlock !== endsBlock || message.endsCohort !== endsCohort)
      throw outOfTurn("ends a cohort or block elsewhere than agreed");
    if (endsCohort) this.#endCohort(block, cohort);
    if (endsBlock) block.closed = true;
  }

  #cohortFor(block: Block, message: SiftReplyMessage): Cohort {
    if (this.#cohort === null) {
      if (!this.inFlight.admits(this.nextCohort)) throw outOfTurn("has more cohorts in flight than agreed");
      const capacity = this.settings.cohortBits + message.detections;
      this.#cohort = new Cohort(this.nextCohort++, capacity, this.#pool);
      block.cohorts.push(this.#cohort);
      this.inFlight.add(this.#cohort);
    }
    if (message.cohort !== this.#cohort.index) throw outOfTurn("fills another cohort than the open one");
    return this.#cohort;
  }

  #endCohort(block: Block, cohort: Cohort): void {
    cohort.close();
    this.#cohort = null;
    if (cohort.bits === 0) {
      this.#settle(cohort, "kept", 0);
      return;
    }
    const { sequence } = block;
    const { index } = cohort;
    const qber = this.#estimate.expect(index, cohort.test);
    if (qber > HOPELESS_RATE) {
      this.#answer(block, cohort, "discard");
      return;
    }
    const qberPpm = Math.round(qber * 1e6);
    block.cascadeSeed ??= this.random(SEED_BYTES, `cascade/${sequence}`);
    const seed = block.cascadeSeed;
    this.sendIn(block, KIND.cohortOpen, encodeCohortOpen({ sequence, cohort: index, qberPpm, seed }));
    cohort.dialogue = new CascadeDialogue(this.kernels, block.ledger, index, {
      role: "bob",
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
      if (cohort.state !== "reconciling" || cohort.dialogue === null)
        throw outOfTurn("sends parities of a cohort that waits for none");
      cohort.dialogue.absorb(entry);
      this.#next(block, cohort);
    }
  }

  #next(block: Block, cohort: Cohort): void {
    const { dialogue } = cohort;
    if (dialogue === null) return;
    if (dialogue.done) cohort.state = "verifying";
    else this.queueParities(block, dialogue.emit());
  }

  #verify(body: Uint8Array): void {
    const message = decodeVerify(body);
    const block = this.blockOf(message.sequence);
    const cohort = this.cohortOf(block, message.cohort);
    const { hash } = this.kernels;
    if (cohort.state !== "verifying" || cohort.dialogue === null || message.attempt !== cohort.attempt)
      throw outOfTurn("verifies a cohort that is not ready");
    if (message.hashKey.length !== hash.keyBytes || message.tag.length !== hash.tagBytes)
      throw outOfTurn("sends a tag of the wrong length");
    block.peer.add(KIND.verify, [body]);
    block.ledger.tag(8 * message.tag.length);
    block.collisionBound += hash.collisionBound(cohort.raw.length);
    if (this.#corrected.length < cohort.raw.length) this.#corrected = new Uint8Array(cohort.raw.length);
    const corrected = cohort.dialogue.result(this.#corrected);
    try {
      if (timingSafeEqual(hash.polynomial(message.hashKey, corrected), message.tag)) {
        this.#answer(block, cohort, "equal");
        this.#settle(cohort, "kept", this.#countErrors(block, cohort, corrected), corrected);
        return;
      }
    } finally {
      corrected.fill(0);
    }
    if (cohort.attempt >= MAX_EXTENSIONS) {
      this.#answer(block, cohort, "discard");
      return;
    }
    this.#answer(block, cohort, "extend");
    this.totals.extendedCohorts += 1;
    cohort.attempt += 1;
    cohort.state = "reconciling";
    cohort.dialogue.extend();
    this.#next(block, cohort);
  }

  #answer(block: Block, cohort: Cohort, verdict: Verdict): void {
    const { sequence } = block;
    block.ledger.verdict();
    if (verdict === "discard") cohort.state = "disclosing";
    this.sendIn(
      block,
      KIND.verdict,
      encodeVerdict({ sequence, cohort: cohort.index, attempt: cohort.attempt, verdict }),
    );
  }

  #disclose(body: Uint8Array): void {
    const message = decodeDisclose(body);
    const block = this.blockOf(message.sequence);
    const cohort = this.cohortOf(block, message.cohort);
    if (cohort.state !== "disclosing" || message.bits !== cohort.bits)
      throw outOfTurn("discloses a cohort that was not given up");
    block.peer.add(KIND.disclose, [body]);
    block.ledger.disclose(cohort.bits);
    this.totals.discardedCohorts += 1;
    this.#settle(cohort, "discarded", this.#countErrors(block, cohort, message.plane));
  }

  /** Enters the errors per intensity of a cohort whose true bits are known; returns their sum. */
  #countErrors(block: Block, cohort: Cohort, truth: Uint8Array): number {
    const { errors, ones } = cohortErrors(this.kernels.bits, cohort, truth);
    block.counts.addErrors(0, errors);
    block.counts.addOnes(0, ones);
    return sum(errors);
  }

  #settle(cohort: Cohort, state: "kept" | "discarded", errors: number, corrected?: Uint8Array): void {
    this.#estimate.settled(cohort.index, { errors, bits: cohort.bits }, cohort.test);
    cohort.settle(state, corrected);
    this.inFlight.shed();
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function outOfTurn(what: string): PeerError {
  return new PeerError("QKD_PEER_PROTOCOL", `out of turn: the peer ${what}`);
}
