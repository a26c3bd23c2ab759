import { DistillationError } from "../../../../errors/index.ts";
import { MAX_FRAME_DETECTIONS, planeBytes } from "../../../../protocol/index.ts";
import { type FrameFacts, PLANES } from "../frame-facts.ts";
import { CollectedFrame } from "./collected-frame.ts";

/** Bytes of a gate digest. */
export const DIGEST_BYTES = 32;
const LIMIT_FRAMES = 256;
/** So many late frames in a row, rising, come from a device that lost its power: it counts key exchanges anew as well. */
const RESTART_AFTER = 3;

/**
 * Raw-key frames as they arrive from this site's device: in rising order within a key exchange, each once, bounded.
 * Credits keep the queue short; what comes all the same beyond the bound, out of order or malformed is refused, never
 * guessed at. A device that restarted counts anew, which ends nothing here.
 */
export class FrameIntake {
  readonly #role: "qtx" | "qrx";
  readonly #waiting: CollectedFrame[] = [];
  #last: { readonly sessionNumber: number; readonly frameId: number } | null = null;
  /** Late frames in a row, rising, and the youngest of them. */
  #late = { count: 0, frameId: -1 };

  constructor(role: "qtx" | "qrx") {
    this.#role = role;
  }

  get length(): number {
    return this.#waiting.length;
  }

  get first(): CollectedFrame | undefined {
    return this.#waiting[0];
  }

  shift(): CollectedFrame | undefined {
    return this.#waiting.shift();
  }

  some(is: (frame: CollectedFrame) => boolean): boolean {
    return this.#waiting.some(is);
  }

  /**
   * False when the frame comes twice, late, or beyond the bound.
   * @throws DistillationError QKD_DISTILLATION_FRAME for a frame that no transceiver of this site can have made.
   */
  offer(facts: FrameFacts, planes: Uint8Array): boolean {
    check(this.#role, facts, planes);
    const { sessionNumber, frameId } = facts;
    const last = this.#last;
    const late = last !== null && sessionNumber === last.sessionNumber && frameId <= last.frameId;
    if (late && !this.#countsAnew(frameId)) return false;
    if (this.#waiting.length >= LIMIT_FRAMES) return false;
    this.#late = { count: 0, frameId: -1 };
    this.#last = { sessionNumber, frameId };
    this.#waiting.push(new CollectedFrame(facts, planes));
    return true;
  }

  #countsAnew(frameId: number): boolean {
    const count = frameId > this.#late.frameId ? this.#late.count + 1 : 1;
    this.#late = { count, frameId };
    return count >= RESTART_AFTER;
  }
}

function check(role: "qtx" | "qrx", facts: FrameFacts, planes: Uint8Array): void {
  const { frameId, detections, gateCount, gateDigest, planeBytes: stride, sent } = facts;
  const wrong =
    (facts.role !== role && `this site needs a ${role}`) ||
    ((!Number.isSafeInteger(frameId) || frameId < 0) && "its number is impossible") ||
    ((!Number.isInteger(detections) || detections < 0 || detections > MAX_FRAME_DETECTIONS) &&
      "its number of detections is impossible") ||
    (gateCount < BigInt(detections) && "it has more detections than gates") ||
    (gateDigest.length !== DIGEST_BYTES && "its gate digest has the wrong length") ||
    ((stride < planeBytes(detections) || planes.length < PLANES[role] * stride) &&
      "its planes are too short") ||
    (role === "qtx" && !isCounts(sent) && "its counts of sent pulses are missing");
  if (wrong)
    throw new DistillationError("QKD_DISTILLATION_FRAME", `a raw-key frame was refused: ${wrong}`, {
      retryable: true,
      context: { frameId, role: facts.role, detections },
    });
}

function isCounts(sent: readonly number[] | undefined): boolean {
  return sent?.length === 6 && sent.every((count) => Number.isSafeInteger(count) && count >= 0);
}
