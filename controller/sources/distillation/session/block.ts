import { createHash } from "node:crypto";
import { BlockCounts } from "../closing/block-counts.ts";
import { type KeyDecision, reconciliationEfficiency } from "../closing/key-length.ts";
import type { BlockReport } from "../engine.ts";
import type { FinishedBlock } from "../engine-io.ts";
import { BitString } from "../memory/bit-string.ts";
import type { AbortReason, AmplifyMessage } from "../messages/index.ts";
import type { Cohort } from "../reconciliation/cohort.ts";
import { LeakLedger } from "../reconciliation/leak-ledger.ts";
import type { AgreedSettings } from "../settings.ts";
import { frameChoices } from "../sifting/frame-choices.ts";
import { LoadProfile } from "../sifting/load-profile.ts";
import type { DirectionAuthentication } from "./block-authentication.ts";

/** What one frame adds to its block. */
export interface FrameTally {
  readonly gates: bigint;
  readonly detections: number;
  readonly doubleClicks: number;
  readonly photocurrentNa: number;
  readonly sent: readonly number[];
  readonly sifted: { readonly z: readonly number[]; readonly x: readonly number[] };
}

/** Everything one site knows of a block from its first frame to its last message. */
export class Block {
  readonly sequence: number;
  readonly blockId: string;
  readonly own: DirectionAuthentication;
  readonly peer: DirectionAuthentication;
  readonly counts = new BlockCounts();
  readonly ledger = new LeakLedger();
  readonly cohorts: Cohort[] = [];
  frames = 0;
  /** Frames left out after Bob had announced his bases. */
  skippedFrames = 0;
  gates = 0n;
  detections = 0;
  doubleClicks = 0;
  readonly #load = new LoadProfile();
  /** Photocurrent times gates. */
  #photocurrentSum = 0;
  #photocurrentPeakNa = 0;
  /** Probability that some verification of this block missed a difference, at most. */
  collisionBound = 0;
  /** Public seed of the permutations and subsets of all its cohorts, once the first is opened. */
  cascadeSeed: Uint8Array | null = null;
  /** No more frames join. */
  closed = false;
  decision: KeyDecision | null = null;
  createdAtMs = 0;
  openedAtMs = 0;
  /** The peer's tags were right. */
  peerVerified = false;
  seed: Uint8Array | null = null;
  seedFilled = 0;
  key: Uint8Array | null = null;

  constructor(
    sequence: number,
    sessionId: Uint8Array,
    own: DirectionAuthentication,
    peer: DirectionAuthentication,
  ) {
    this.sequence = sequence;
    this.own = own;
    this.peer = peer;
    this.blockId = createHash("sha256").update(sessionId).update(String(sequence)).digest("hex").slice(0, 32);
  }

  tally(frame: FrameTally): void {
    this.frames += 1;
    this.gates += frame.gates;
    this.detections += frame.detections;
    this.doubleClicks += frame.doubleClicks;
    const gates = Number(frame.gates);
    this.#load.add(gates, frame.detections);
    this.#photocurrentSum += frame.photocurrentNa * gates;
    this.#photocurrentPeakNa = Math.max(this.#photocurrentPeakNa, frame.photocurrentNa);
    this.counts.addSent(frame.sent);
    this.counts.addSifted(0, frame.sifted.z);
    this.counts.addSifted(1, frame.sifted.x);
  }

  /** Ways in which this block's frames could have been chosen. */
  get choices(): number {
    return frameChoices(this.frames, this.skippedFrames);
  }

  get reconciled(): boolean {
    return this.closed && this.cohorts.every((cohort) => cohort.settled);
  }

  /** Bits of the kept cohorts, the input of privacy amplification. */
  get keyBits(): number {
    return this.cohorts.reduce((sum, cohort) => sum + (cohort.state === "kept" ? cohort.bits : 0), 0);
  }

  /** The kept cohorts' bits one behind the other; wipes the cohorts. */
  takeKey(): Uint8Array {
    const key = new BitString(this.keyBits);
    for (const cohort of this.cohorts) {
      if (cohort.state === "kept") key.append(cohort.raw, cohort.bits);
      cohort.drop();
    }
    return key.take();
  }

  drop(): void {
    for (const cohort of this.cohorts) cohort.drop();
    this.own.discard();
    this.peer.discard();
    this.key?.fill(0);
    this.key = null;
    this.seed = null;
  }

  finish(key: Uint8Array, authenticationBytes: number): FinishedBlock {
    const quarter = Math.floor(key.length / 4);
    const authBytes = 2 * Math.floor(Math.min(authenticationBytes, quarter) / 2);
    return {
      blockId: this.blockId,
      sequence: this.sequence,
      key,
      authBytes,
      createdAtMs: this.createdAtMs,
    };
  }

  report(settings: AgreedSettings): BlockReport {
    const { counts, ledger, decision } = this;
    const keyBits = counts.siftedOf(0);
    const testBits = counts.siftedOf(1);
    const reason: AbortReason = decision?.reason ?? "noSecretKey";
    const oneWay = ledger.aliceBits + ledger.tagBits;
    const bothWays = ledger.bothWaysBits + ledger.tagBits;
    return {
      sequence: this.sequence,
      blockId: this.blockId,
      frames: this.frames,
      gates: this.gates,
      detections: this.detections,
      siftedZ: keyBits,
      siftedX: testBits,
      qber: { z: share(counts.errorsOf(0), keyBits), x: share(counts.errorsOf(1), testBits) },
      counts: { sent: [...counts.sent], sifted: [...counts.sifted], errors: [...counts.errors] },
      leakBits: decision?.leakBits ?? oneWay,
      reconciliationEfficiency: reconciliationEfficiency(oneWay, counts.errorsOf(0), keyBits),
      reconciliationEfficiencyBothWays: reconciliationEfficiency(bothWays, counts.errorsOf(0), keyBits),
      singlePhotonBits: decision?.singlePhotonBits ?? 0,
      phaseErrorRate: decision?.phaseErrorRate ?? 0.5,
      secretBits: decision?.secretBits ?? 0,
      epsilon: {
        secrecy: settings.epsilonSecrecy,
        correctness: this.collisionBound,
        authentication: this.own.forgeryBound + this.peer.forgeryBound,
      },
      aborted: reason === "none" ? null : reason,
      doubleClicks: this.doubleClicks,
      photocurrentNa: share(this.#photocurrentSum, Number(this.gates)),
      photocurrentPeakNa: this.#photocurrentPeakNa,
      load: this.#load.shares,
      ones: { z: counts.ones[0], x: counts.ones[1] },
      openedAtMs: this.openedAtMs,
    };
  }
}

/** Alice's decision as she announces it. */
export function amplifyMessage(block: Block, decision: KeyDecision): AmplifyMessage {
  return {
    sequence: block.sequence,
    reason: decision.reason,
    secretBits: decision.secretBits,
    leakBits: decision.leakBits,
    createdAtMs: block.createdAtMs,
  };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
