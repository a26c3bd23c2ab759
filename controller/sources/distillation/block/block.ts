import { createHash } from "node:crypto";
import { PeerError } from "../../../../errors/index.ts";
import { BlockCounts } from "../closing/block-counts.ts";
import type { KeyDecision } from "../closing/key-length.ts";
import type { CollectedFrame } from "../collecting/collected-frame.ts";
import { frameList } from "../collecting/frame-list.ts";
import type { BitString } from "../memory/bit-string.ts";
import { LeakLedger } from "../reconciliation/leak-ledger.ts";
import type { Reconciliation } from "../reconciliation/reconciliation.ts";
import type { SiftedIntensities } from "../sifting/sifted-intensities.ts";
import type { DirectionAuthentication } from "./block-authentication.ts";
import type { BlockStage } from "./block-stage.ts";
import { MonitorReadings } from "./monitor-readings.ts";
import type { Pad } from "./pad.ts";

/** Pseudo-kind under which both transcripts hold the list of the block's frames. */
const FRAME_LIST = 0;

/** The two directions' authentication of a block. */
export interface BlockTags {
  readonly own: DirectionAuthentication;
  readonly peer: DirectionAuthentication;
}

/** Everything one site knows of a block from the agreement on its frames to its last message. Its owner is the session. */
export class Block {
  readonly sequence: number;
  readonly blockId: string;
  readonly frames: readonly CollectedFrame[];
  readonly counts = new BlockCounts();
  readonly ledger = new LeakLedger();
  readonly readings = new MonitorReadings();
  readonly openedAtMs: number;
  readonly collectedAtMs: number;
  /** This site's key-basis bits in the order of detections; Alice's once a cohort is verified. */
  readonly key: BitString;
  stage: BlockStage;
  /** Bob: what he keeps of the sifted bits until their errors are counted. */
  readonly intensities: SiftedIntensities | null;
  reconciliation: Reconciliation | null = null;
  /** Probability that some verification of this block missed a difference, at most. */
  collisionBound = 0;
  decision: KeyDecision | null = null;
  createdAtMs = 0;
  /** Bytes of the key that go to the authentication reserves. */
  authBytes = 0;
  /** Seed of the final hash, as far as it is there. */
  seed: Uint8Array | null = null;
  /** The hashed key, until the block is released. */
  hashed: Uint8Array | null = null;
  /** Alice: the other site says its tag again in a new session, since it may not have heard hers. */
  tagMayRepeat = false;
  readonly #tags: BlockTags;
  #sent = 0;
  #heard = 0;
  /** How many of this site's messages the peer says it has heard. */
  #peerHeard = 0;

  constructor(facts: {
    readonly sequence: number;
    readonly sessionId: Uint8Array;
    readonly frames: readonly CollectedFrame[];
    readonly tags: BlockTags;
    readonly key: BitString;
    readonly intensities: SiftedIntensities | null;
    /** This site's clock when the first and the last frame were kept. */
    readonly openedAtMs: number;
    readonly collectedAtMs: number;
  }) {
    const { sequence, sessionId, frames, tags, key, openedAtMs } = facts;
    this.intensities = facts.intensities;
    this.sequence = sequence;
    this.frames = frames;
    this.key = key;
    this.openedAtMs = openedAtMs;
    this.collectedAtMs = facts.collectedAtMs;
    this.stage = { at: "sifting", frames: frames.length, sifted: 0 };
    this.#tags = tags;
    this.blockId = createHash("sha256").update(sessionId).update(String(sequence)).digest("hex").slice(0, 32);
    const list = frameList(frames);
    tags.own.add(FRAME_LIST, [list]);
    tags.peer.add(FRAME_LIST, [list]);
  }

  /** Messages of the peer's that were heard in this block. */
  get heard(): number {
    return this.#heard;
  }

  /** Messages of this site's that were sent in this block. */
  get sent(): number {
    return this.#sent;
  }

  get forgeryBound(): number {
    return this.#tags.own.forgeryBound + this.#tags.peer.forgeryBound;
  }

  /** Where the pads of both directions lay in the reserves. */
  get padOffsets(): readonly number[] {
    return [this.#tags.own.padOffset, this.#tags.peer.padOffset];
  }

  /** Enters a message of this site in its transcript. */
  say(kind: number, parts: readonly Uint8Array[]): void {
    this.#sent += 1;
    this.#tags.own.add(kind, parts);
  }

  /**
   * Enters a message of the peer in its transcript. `heard`: what the peer says of this site's messages, which can only
   * rise and never exceed what was sent.
   * @throws PeerError QKD_PEER_PROTOCOL.
   */
  hear(kind: number, body: Uint8Array, heard: number): void {
    if (heard < this.#peerHeard || heard > this.#sent)
      throw new PeerError("QKD_PEER_PROTOCOL", "the peer contradicts itself about what it has heard", {
        context: { sequence: this.sequence, heard, before: this.#peerHeard, sent: this.#sent },
      });
    this.#peerHeard = heard;
    this.#heard += 1;
    this.#tags.peer.add(kind, [body]);
  }

  /**
   * Refuses a message whose sender had not yet heard so many of this site's messages: the order in which the sites
   * announce is part of what the tags prove.
   * @throws PeerError QKD_PEER_PROTOCOL.
   */
  requireHeard(least: number): void {
    if (this.#peerHeard >= least) return;
    throw new PeerError("QKD_PEER_PROTOCOL", "the peer announces before it heard what comes first", {
      context: { sequence: this.sequence, heard: this.#peerHeard, least },
    });
  }

  /**
   * Whether the block can still be brought to its end in another session: nothing but tags, and Bob's word that he has
   * hers, is missing, and no wrong tag has come.
   */
  get closable(): boolean {
    if (this.stage.at === "decided") return this.#tags.peer.open;
    return this.stage.at === "amplifying" && !this.stage.confirmed;
  }

  /** Its session is over: the frames are sifted, and their memory is wanted. */
  setAside(): void {
    for (const frame of this.frames) frame.drop();
  }

  /** Ends this site's transcript; the same tag each time. */
  ownTag(): Uint8Array {
    return this.#tags.own.tag();
  }

  /** Ends the peer's transcript; whether its tag is right. The answer for a tag is the same each time. */
  verifyPeer(tag: Uint8Array): boolean {
    return this.#tags.peer.verify(tag);
  }

  /** Wipes everything secret and gives all memory back. Idempotent. Returns the pads of which no tag was made. */
  drop(): { readonly own: Pad | null; readonly peer: Pad | null } {
    for (const frame of this.frames) frame.drop();
    this.reconciliation?.drop();
    this.intensities?.drop();
    this.key.wipe();
    this.hashed?.fill(0);
    this.hashed = null;
    this.seed = null;
    return { own: this.#tags.own.giveBack(), peer: this.#tags.peer.giveBack() };
  }
}
