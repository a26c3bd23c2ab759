import { createHash } from "node:crypto";
import {
  type BlockReport,
  DistillationEngine,
  type DistillationSettings,
  type EngineInput,
  type EngineOutput,
  type FinishedBlock,
  type ReserveLevel,
} from "../../controller/index.ts";
import { KernelError, KeyStoreError, PeerError, type QkdError } from "../../errors/index.ts";
import type { Kernels } from "../../kernels/index.ts";
import { type EngineFrame, SMALL_SETTINGS } from "./distillation-source.ts";

export type Side = "alice" | "bob";

/** One message on its way; a tamper function returns what arrives instead. */
export interface WireMessage {
  readonly from: Side;
  readonly kind: number;
  readonly body: Uint8Array;
  /** Counts messages of this sender and kind, from 0. */
  readonly index: number;
}

/** What an engine is given and what it lets out, in the order in which it happens. */
export type RigEvent =
  | { readonly type: "given"; readonly side: Side; readonly sessionNumber: number; readonly frameId: number }
  | { readonly type: "acknowledged"; readonly side: Side; readonly frameId: number }
  | { readonly type: "sent"; readonly side: Side; readonly message: WireMessage };

export interface RigOptions {
  readonly kernels: Kernels;
  /** Bob's kernels where they differ. */
  readonly bobKernels?: Kernels;
  readonly settings?: { readonly alice?: DistillationSettings; readonly bob?: DistillationSettings };
  readonly seed?: string;
  /** First sequence that both sites propose; by default Alice proposes 1 and Bob 5. */
  readonly firstSequence?: number;
  readonly tamper?: (message: WireMessage) => readonly Uint8Array[];
  /** So many requests to Alice's reserve are refused first. */
  readonly refuseAuth?: number;
  /** This site has used what its peer offers first. */
  readonly conflictAt?: Side;
  readonly refuseAmplification?: boolean;
  /** This site holds other pads than its peer. */
  readonly strangePadsAt?: Side;
  /** Blocks that a site may open in all, until it is told otherwise. */
  readonly attempts?: Readonly<Partial<Record<Side, number>>>;
  /** How well filled each site's reserve is. */
  readonly level?: Readonly<Partial<Record<Side, ReserveLevel>>>;
  /** A part of Alice's site that does not answer while this says so. */
  readonly silent?: (part: "reserve" | "amplification") => boolean;
  /** Messages are delivered in bunches of this size, alternating between the sites. */
  readonly bunch?: number;
}

interface SiteLog {
  readonly blocks: { readonly block: FinishedBlock; readonly report: BlockReport }[];
  readonly aborted: BlockReport[];
  readonly dropped: { readonly sequence: number; readonly reason: string }[];
  readonly failures: QkdError[];
  readonly acknowledged: number[];
  /** Reasons for which the engine asked for another connection. */
  readonly renewals: QkdError[];
}

const emptyLog = (): SiteLog => ({
  blocks: [],
  aborted: [],
  dropped: [],
  failures: [],
  acknowledged: [],
  renewals: [],
});

/** Two engines joined by in-order queues, with reserves and privacy amplification played by the rig. */
export class DistillationRig {
  readonly alice: DistillationEngine;
  readonly bob: DistillationEngine;
  readonly log = { alice: emptyLog(), bob: emptyLog() };
  /** Bytes of every message by kind, in both directions. */
  readonly wire: WireMessage[] = [];
  /** The same and the frames, in the order of the engines' steps. */
  readonly events: RigEvent[] = [];
  nowMs = 1_700_000_000_000;
  readonly #options: RigOptions;
  readonly #queues: Record<Side, EngineInput[]> = { alice: [], bob: [] };
  readonly #seen = new Map<string, number>();
  #refused = 0;
  #conflicted = false;
  #renewed = 0;
  readonly #reserve: Record<Side, number> = { alice: 0, bob: 0 };

  constructor(options: RigOptions) {
    this.#options = options;
    const random = (side: Side) => (bytes: number, label: string) =>
      expand(`${options.seed ?? "rig"}/${side}/${label}`, bytes);
    const parts = (side: Side) => ({
      settings: options.settings?.[side] ?? SMALL_SETTINGS,
      kernels: side === "bob" ? (options.bobKernels ?? options.kernels) : options.kernels,
      random: random(side),
      firstSequence: options.firstSequence ?? (side === "alice" ? 1 : 5),
      attempts: options.attempts?.[side] ?? Number.POSITIVE_INFINITY,
    });
    this.alice = new DistillationEngine("alice", parts("alice"));
    this.bob = new DistillationEngine("bob", parts("bob"));
  }

  connect(): this {
    this.#queues.alice.push({ type: "peerUp" });
    this.#queues.bob.push({ type: "peerUp" });
    return this.settle();
  }

  /** The channel breaks: whatever is on its way is lost. */
  disconnect(): this {
    for (const side of ["alice", "bob"] as const) {
      this.#queues[side] = this.#queues[side].filter((input) => input.type !== "peerMessage");
      this.#queues[side].push({ type: "peerDown" });
    }
    return this;
  }

  give(side: Side, input: EngineInput): this {
    this.#queues[side].push(input);
    return this;
  }

  frame(pair: { readonly qtx?: EngineFrame; readonly qrx?: EngineFrame }): this {
    if (pair.qtx) this.offer("alice", pair.qtx);
    if (pair.qrx) this.offer("bob", pair.qrx);
    return this;
  }

