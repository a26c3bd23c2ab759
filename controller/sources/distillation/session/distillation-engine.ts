import { PeerError, QkdError } from "../../../../errors/index.ts";
import type { Kernels } from "../../../../kernels/index.ts";
import type { DistillationSettings, EngineFrame } from "../engine.ts";
import type { DistillationProgress, EngineInput, EngineOutput, RandomSource } from "../engine-io.ts";
import {
  decodeHello,
  decodeOffer,
  encodeHello,
  encodeOffer,
  encodeParities,
  KIND,
  NONCE_BYTES,
  type ParityEntry,
} from "../messages/index.ts";
import type { Cohort } from "../reconciliation/cohort.ts";
import { CohortsInFlight, flightLimits } from "../reconciliation/cohorts-in-flight.ts";
import { ParityBatch } from "../reconciliation/parity-batch.ts";
import { type AgreedSettings, agreedSettings, settingsDigest } from "../settings.ts";
import { FrameQueue } from "../sifting/frame-queue.ts";
import { AuthSupply } from "./auth-supply.ts";
import { Block } from "./block.ts";
import { authMaterialBytes, DirectionAuthentication } from "./block-authentication.ts";
import { type EngineTotals, emptyTotals } from "./engine-totals.ts";
import { SessionHandshake } from "./session-handshake.ts";

/** Broken sessions in a row, without a block in between, after which the engine waits for a new connection. */
const MAX_FAULTS = 16;
/** Blocks under way at once: one sifts, one is reconciled, one is closed; more where many fit into the cohorts in flight. */
const MIN_OPEN_BLOCKS = 3;

/** What an engine is made of. */
export interface EngineParts {
  readonly settings: DistillationSettings;
  readonly kernels: Kernels;
  readonly random: RandomSource;
  /** First block sequence this site may use: one more than it ever stored. */
  readonly firstSequence: number;
}

/**
 * What Alice's and Bob's engine have in common: the session, authentication material, blocks under way, and the rule
 * that any broken message ends the session and drops its blocks on both sides. Pure: inputs in, outputs out.
 */
export abstract class SessionEngine {
  readonly #role: "alice" | "bob";
  protected readonly settings: AgreedSettings;
  protected readonly kernels: Kernels;
  protected readonly totals: EngineTotals = emptyTotals();
  protected readonly queue: FrameQueue;
  protected readonly supply: AuthSupply;
  protected readonly inFlight: CohortsInFlight;
  /** Blocks whose tags are not yet exchanged, oldest first. */
  protected blocks: Block[] = [];
  /** Blocks that both sides have authenticated and that are being amplified. */
  protected readonly finishing = new Map<number, Block>();
  protected nextSequence: number;
  protected nextCohort = 0;
  protected nowMs = 0;
  readonly #random: RandomSource;
  readonly #digest: Uint8Array;
  readonly #handshake: SessionHandshake;
  readonly #batch = new ParityBatch();
  #behind: (() => void)[] = [];
  #outputs: EngineOutput[] = [];
  #connected = false;
  #faults = 0;
  #sessions = 0;

  constructor(role: "alice" | "bob", parts: EngineParts) {
    this.#role = role;
    this.settings = agreedSettings(parts.settings);
    this.kernels = parts.kernels;
    this.#random = parts.random;
    this.nextSequence = parts.firstSequence;
    this.#digest = settingsDigest(this.settings);
    this.inFlight = new CohortsInFlight(flightLimits(this.settings.cohortsInFlight));
    this.#handshake = new SessionHandshake(role, this.#digest);
    this.queue = new FrameQueue(role === "alice" ? "qtx" : "qrx");
    this.supply = new AuthSupply(role, authMaterialBytes(parts.kernels.hash), {
      request: (request) => this.emit({ type: "needAuth", request }),
      offer: (message) => this.#send(KIND.offer, encodeOffer(message)),
      failed: (error) => this.emit({ type: "failure", error }),
    });
  }

