import { DistillationError, PeerError, type QkdError } from "../../../../errors/index.ts";
import type { BitKernel } from "../../../../kernels/index.ts";
import type { OmitReason } from "../../../../protocol/index.ts";
import type { FrameFacts } from "../frame-facts.ts";
import type { PlanePool } from "../memory/plane-pool.ts";
import { sameBytes } from "../memory/same-bytes.ts";
import type { CollectedFrame } from "./collected-frame.ts";
import { digestError } from "./digest-error.ts";
import { FrameIntake } from "./frame-intake.ts";
import { detectionsOf } from "./frame-list.ts";
import { GateOrder } from "./gate-order.ts";
import { type Have, HaveQueue } from "./have-queue.ts";
import { MAX_BLOCK_FRAMES, MAX_TOLD_FRAMES } from "./held-limit.ts";
import { hasImpossibleSettings } from "./impossible-settings.ts";

/** What collecting may do to the world. */
export interface AliceCollectorPort {
  now(): number;
  /** Both leave out what Bob told under this number. */
  omit(number: number, reason: OmitReason): void;
  /** The frame's place is free and its credit goes back. */
  acknowledge(facts: FrameFacts): void;
  /** A frame that both sites have joined those collected. */
  collected(frame: CollectedFrame): void;
  missing(): void;
  mismatch(): void;
  refused(): void;
  failed(error: QkdError): void;
}

/** Frames that form a block: a prefix of what both sites have. */
export interface FrameChoice {
  readonly frames: readonly CollectedFrame[];
  /** Bob's number of the last one. */
  readonly last: number;
  readonly detections: number;
}

interface Matched {
  readonly frame: CollectedFrame;
  readonly number: number;
}

/**
 * Alice's side of collecting: compares what Bob says came with her own frames, by gates, detections and digest, and keeps
 * what both have. Looks at no basis of Bob's, since none is announced; what she leaves out she tells at once.
 */
export class AliceCollector {
  readonly #intake = new FrameIntake("qtx");
  readonly #port: AliceCollectorPort;
  readonly #kernel: BitKernel;
  readonly #pool: PlanePool;
  readonly #limitBytes: number;
  readonly #blockLimitBytes: number;
  /** Kept frames of a broken session, to be matched again before those of the intake. */
  #again: CollectedFrame[] = [];
  readonly #haves = new HaveQueue();
  /** Own frame that was looked for among what Bob told, and how many of the oldest there are not its like. */
  #sought: { readonly own: CollectedFrame; unlike: number } | null = null;
  #matched: Matched[] = [];
  #detections = 0;
  #matchedBytes = 0;
  #nextNumber = 0;
  #order = new GateOrder();

  /** `limits`: bytes of planes that may be held, and after which a block ends whatever it holds. */
  constructor(
    port: AliceCollectorPort,
    kernel: BitKernel,
    pool: PlanePool,
    limits: { readonly heldBytes: number; readonly blockBytes: number },
  ) {
    this.#port = port;
    this.#kernel = kernel;
    this.#pool = pool;
    this.#limitBytes = limits.heldBytes;
    this.#blockLimitBytes = limits.blockBytes;
  }

  /** Detections of the frames that both sites have and no block holds. */
  get detections(): number {
    return this.#detections;
  }

  /** Whether these frames take so much room, for so few detections, that they must be a block as they are. */
  get overfull(): boolean {
    return this.#matched.length >= MAX_BLOCK_FRAMES || this.#matchedBytes >= this.#blockLimitBytes;
  }

  /** False when the frame is refused. @throws DistillationError QKD_DISTILLATION_FRAME. */
  offer(facts: FrameFacts, planes: Uint8Array): boolean {
    return this.#intake.offer(facts, planes);
  }

