import { DistillationError } from "../../../../errors/index.ts";
import type { EngineFrame } from "../engine.ts";
import { bytesFor } from "../memory/bit-planes.ts";
import { DIGEST_BYTES, MAX_FRAME_DETECTIONS } from "../messages/index.ts";

/** Stale frames in a row, each younger than the one before, after which the device is taken to count anew. */
const RESTART_AFTER = 3;
const LIMIT_FRAMES = 256;

/** What became of an offered frame. */
export type FrameFate = "queued" | "refused" | "restarted";

/**
 * Raw-key frames waiting for sifting: in rising order, each once, bounded. Credits keep it short; what comes all the
 * same beyond the bound, out of order or malformed is refused, never guessed at.
 */
export class FrameQueue {
  readonly #role: "qtx" | "qrx";
  readonly #frames: EngineFrame[] = [];
  #lastId = -1;
  #staleIds: number[] = [];

  constructor(role: "qtx" | "qrx") {
    this.#role = role;
  }

  get first(): EngineFrame | undefined {
    return this.#frames[0];
  }

  /** Id of the youngest frame ever taken, -1 before the first. */
  get lastId(): number {
    return this.#lastId;
  }

  shift(): EngineFrame | undefined {
    return this.#frames.shift();
  }

  /** "restarted": the device counts anew; the caller clears what it knows and offers the frame again. */
  offer(frame: EngineFrame): FrameFate {
    if (frame.frameId <= this.#lastId) {
      const last = this.#staleIds.at(-1);
      if (last !== undefined && frame.frameId <= last) this.#staleIds = [];
      this.#staleIds.push(frame.frameId);
      return this.#staleIds.length >= RESTART_AFTER ? "restarted" : "refused";
    }
    this.#staleIds = [];
    if (this.#frames.length >= LIMIT_FRAMES) return "refused";
    this.#lastId = frame.frameId;
    this.#frames.push(frame);
    return "queued";
  }

  /** Forgets everything; returns the ids of the frames that waited. */
  clear(): number[] {
    this.#lastId = -1;
    this.#staleIds = [];
    return this.#frames.splice(0).map((frame) => frame.frameId);
  }

  /**
   * Refuses a frame that no transceiver of this site can have made.
   * @throws DistillationError QKD_DISTILLATION_FRAME.
   */
  check(frame: EngineFrame): void {
    const planes = this.#role === "qtx" ? 4 : 2;
    const refuse = (why: string): never => {
      throw new DistillationError("QKD_DISTILLATION_FRAME", `a raw-key frame was refused: ${why}`, {
        retryable: true,
        context: { frameId: frame.frameId, role: frame.role, detections: frame.detections },
      });
    };
    if (frame.role !== this.#role) refuse(`this site needs a ${this.#role}`);
    if (!Number.isSafeInteger(frame.frameId) || frame.frameId < 0) refuse("its number is impossible");
    if (
      !Number.isInteger(frame.detections) ||
      frame.detections < 0 ||
      frame.detections > MAX_FRAME_DETECTIONS
    )
      refuse("its number of detections is impossible");
    if (frame.gateCount < BigInt(frame.detections)) refuse("it has more detections than gates");
    if (frame.gateDigest.length !== DIGEST_BYTES) refuse("its gate digest has the wrong length");
    if (frame.planeBytes < bytesFor(frame.detections) || frame.planes.length < planes * frame.planeBytes)
      refuse("its planes are too short");
    if (this.#role === "qtx" && !isCounts(frame.sent)) refuse("its counts of sent pulses are missing");
  }
}

function isCounts(sent: readonly number[] | undefined): boolean {
  return sent?.length === 6 && sent.every((count) => Number.isSafeInteger(count) && count >= 0);
}