  /** Takes inputs in order and returns what is to be done, in order. An empty list lets time pass. */
  step(inputs: readonly EngineInput[], nowMs: number): EngineOutput[] {
    this.nowMs = nowMs;
    for (const input of inputs) this.#guarded(() => this.#take(input));
    this.#guarded(() => {
      this.supply.tick(nowMs);
      if (this.#handshake.established) this.pump();
      this.#flushParities();
    });
    this.totals.cohortsInFlight = this.inFlight.count;
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }

  get progress(): DistillationProgress {
    return { ...this.totals };
  }

  /** Cohorts under way as a share, 0 to 1, of those that may be. */
  get cohortsShare(): number {
    return this.totals.cohortsInFlight / this.settings.cohortsInFlight;
  }

  /** Moves on whatever can move. */
  protected abstract pump(): void;
  protected abstract receive(kind: number, body: Uint8Array): void;
  protected abstract established(): void;
  /** Forgets the sifting under way. */
  protected abstract forget(): void;
  protected abstract amplified(block: Block): void;
  protected flush(): void {}

  protected emit(output: EngineOutput): void {
    this.#outputs.push(output);
  }

  protected random(bytes: number, label: string): Uint8Array {
    return this.#random(bytes, label);
  }

  /** Sends a message that belongs to a block and enters it in the transcript. */
  protected sendIn(block: Block, kind: number, parts: readonly Uint8Array[]): void {
    block.own.add(kind, parts);
    this.#send(kind, parts);
  }

  /** Sends a message outside the transcripts. */
  protected sendPlain(kind: number, parts: readonly Uint8Array[]): void {
    this.#send(kind, parts);
  }

  /** The parities of a step leave together when it ends, behind its other messages. */
  protected queueParities(block: Block, entry: ParityEntry): void {
    this.#batch.add(block.sequence, entry);
  }

  /** As `sendIn`, for what the peer can use only when it has this step's parities. */
  protected sendBehindParities(block: Block, kind: number, parts: readonly Uint8Array[]): void {
    this.#behind.push(() => this.sendIn(block, kind, parts));
  }

  protected get mayOpenBlock(): boolean {
    return this.blocks.length < this.#openBlockLimit;
  }

  /** Authenticated blocks pile up: amplification is slow, or the peer never confirms. New work waits for them. */
  protected get finishingLags(): boolean {
    return this.finishing.size >= 2 * this.#openBlockLimit;
  }

  get #openBlockLimit(): number {
    const { cohortsInFlight, cohortBits, blockBits } = this.settings;
    const inFlight = Math.ceil((cohortsInFlight * cohortBits) / blockBits);
    return Math.min(cohortsInFlight, inFlight) + MIN_OPEN_BLOCKS;
  }

  /** Opens the next block if both sites hold its authentication material. */
  protected openBlock(): Block | null {
    const material = this.supply.take(this.nextSequence);
    if (material === null) return null;
    const sequence = this.nextSequence++;
    const sessionId = this.#handshake.sessionId;
    const context = { sessionId, settingsDigest: this.#digest, sequence };
    const peerRole = this.#role === "alice" ? "bob" : "alice";
    const { hash } = this.kernels;
    const block = new Block(
      sequence,
      sessionId,
      new DirectionAuthentication(hash, material.own, this.#role, context),
      new DirectionAuthentication(hash, material.peer, peerRole, context),
    );
    block.openedAtMs = this.nowMs;
    this.blocks.push(block);
    return block;
  }

  protected blockOf(sequence: number): Block {
    const block = this.blocks.find((candidate) => candidate.sequence === sequence);
    if (block === undefined)
      throw new PeerError("QKD_PEER_PROTOCOL", "the peer speaks of a block that is not under way", {
        context: { sequence },
      });
    return block;
  }

  protected cohortOf(block: Block, index: number): Cohort {
    const cohort = block.cohorts.find((candidate) => candidate.index === index);
    if (cohort === undefined)
      throw new PeerError("QKD_PEER_PROTOCOL", "the peer speaks of a cohort that is not under way", {
        context: { sequence: block.sequence, cohort: index },
      });
    return cohort;
  }

  /** Both tags of the oldest block are right: it leaves the queue of open blocks. */
  protected authenticated(block: Block): void {
    this.blocks = this.blocks.filter((open) => open !== block);
    this.#faults = 0;
    block.peerVerified = true;
    if (block.decision?.reason === "none") {
      this.finishing.set(block.sequence, block);
      this.emit({
        type: "amplify",
        sequence: block.sequence,
        key: block.takeKey(),
        keyBits: block.keyBits,
        outputBits: block.decision.secretBits,
        seed: block.seed ?? new Uint8Array(),
      });
      block.seed = null;
      return;
    }
    block.drop();
    this.totals.blocksAborted += 1;
    this.emit({ type: "blockAborted", report: block.report(this.settings) });
  }

  /** Hands a finished block out. */
  protected release(block: Block): void {
    const key = block.key;
    if (key === null) return;
    this.finishing.delete(block.sequence);
    block.key = null;
    this.totals.blocksFinished += 1;
    this.totals.secretBits += block.decision?.secretBits ?? 0;
    this.emit({
      type: "block",
      block: block.finish(key, this.settings.authenticationBytes),
      report: block.report(this.settings),
    });
  }

  /** The device's frame is of no use; its credit goes back. */
  protected refuse(frameId: number): void {
    this.totals.refusedFrames += 1;
    this.emit({ type: "acknowledgeFrame", frameId });
  }

  protected restartSession(reason: string): void {
    this.#dropAll(reason);
    if (!this.#connected || this.#faults > MAX_FAULTS) return;
    const nonce = this.random(NONCE_BYTES, `nonce/${this.#role}/${this.#sessions++}`);
    this.#send(KIND.hello, encodeHello(this.#handshake.begin(nonce, this.nextSequence)));
  }

  #take(input: EngineInput): void {
    switch (input.type) {
      case "rawFrame":
        this.#frame(input.frame);
        return;
      case "peerUp":
        this.#connected = true;
        this.#faults = 0;
        this.restartSession("the peer reconnected");
        return;
      case "peerDown":
        this.#connected = false;
        this.#handshake.end();
        this.#dropAll("the peer is gone");
        return;
      case "peerMessage":
        this.#message(input.kind, input.body);
        return;
      case "authMaterial":
        this.supply.material(input.id, input.offset, input.material);
        return;
      case "authRefused":
        this.supply.refused(input.id, input.error, this.nowMs);
        return;
      case "amplified": {
        const block = this.finishing.get(input.sequence);
        if (block === undefined) return void input.key.fill(0);
        block.key = input.key;
        this.amplified(block);
        return;
      }
      case "amplifyFailed": {
        const block = this.finishing.get(input.sequence);
        if (block === undefined) return;
        this.finishing.delete(input.sequence);
        this.emit({ type: "failure", error: input.error });
        this.dropBlock(block, input.error.code);
        return;
      }
      case "flush":
        if (this.#handshake.established) this.flush();
        return;
      case "framesRestarted":
        this.#framesRestarted();
        return;
    }
  }

  #frame(frame: EngineFrame): void {
    try {
      this.queue.check(frame);
    } catch (error) {
      if (!(error instanceof QkdError)) throw error;
      this.refuse(frame.frameId);
      this.emit({ type: "failure", error });
      return;
    }
    const fate = this.queue.offer(frame);
    if (fate === "refused") this.refuse(frame.frameId);
    if (fate !== "restarted") return;
    this.#framesRestarted();
    this.queue.offer(frame);
  }

  #framesRestarted(): void {
    for (const frameId of this.queue.clear()) this.refuse(frameId);
    this.restartSession("the device counts its frames anew");
  }

  #message(kind: number, body: Uint8Array): void {
    if (kind === KIND.hello) {
      const effect = this.#handshake.receive(decodeHello(body), this.nextSequence);
      if (effect.confused) {
        this.restartSession("the peer is in another session");
        return;
      }
      if (effect.reset) this.#dropAll("the peer began a new session");
      if (effect.answer !== null) this.#send(KIND.hello, encodeHello(effect.answer));
      if (!effect.established) return;
      this.nextSequence = this.#handshake.firstSequence;
      this.established();
      return;
    }
    // What the peer said before it knew of the new session belongs to the old one.
    if (!this.#handshake.established) return;
    if (kind === KIND.offer) this.supply.offered(decodeOffer(body), this.nextSequence);
    else this.receive(kind, body);
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof QkdError)) throw error;
      const hopeless = error.code === "QKD_DISTILLATION_SETTINGS" || error.code === "QKD_DEVICE_ROLE";
      this.#faults += hopeless ? MAX_FAULTS + 1 : 1;
      this.emit({ type: "failure", error });
      if (this.#faults > MAX_FAULTS && !hopeless)
        this.emit({
          type: "failure",
          error: new PeerError(
            "QKD_PEER_PROTOCOL",
            "too many broken sessions: waiting for a new connection",
            {
              context: { faults: this.#faults },
            },
          ),
        });
      this.#handshake.end();
      this.restartSession(error.code);
    }
  }

  #dropAll(reason: string): void {
    this.#batch.take();
    this.#behind = [];
    for (const block of this.blocks.splice(0)) this.dropBlock(block, reason);
    this.nextCohort = 0;
    this.inFlight.clear();
    this.totals.openBlockBits = 0;
    this.supply.reset();
    this.forget();
  }

  protected dropBlock(block: Block, reason: string): void {
    block.drop();
    this.totals.blocksDropped += 1;
    this.emit({ type: "blockDropped", sequence: block.sequence, reason });
  }

  #flushParities(): void {
    for (const message of this.#batch.take()) {
      const block = this.blocks.find((open) => open.sequence === message.sequence);
      if (block === undefined) continue;
      this.sendIn(block, KIND.parities, encodeParities(message));
    }
    for (const send of this.#behind.splice(0)) send();
  }

  #send(kind: number, parts: readonly Uint8Array[]): void {
    this.#outputs.push({ type: "send", kind, parts });
  }
}
