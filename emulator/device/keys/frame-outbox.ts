import { Refusal } from "../refusal.ts";

/** Frames a driver may be granted ahead of the acknowledged ones. */
export const MAX_CREDIT_FRAMES = 64;
/** Frames that wait for credit before new ones are dropped. */
const QUEUE_FRAMES = 8;

/** What a credit grant asks for, in absolute frame ids. */
export interface CreditGrant {
  readonly acknowledgedThrough: number;
  readonly creditLimit: number;
}

/** The frames of one key exchange on their way out: the credit rule of SPEC 5.3. */
export class FrameOutbox<F extends { readonly frameId: number; readonly detections: number }> {
  readonly #queue: F[] = [];
  #creditLimit: number;
  /** Id after the last frame that was offered. */
  #offeredThrough: number;
  #produced = 0;
  #sent = 0;
  #dropped = 0;
  #detectionsDropped = 0;

  constructor(firstFrameId: number, creditFrames: number) {
    this.#offeredThrough = firstFrameId;
    this.#creditLimit = firstFrameId + creditFrames;
  }

  get creditLimit(): number {
    return this.#creditLimit;
  }

  /** Id of the next frame to be sent. */
  get nextFrameId(): number {
    return this.#queue[0]?.frameId ?? this.#offeredThrough;
  }

  get counts() {
    return {
      produced: this.#produced,
      sent: this.#sent,
      dropped: this.#dropped,
      detectionsDropped: this.#detectionsDropped,
    };
  }

  /** Whether `coming` more frames could all be sent and queued: what a device asks that need not drop. */
  hasRoomFor(coming: number): boolean {
    return this.#offeredThrough + coming <= this.#creditLimit && this.#queue.length + coming <= QUEUE_FRAMES;
  }

  /** A frame was completed. Returns false when it had to be dropped: the queue is full. */
  offer(frame: F): boolean {
    this.#produced += 1;
    this.#offeredThrough = frame.frameId + 1;
    if (this.#queue.length < QUEUE_FRAMES) {
      this.#queue.push(frame);
      return true;
    }
    this.#dropped += 1;
    this.#detectionsDropped += frame.detections;
    return false;
  }

  /** Takes the next frame that credit allows. */
  take(): F | undefined {
    const next = this.#queue[0];
    if (next === undefined || next.frameId >= this.#creditLimit) return undefined;
    this.#queue.shift();
    this.#sent += 1;
    return next;
  }

  /** Takes out every frame that was not sent. */
  clear(): readonly F[] {
    return this.#queue.splice(0);
  }

  /** Applies a grant. Throws Refusal badParameter or outOfRange; grants below the present limit change nothing. */
  grant({ acknowledgedThrough, creditLimit }: CreditGrant): void {
    if (acknowledgedThrough > this.nextFrameId)
      throw new Refusal("badParameter", `frame ${acknowledgedThrough - 1} was not sent yet`);
    if (creditLimit > acknowledgedThrough + MAX_CREDIT_FRAMES)
      throw new Refusal("outOfRange", `at most ${MAX_CREDIT_FRAMES} frames may be granted ahead`);
    this.#creditLimit = Math.max(this.#creditLimit, creditLimit);
  }
}
