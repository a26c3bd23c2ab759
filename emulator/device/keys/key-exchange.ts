import { SecretBytes } from "../../../protocol/index.ts";
import type { Role } from "../device-profile.ts";
import type { FrameHalf } from "./frame-half.ts";
import { FrameOutbox } from "./frame-outbox.ts";
import type { FrameReceiver } from "./frame-receiver.ts";

/** One key exchange of a device: its owner, its frames on their way out, its counters. */
export class KeyExchange<Owner extends FrameReceiver = FrameReceiver> {
  readonly number: number;
  readonly owner: Owner;
  readonly outbox: FrameOutbox<FrameHalf>;
  readonly #role: Role;
  readonly #firstFrameId: number;
  #detections = 0;
  #zDetections = 0;
  #doubleClicks = 0;

  constructor(role: Role, number: number, owner: Owner, firstFrameId: number, creditFrames: number) {
    this.#role = role;
    this.number = number;
    this.owner = owner;
    this.#firstFrameId = firstFrameId;
    this.outbox = new FrameOutbox(firstFrameId, creditFrames);
  }

  get counters() {
    return {
      detections: this.#detections,
      zDetections: this.#zDetections,
      doubleClicks: this.#doubleClicks,
    };
  }

  /** Takes a completed frame. False when it had to be dropped. */
  offer(frame: FrameHalf): boolean {
    if (frame.frameId < this.#firstFrameId) {
      frame.finished();
      return true;
    }
    this.#detections += frame.detections;
    this.#zDetections += frame.statistics.zDetections;
    this.#doubleClicks += frame.statistics.doubleClicks;
    const taken = this.outbox.offer(frame);
    if (!taken) frame.finished();
    return taken;
  }

  /** Frames not yet sent are dropped. */
  end(): void {
    for (const frame of this.outbox.clear()) frame.finished();
  }

  /** Sends what credit and the connection allow. Returns the number of frames sent. */
  flush(): number {
    let sent = 0;
    while (this.owner.takesFrames) {
      const frame = this.outbox.take();
      if (frame === undefined) break;
      this.#send(frame);
      sent += 1;
    }
    return sent;
  }

  #send(frame: FrameHalf): void {
    const { frameId, firstGate, gateCount, detections, gateDigest, planes, sent, statistics, finished } =
      frame;
    const head = {
      sessionNumber: this.number,
      frameId,
      firstGate,
      gateCount,
      detections,
      droppedFrames: this.outbox.counts.dropped,
      gateDigest,
      planes: new SecretBytes(planes),
    };
    if (this.#role === "qtx") {
      this.owner.event("rawKeyQtx", { ...head, sent: [...sent] }, finished);
      return;
    }
    const { clicksPerDetector, doubleClicks, deadGates, photocurrentNa } = statistics;
    const [clicksDetector0, clicksDetector1] = clicksPerDetector;
    const measured = { clicksDetector0, clicksDetector1, doubleClicks, deadGates, photocurrentNa };
    this.owner.event("rawKeyQrx", { ...head, ...measured }, finished);
  }
}