  /** Bob has a frame. @throws PeerError QKD_PEER_PROTOCOL out of turn or beyond the bound. */
  told(have: Have): void {
    if (have.number !== this.#nextNumber || this.#haves.length >= MAX_TOLD_FRAMES)
      throw new PeerError("QKD_PEER_PROTOCOL", "the peer tells a frame out of turn or too many of them", {
        context: { number: have.number, expected: this.#nextNumber },
      });
    this.#nextNumber += 1;
    this.#haves.push(have);
  }

  /** Compares as far as that can be done now. */
  match(): void {
    for (let own = this.#own; own !== undefined && this.#haves.length > 0; own = this.#own) {
      // What is kept already needs no more room: after a reconnection at the bound it is compared all the same.
      if (!own.kept && this.#pool.heldBytes >= this.#limitBytes) return;
      const found = this.#find(own);
      if (found >= 0) {
        for (let i = 0; i < found; i++) this.#omit("missing");
        this.#join(own);
      } else if (this.#laterMatch()) this.#leaveOut(own);
      else if (!this.#part(own)) return;
    }
  }

  /** The first frames that hold so many detections, which leave; null where there are too few. */
  choose(detections: number): FrameChoice | null {
    if (this.#detections < detections || this.#matched.length === 0) return null;
    let sum = 0;
    let count = 0;
    while (sum < detections || count === 0) sum += this.#matched[count++]!.frame.facts.detections;
    return this.#chosen(count);
  }

  /** All of them, which leave; null where there is none. */
  chooseAll(): FrameChoice | null {
    return this.#matched.length === 0 ? null : this.#chosen(this.#matched.length);
  }

  /** The session is over. Nothing of these frames was announced: they are compared anew in the next. */
  restart(): void {
    this.#again = [...this.#matched.map(({ frame }) => frame), ...this.#again];
    this.#matched = [];
    this.#haves.clear();
    this.#sought = null;
    this.#detections = 0;
    this.#matchedBytes = 0;
    this.#nextNumber = 0;
    this.#order = new GateOrder();
  }

  #chosen(count: number): FrameChoice {
    const chosen = this.#matched.splice(0, count);
    const frames = chosen.map(({ frame }) => frame);
    const detections = detectionsOf(frames);
    this.#detections -= detections;
    this.#matchedBytes -= frames.reduce((sum, frame) => sum + frame.bytes, 0);
    return { frames, last: chosen.at(-1)!.number, detections };
  }

  get #own(): CollectedFrame | undefined {
    return this.#again[0] ?? this.#intake.first;
  }

  #shift(): void {
    if (this.#again.length > 0) this.#again.shift();
    else this.#intake.shift();
  }

  /** What of Bob's is the like of an own frame; looks at each only once, however long the own one is the oldest. */
  #find(own: CollectedFrame): number {
    if (this.#sought?.own !== own) this.#sought = { own, unlike: 0 };
    const found = this.#haves.find((have) => sameSignals(own.facts, have), this.#sought.unlike);
    this.#sought.unlike = found < 0 ? this.#haves.length : found;
    return found;
  }

  #shiftHave(): Have | undefined {
    if (this.#sought !== null && this.#sought.unlike > 0) this.#sought.unlike -= 1;
    return this.#haves.shift();
  }

  /** Whether the oldest of Bob's frames is a younger one here: then the frames before it never came to Bob. */
  #laterMatch(): boolean {
    const have = this.#haves.first!;
    const same = ({ facts }: CollectedFrame) => sameSignals(facts, have);
    return this.#again.some(same) || this.#intake.some(same);
  }

  /** Neither of the two oldest frames has its like; false where more must be known before one is left out. */
  #part(own: CollectedFrame): boolean {
    const have = this.#haves.first!;
    const { firstGate, gateCount, frameId, detections } = own.facts;
    const fell = ({ facts }: CollectedFrame) => facts.firstGate < firstGate;
    const verdict = this.#order.judge(
      {
        firstGate,
        gateCount,
        waiting: this.#again.length + this.#intake.length,
        fallsLater: this.#again.some(fell) || this.#intake.some(fell),
      },
      {
        firstGate: have.firstGate,
        gateCount: have.gateCount,
        waiting: this.#haves.length,
        fallsLater: (this.#haves.lowestGate ?? have.firstGate) < have.firstGate,
      },
    );
    if (verdict === "own") this.#leaveOut(own);
    else if (verdict === "other") this.#omit("missing");
    else if (verdict === "both") {
      this.#omit("digest");
      this.#port.mismatch();
      this.#release(own);
      this.#port.failed(digestError(frameId, { ownDetections: detections, peerDetections: have.detections }));
    }
    return verdict !== "wait";
  }

  #join(frame: CollectedFrame): void {
    const { number } = this.#haves.first!;
    if (!frame.kept && hasImpossibleSettings(this.#kernel, frame)) {
      this.#omit("refused");
      this.#release(frame);
      this.#port.refused();
      this.#port.failed(
        new DistillationError(
          "QKD_DISTILLATION_FRAME",
          "a raw-key frame holds an unknown intensity or more detections than pulses",
          {
            retryable: true,
            context: { frameId: frame.facts.frameId, detections: frame.facts.detections },
          },
        ),
      );
      return;
    }
    this.#shiftHave();
    this.#shift();
    this.#order.joined(frame.facts.firstGate);
    if (!frame.kept) {
      frame.keep(this.#pool, this.#port.now());
      this.#port.acknowledge(frame.facts);
      this.#port.collected(frame);
    }
    this.#matched.push({ frame, number });
    this.#detections += frame.facts.detections;
    this.#matchedBytes += frame.bytes;
  }

  #omit(reason: OmitReason): void {
    const have = this.#shiftHave();
    if (have === undefined) return;
    this.#order.passed("other", have.firstGate);
    if (reason === "missing") this.#port.missing();
    this.#port.omit(have.number, reason);
  }

  #leaveOut(frame: CollectedFrame): void {
    this.#release(frame);
    this.#port.missing();
  }

  #release(frame: CollectedFrame): void {
    this.#shift();
    this.#order.passed("own", frame.facts.firstGate);
    const { kept } = frame;
    frame.drop();
    if (!kept) this.#port.acknowledge(frame.facts);
  }
}

/** Whether both transceivers speak of the same detections. */
function sameSignals(facts: FrameFacts, have: Have): boolean {
  return (
    facts.detections === have.detections &&
    facts.firstGate === have.firstGate &&
    facts.gateCount === have.gateCount &&
    sameBytes(facts.gateDigest, have.gateDigest)
  );
}
