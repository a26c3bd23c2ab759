import {
  distillationAgree,
  distillationDone,
  distillationHave,
  distillationOmit,
  distillationSift,
  distillationSiftReply,
  type PeerValueOf,
} from "../../../../protocol/index.ts";
import type { Block } from "../block/block.ts";
import type { BlockEffect } from "../block/block-stage.ts";
import { outOfTurn } from "../block/out-of-turn.ts";
import { AliceCollector } from "../collecting/alice-collector.ts";
import { frameList, frameListDigest } from "../collecting/frame-list.ts";
import { blockLimitBytes, heldLimitBytes } from "../collecting/held-limit.ts";
import type { FrameFacts } from "../frame-facts.ts";
import { PlanePool } from "../memory/plane-pool.ts";
import { StepMemory } from "../memory/step-memory.ts";
import { Receivers } from "../session/receivers.ts";
import type { Role, SessionPort } from "../session/session-port.ts";
import { blockDetections } from "../settings.ts";
import { siftFrame } from "../sifting/alice-sifting.ts";
import { AliceClosing } from "./alice-closing.ts";
import { AliceReconciler } from "./alice-reconciler.ts";

/**
 * Distillation at the transmitter's site. Alice decides which frames form a block, when they are all received; then
 * whether it gives a key and of what length; and the seed of the final hash, drawn only after the block is reconciled.
 */
export class AliceRole implements Role {
  readonly #session: SessionPort;
  readonly #memory = new StepMemory();
  readonly #pool: PlanePool;
  readonly #collector: AliceCollector;
  readonly #closing: AliceClosing;
  readonly #receivers: Receivers;
  readonly #blockDetections: number;
  /** The next block ends with what there is. */
  #flushing = false;

  constructor(session: SessionPort) {
    this.#session = session;
    const { settings, kernels, totals } = session;
    const heldBytes = heldLimitBytes("qtx", settings);
    this.#blockDetections = blockDetections(settings);
    this.#pool = new PlanePool(heldBytes);
    this.#closing = new AliceClosing(session);
    this.#collector = new AliceCollector(
      {
        now: () => session.nowMs,
        omit: (number, reason) => session.send(distillationOmit, { number, reason }),
        acknowledge: (facts) => session.acknowledge(facts),
        collected: (frame) => session.collected(frame),
        missing: () => {
          totals.missingFrames += 1;
        },
        mismatch: () => {
          totals.digestMismatches += 1;
        },
        refused: () => {
          totals.refusedFrames += 1;
        },
        failed: (error) => session.failed(error),
      },
      kernels.bits,
      this.#pool,
      { heldBytes, blockBytes: blockLimitBytes(settings) },
    );
    const reconciler = new AliceReconciler(session);
    this.#receivers = new Receivers(session)
      .on(distillationHave, (have) => this.#collector.told(have))
      .inBlock(distillationSift, (block, sift) => this.#answer(block, sift))
      .on(distillationDone, ({ sequence }) =>
        session.advance(session.finishing(sequence), { type: "confirmed" }),
      );
    reconciler.join(this.#receivers);
    this.#closing.join(this.#receivers);
  }

  get toldEnough(): boolean {
    return false;
  }

  offer(facts: FrameFacts, planes: Uint8Array): boolean {
    return this.#collector.offer(facts, planes);
  }

  pump(): void {
    this.#collector.match();
    while (this.#agree());
    if (2 * this.#collector.detections >= this.#blockDetections || this.#collector.overfull)
      this.#session.prepare();
    this.#session.totals.heldBytes = this.#pool.heldBytes;
  }

  receive(kind: number, body: Uint8Array): void {
    this.#receivers.receive(kind, body);
  }

  perform(block: Block, effect: BlockEffect): void {
    if (effect === "decide") this.#closing.decide(block);
  }

  restart(): void {
    this.#flushing = false;
    this.#collector.restart();
    this.#session.totals.heldBytes = this.#pool.heldBytes;
  }

  flush(): void {
    this.#collector.match();
    this.#flushing = this.#collector.detections > 0;
    this.#session.prepare();
  }

  recycle(): void {
    this.#memory.recycle();
  }

  /** Opens a block as soon as the frames that both sites have fill it, or can be no more. */
  #agree(): boolean {
    const session = this.#session;
    if (!session.mayOpen || session.finishingLags) return false;
    const short = this.#collector.detections < this.#blockDetections;
    const flushed = short && (this.#flushing || this.#collector.overfull);
    const choice = flushed ? this.#collector.chooseAll() : this.#collector.choose(this.#blockDetections);
    if (choice === null) return false;
    if (flushed) this.#flushing = false;
    const { frames, last, detections } = choice;
    const block = session.open(frames);
    session.tell(block, distillationAgree, {
      last,
      frames: frames.length,
      detections,
      flushed,
      listDigest: frameListDigest(frameList(frames)),
    });
    return true;
  }

  #answer(block: Block, sift: PeerValueOf<typeof distillationSift>): void {
    const frame = block.frames[sift.frame];
    const { stage } = block;
    if (
      frame === undefined ||
      stage.at !== "sifting" ||
      sift.frame !== stage.sifted ||
      sift.detections !== frame.facts.detections
    )
      throw outOfTurn("sifts another frame than the next", block);
    const session = this.#session;
    const { facts } = frame;
    const { z, x, xBit, sent, basis } = siftFrame(
      session.kernels.bits,
      frame,
      sift.basis,
      this.#memory,
      (bit, bits) => block.key.append(bit, bits),
    );
    block.readings.add({
      gates: facts.gateCount,
      detections: facts.detections,
      doubleClicks: sift.doubleClicks,
      photocurrentNa: sift.photocurrentNa,
    });
    block.counts.addSent(sent);
    block.counts.addSifted(0, z.perIntensity);
    block.counts.addSifted(1, x.perIntensity);
    block.counts.addOnes(0, z.ones);
    block.counts.addOnes(1, x.ones);
    session.totals.siftedZ += z.bits;
    session.totals.siftedX += x.bits;
    session.tell(block, distillationSiftReply, {
      frame: sift.frame,
      sent,
      detections: facts.detections,
      basis,
      zBits: z.bits,
      zDecoys: z.intensities.decoys,
      zDecoy: z.intensities.decoy,
      zVacuum: z.intensities.vacuum,
      xBits: x.bits,
      xDecoys: x.intensities.decoys,
      xDecoy: x.intensities.decoy,
      xVacuum: x.intensities.vacuum,
      xBit,
    });
    session.advance(block, { type: "frameSifted" });
  }
}
