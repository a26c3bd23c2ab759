import type { QkdError } from "../../../../errors/index.ts";
import type { Kernels } from "../../../../kernels/index.ts";
import type { PeerMessage } from "../../../../protocol/index.ts";
import type { ReserveLevel } from "../../../pool/reserve-level.ts";
import type { Block } from "../block/block.ts";
import type { BlockEffect, BlockInput } from "../block/block-stage.ts";
import type { FrameChoice } from "../collecting/alice-collector.ts";
import type { CollectedFrame } from "../collecting/collected-frame.ts";
import type { EngineOutput, RandomSource } from "../engine-io.ts";
import type { FrameFacts } from "../frame-facts.ts";
import type { ParityEntry } from "../reconciliation/parity-entry.ts";
import type { AgreedSettings } from "../settings.ts";
import type { Totals } from "./totals.ts";

/** A message under a block's tag, as its sender fills it: the session adds block and order. */
export type Told<T> = Omit<T, "sequence" | "heard">;

/** What the session is to a role: it owns the blocks, their transcripts and the way to the peer. */
export interface SessionPort {
  readonly settings: AgreedSettings;
  readonly kernels: Kernels;
  readonly random: RandomSource;
  readonly totals: Totals;
  /** Blocks whose tags are not yet exchanged, oldest first. */
  readonly blocks: readonly Block[];
  /** Monotonic: for how long something lasts. */
  readonly nowMs: number;
  /** Time of day, which may be set: for what is stored. */
  readonly wallMs: number;
  /** How many blocks may be open at once. */
  readonly openLimit: number;
  /** How well filled this site's authentication reserve is, as last told. */
  readonly reserveLevel: ReserveLevel;
  /** Whether another block may be opened now: there are not too many, and authentication material lies ready. */
  readonly mayOpen: boolean;
  /** Authenticated blocks pile up: amplification is slow, or the peer never confirms. New work waits for them. */
  readonly finishingLags: boolean;
  /** Cohorts under way may be one more. */
  readonly mayBeginCohort: boolean;
  emit(output: EngineOutput): void;
  failed(error: QkdError): void;
  /** The device's frame is of no use; its credit goes back. */
  refuse(facts: FrameFacts): void;
  acknowledge(facts: FrameFacts): void;
  collected(frame: CollectedFrame): void;
  /** Sends a message that no tag covers. */
  send<T>(message: PeerMessage<T>, value: T): void;
  /** Sends a message that belongs to a block, in its transcript. */
  tell<T>(block: Block, message: PeerMessage<T>, value: Told<T>): void;
  /** As `tell`, for what the peer can use only when it has this step's parities. */
  tellBehindParities<T>(block: Block, message: PeerMessage<T>, value: Told<T>): void;
  /** The parities of a step leave together when it ends, behind its other messages. */
  queueParities(block: Block, entry: ParityEntry): void;
  /** Alice: begins to provide material for the next block unless that is under way. */
  prepare(): void;
  /** Opens the next block. @throws PeerError QKD_PEER_PROTOCOL when that may not be now. */
  open(frames: FrameChoice["frames"]): Block;
  /** A cohort begins or ends. */
  cohorts(change: 1 | -1): void;
  /** Sends Alice's tag again for a block that a new session goes on with; false where none is awaited. */
  repeatTag(sequence: number, tag: Uint8Array): boolean;
  /** @throws PeerError QKD_PEER_PROTOCOL for a block that is not open. */
  block(sequence: number): Block;
  /** @throws PeerError QKD_PEER_PROTOCOL for a block that is not being amplified. */
  finishing(sequence: number): Block;
  /** Takes a block one step on. @throws PeerError QKD_PEER_PROTOCOL out of turn. */
  advance(block: Block, input: BlockInput): void;
}

/** What Alice and Bob do differently. */
export interface Role {
  /** False when the frame is refused. @throws DistillationError QKD_DISTILLATION_FRAME. */
  offer(facts: FrameFacts, planes: Uint8Array): boolean;
  /** Moves on whatever can move. */
  pump(): void;
  /** @throws PeerError QKD_PEER_PROTOCOL for what is malformed, out of turn, or not the peer's to send. */
  receive(kind: number, body: Uint8Array): void;
  /** Does what a step of a block asks for and the session does not do itself. */
  perform(block: Block, effect: BlockEffect): void;
  /** The session ended: frames that were announced are lost, the others are collected anew. */
  restart(): void;
  /** Bob: what he told is enough for a block. */
  readonly toldEnough: boolean;
  /** Ends the block under way, whatever its size. */
  flush(): void;
  /** A step begins: what former steps handed out may be used again. */
  recycle(): void;
}
