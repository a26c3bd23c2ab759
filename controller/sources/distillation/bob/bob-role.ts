import {
  distillationAgree,
  distillationHave,
  distillationOmit,
  distillationSiftReply,
  type PeerValueOf,
} from "../../../../protocol/index.ts";
import type { Block } from "../block/block.ts";
import type { BlockEffect } from "../block/block-stage.ts";
import { outOfTurn } from "../block/out-of-turn.ts";
import { BobCollector } from "../collecting/bob-collector.ts";
import { digestError } from "../collecting/digest-error.ts";
import { heldLimitBytes } from "../collecting/held-limit.ts";
import type { FrameFacts } from "../frame-facts.ts";
import { PlanePool } from "../memory/plane-pool.ts";
import { Receivers } from "../session/receivers.ts";
import type { Role, SessionPort } from "../session/session-port.ts";
import { blockDetections } from "../settings.ts";
import { BobClosing } from "./bob-closing.ts";
import { BobReconciler } from "./bob-reconciler.ts";
import { announceBases, takeAnswer } from "./bob-sifting.ts";

/**
 * Distillation at the receiver's site: Bob tells which frames came, announces his bases once Alice has named a block whose
 * frames he all holds, corrects his bits to hers, and counts the errors.
 */
export class BobRole implements Role {
  readonly #session: SessionPort;
  readonly #pool: PlanePool;
  readonly #collector: BobCollector;
  readonly #reconciler: BobReconciler;
  readonly #receivers: Receivers;
  readonly #blockDetections: number;

  constructor(session: SessionPort) {
    this.#session = session;
    const limitBytes = heldLimitBytes("qrx", session.settings);
    this.#blockDetections = blockDetections(session.settings);
    this.#pool = new PlanePool(limitBytes);
    this.#collector = new BobCollector(
      {
        now: () => session.nowMs,
        tell: (have) => session.send(distillationHave, have),
        acknowledge: (facts) => session.acknowledge(facts),
        collected: (frame) => session.collected(frame),
      },
      this.#pool,
      limitBytes,
    );
    this.#reconciler = new BobReconciler(session);
    this.#receivers = new Receivers(session)
      .on(distillationOmit, (omit) => this.#omit(omit))
      .on(distillationAgree, (agree, body) => this.#agree(agree, body))
      .inBlock(distillationSiftReply, (block, reply) => takeAnswer(session, block, reply));
    this.#reconciler.join(this.#receivers);
    new BobClosing(session).join(this.#receivers);
  }

  get toldEnough(): boolean {
    return this.#collector.detections >= this.#blockDetections;
  }

  offer(facts: FrameFacts, planes: Uint8Array): boolean {
    return this.#collector.offer(facts, planes);
  }

  pump(): void {
    const session = this.#session;
    this.#collector.tell();
    if (!session.finishingLags) for (const block of session.blocks) announceBases(session, block);
    this.#reconciler.beginCohorts();
    for (let [oldest] = session.blocks; oldest?.stage.at === "reconciled"; [oldest] = session.blocks)
      session.advance(oldest, { type: "oldest" });
    session.totals.heldBytes = this.#pool.heldBytes;
  }

  receive(kind: number, body: Uint8Array): void {
    this.#receivers.receive(kind, body);
  }

  perform(block: Block, effect: BlockEffect): void {
    if (effect === "beginReconciliation") this.#reconciler.open(block);
    else if (effect === "sendEstimates") this.#reconciler.count(block);
  }

  restart(): void {
    this.#collector.restart();
    this.#session.totals.heldBytes = this.#pool.heldBytes;
    this.#reconciler.restart();
  }

  flush(): void {}

  recycle(): void {}

  #omit({ number, reason }: PeerValueOf<typeof distillationOmit>): void {
    const frameId = this.#collector.omit(number);
    const { totals } = this.#session;
    if (reason === "digest") {
      totals.digestMismatches += 1;
      this.#session.failed(digestError(frameId));
    } else totals.missingFrames += 1;
  }

  #agree(agree: PeerValueOf<typeof distillationAgree>, body: Uint8Array): void {
    // Asked first: frames that left the collector must belong to a block, or nobody would give their memory back.
    if (!this.#session.mayOpen) throw outOfTurn("opens a block that cannot be opened", agree);
    const frames = this.#collector.agree(agree, this.#blockDetections);
    const block = this.#session.open(frames);
    if (block.sequence !== agree.sequence) throw outOfTurn("opens another block than the next", block);
    block.hear(distillationAgree.kind, body, agree.heard);
  }
}
