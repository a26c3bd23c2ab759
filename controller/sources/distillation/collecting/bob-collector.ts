import { PeerError } from "../../../../errors/index.ts";
import type { distillationAgree, distillationHave, PeerValueOf } from "../../../../protocol/index.ts";
import type { FrameFacts } from "../frame-facts.ts";
import type { PlanePool } from "../memory/plane-pool.ts";
import { sameBytes } from "../memory/same-bytes.ts";
import type { CollectedFrame } from "./collected-frame.ts";
import { FrameIntake } from "./frame-intake.ts";
import { detectionsOf, frameList, frameListDigest } from "./frame-list.ts";
import { MAX_TOLD_FRAMES } from "./held-limit.ts";

type Have = PeerValueOf<typeof distillationHave>;
type Agree = PeerValueOf<typeof distillationAgree>;

/** What collecting may do to the world. */
export interface BobCollectorPort {
  now(): number;
  tell(have: Have): void;
  /** The frame's place is free and its credit goes back. */
  acknowledge(facts: FrameFacts): void;
  collected(frame: CollectedFrame): void;
}

interface Told {
  readonly frame: CollectedFrame;
  readonly number: number;
}

/**
 * Bob's side of collecting: tells each frame on arrival by gates, detections and digest, and keeps it until Alice names
 * the block that it is part of or leaves it out. No basis, bit or double click is told.
 */
export class BobCollector {
  readonly #intake = new FrameIntake("qrx");
  readonly #port: BobCollectorPort;
  readonly #pool: PlanePool;
  readonly #limitBytes: number;
  /** Kept frames of a broken session, to be told again before those of the intake. */
  #again: CollectedFrame[] = [];
  #told: Told[] = [];
  #nextNumber = 0;

  constructor(port: BobCollectorPort, pool: PlanePool, limitBytes: number) {
    this.#port = port;
    this.#pool = pool;
    this.#limitBytes = limitBytes;
  }

  /** Detections of the frames that were told and belong to no block. */
  get detections(): number {
    return this.#told.reduce((sum, { frame }) => sum + frame.facts.detections, 0);
  }

  /** False when the frame is refused. @throws DistillationError QKD_DISTILLATION_FRAME. */
  offer(facts: FrameFacts, planes: Uint8Array): boolean {
    return this.#intake.offer(facts, planes);
  }

  /** Tells what may be kept; at the bound frames wait under the device's credit. */
  tell(): void {
    for (const frame of this.#again.splice(0)) this.#tell(frame);
    while (this.#told.length < MAX_TOLD_FRAMES && this.#pool.heldBytes < this.#limitBytes) {
      const frame = this.#intake.shift();
      if (frame === undefined) return;
      frame.keep(this.#pool, this.#port.now());
      this.#port.acknowledge(frame.facts);
      this.#port.collected(frame);
      this.#tell(frame);
    }
  }

  /** Alice leaves a frame out; returns its number at this site. @throws PeerError for one that was not told. */
  omit(number: number): number {
    const index = this.#told.findIndex((told) => told.number === number);
    const [told] = index < 0 ? [] : this.#told.splice(index, 1);
    if (told === undefined) throw outOfTurn("leaves out a frame that it was not told", { number });
    told.frame.drop();
    return told.frame.facts.frameId;
  }

  /**
   * The frames of the block that Alice names: all that were told and not left out, up to the last one. Bob holds every one
   * of them, so that whatever is announced from here on comes after their signals, whoever sent the message.
   * @throws PeerError QKD_PEER_PROTOCOL when the list is another than his, or ends elsewhere than agreed.
   */
  agree(message: Agree, blockDetections: number): readonly CollectedFrame[] {
    const count = 1 + this.#told.findIndex(({ number }) => number === message.last);
    const frames = this.#told.slice(0, count).map(({ frame }) => frame);
    const sum = detectionsOf(frames);
    const before = sum - (frames.at(-1)?.facts.detections ?? 0);
    if (
      count !== message.frames ||
      sum !== message.detections ||
      !sameBytes(frameListDigest(frameList(frames)), message.listDigest)
    )
      throw outOfTurn("agrees on other frames than were told", { frames: message.frames, told: count });
    if (count === 0 || before >= blockDetections || (sum < blockDetections && !message.flushed))
      throw outOfTurn("ends a block elsewhere than agreed", { detections: sum });
    this.#told.splice(0, count);
    return frames;
  }

  /** The session is over. Nothing of these frames was announced: they are told anew in the next. */
  restart(): void {
    this.#again = [...this.#told.splice(0).map(({ frame }) => frame), ...this.#again];
    this.#nextNumber = 0;
  }

  #tell(frame: CollectedFrame): void {
    const number = this.#nextNumber++;
    const { firstGate, gateCount, detections, gateDigest } = frame.facts;
    this.#told.push({ frame, number });
    this.#port.tell({ number, firstGate, gateCount, detections, gateDigest });
  }
}

function outOfTurn(what: string, context: Record<string, number>): PeerError {
  return new PeerError("QKD_PEER_PROTOCOL", `out of turn: the peer ${what}`, { context });
}