  /** One side's half of a frame. */
  offer(side: Side, { planes, ...frame }: EngineFrame): this {
    return this.give(side, { type: "rawFrame", frame, planes });
  }

  /** Delivers until nothing moves any more, or `limit` bunches. */
  settle(limit = 1e6): this {
    const bunch = this.#options.bunch ?? 4;
    for (let i = 0; i < limit; i++) {
      if (this.#queues.alice.length + this.#queues.bob.length === 0) return this;
      for (const side of ["alice", "bob"] as const) {
        const inputs = this.#queues[side].splice(0, bunch);
        for (const input of inputs)
          if (input.type === "rawFrame") {
            const { sessionNumber, frameId } = input.frame;
            this.events.push({ type: "given", side, sessionNumber, frameId });
          }
        const outputs = this[side].step(inputs, this.nowMs);
        // An engine keeps nothing of a message that it has not copied.
        for (const input of inputs) if (input.type === "peerMessage") input.body.fill(0xff);
        this.#perform(side, outputs);
      }
    }
    return this;
  }

  /** Lets both engines see the time, as their timers do; one that asked for another connection gets it. */
  tick(): this {
    for (const side of ["alice", "bob"] as const) this.#perform(side, this[side].step([], this.nowMs));
    const asked = this.log.alice.renewals.length + this.log.bob.renewals.length;
    if (asked === this.#renewed) return this.settle();
    this.#renewed = asked;
    return this.disconnect().settle().connect();
  }

  /** Keys that both sides hand out, as hex by sequence. */
  keys(side: Side): Map<number, string> {
    return new Map(
      this.log[side].blocks.map(({ block }) => [
        block.sequence,
        `${block.blockId} ${block.createdAtMs} ${block.authBytes} ${Buffer.from(block.key).toString("hex")}`,
      ]),
    );
  }

  #perform(side: Side, outputs: readonly EngineOutput[]): void {
    const log = this.log[side];
    for (const output of outputs) {
      if (output.type === "send") this.#send(side, output.kind, output.parts);
      else if (output.type === "needAuth") this.#authenticate(side, output.request);
      else if (output.type === "amplify") {
        if (side === "alice" && this.#options.silent?.("amplification")) continue;
        const { key, keyBits, outputBits, seed, sequence } = output;
        if (this.#options.refuseAmplification) {
          const error = new KernelError("QKD_KERNEL_LIMIT", "too large");
          this.give(side, { type: "amplifyFailed", sequence, error });
          continue;
        }
        const hashed = this.#options.kernels.privacyAmplification.hash(key, keyBits, outputBits, seed);
        this.give(side, { type: "amplified", sequence, key: hashed });
      } else if (output.type === "block") log.blocks.push(output);
      else if (output.type === "blockAborted") log.aborted.push(output.report);
      else if (output.type === "blockDropped") log.dropped.push(output);
      else if (output.type === "failure") log.failures.push(output.error);
      else if (output.type === "reconnect") log.renewals.push(output.error);
      else {
        log.acknowledged.push(output.frameId);
        this.events.push({ type: "acknowledged", side, frameId: output.frameId });
      }
    }
  }

  #send(from: Side, kind: number, parts: readonly Uint8Array[]): void {
    const body = new Uint8Array(Buffer.concat(parts));
    const name = `${from}/${kind}`;
    const index = this.#seen.get(name) ?? 0;
    this.#seen.set(name, index + 1);
    const message = { from, kind, body, index };
    this.wire.push(message);
    this.events.push({ type: "sent", side: from, message });
    const arriving = this.#options.tamper?.(message) ?? [body];
    for (const bytes of arriving)
      this.give(from === "alice" ? "bob" : "alice", { type: "peerMessage", kind, body: bytes.slice() });
  }

  #authenticate(
    side: Side,
    request: { id: number; direction: "own" | "peer"; offset?: number; bytes: number },
  ): void {
    if (side === "alice" && this.#options.silent?.("reserve")) return;
    if (side === "alice" && this.#refused < (this.#options.refuseAuth ?? 0)) {
      this.#refused += 1;
      const error = new PeerError("QKD_AUTH_EXHAUSTED", "the reserve is empty");
      this.give(side, { type: "authRefused", id: request.id, error });
      return;
    }
    if (request.direction === "peer" && side === this.#options.conflictAt && !this.#conflicted) {
      this.#conflicted = true;
      const error = new KeyStoreError("QKD_KEYSTORE_CONFLICT", "these bytes were used");
      this.give(side, { type: "authRefused", id: request.id, error });
      return;
    }
    const owner = request.direction === "own" ? side : side === "alice" ? "bob" : "alice";
    const offset = request.offset ?? this.#reserve[side];
    if (request.direction === "own") this.#reserve[side] += request.bytes;
    const strange = side === this.#options.strangePadsAt ? "strange " : "";
    const material = expand(`${strange}auth/${owner}/${offset}`, request.bytes);
    const level = this.#options.level?.[side] ?? "usual";
    this.give(side, { type: "authMaterial", id: request.id, offset, material, level });
  }
}

/** Deterministic bytes from a label. */
export function expand(label: string, bytes: number): Uint8Array {
  return new Uint8Array(createHash("shake256", { outputLength: bytes }).update(label).digest());
}
