import { type CapturePacket, PSEUDO_HEADER_BYTES } from "../../capture/index.ts";
import type { FrameAgreement, SiftedCounts } from "../../diagnosis/index.ts";
import { PeerError } from "../../errors/index.ts";
import {
  decodePeerHeader,
  distillationEstimates,
  distillationHave,
  distillationOmit,
  PEER_HEADER_BYTES,
} from "../../protocol/index.ts";

/** What two sites told each other in one bucket of time. */
interface PeerSpan {
  readonly blocks: SiftedCounts[];
  have: number;
  unlike: number;
}

/** Blocks of one bucket that are kept; a link that ends more is no link. */
const MOST_BLOCKS = 256;

/**
 * The counts that two sites tell each other, out of the recording of their connection: Bob's of each block, and which
 * frames list other gates at Alice's. Bases, bits and tags are not in a recording.
 */
export class RecordedPeer {
  readonly #bucketOf: (atNs: bigint) => number;
  readonly #spans = new Map<number, PeerSpan>();

  constructor(bucketOf: (atNs: bigint) => number) {
    this.#bucketOf = bucketOf;
  }

  /** Takes the next packet: messages, one behind the other. What contradicts its declaration tells nothing. */
  take({ atNs, bytes }: CapturePacket): void {
    const messages = bytes.subarray(PSEUDO_HEADER_BYTES);
    try {
      for (let at = 0; at < messages.length; ) {
        const { kind, bodyBytes } = decodePeerHeader(messages.subarray(at));
        const end = at + PEER_HEADER_BYTES + bodyBytes;
        if (end > messages.length) return;
        this.#message(atNs, kind, messages.subarray(at + PEER_HEADER_BYTES, end));
        at = end;
      }
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
    }
  }

  /** Blocks that were counted from that bucket on. */
  blocks(oldest: number): readonly SiftedCounts[] {
    return this.#since(oldest).flatMap(({ blocks }) => blocks);
  }

  /** How frames matched from that bucket on. */
  agreements(oldest: number): readonly FrameAgreement[] {
    return this.#since(oldest).flatMap(({ have, unlike }) =>
      have > 0 ? [{ paired: Math.max(0, have - unlike), unlike }] : [],
    );
  }

  /** Lets go of what lies before that bucket. */
  forget(oldest: number): void {
    for (const bucket of this.#spans.keys()) if (bucket < oldest) this.#spans.delete(bucket);
  }

  #since(oldest: number): readonly PeerSpan[] {
    return [...this.#spans].filter(([bucket]) => bucket >= oldest).map(([, span]) => span);
  }

  #message(atNs: bigint, kind: number, body: Uint8Array): void {
    if (kind === distillationHave.kind) this.#span(atNs).have += 1;
    if (kind === distillationOmit.kind && distillationOmit.decode(body).reason === "digest")
      this.#span(atNs).unlike += 1;
    if (kind !== distillationEstimates.kind) return;
    const { sent, sifted, errors } = distillationEstimates.decode(body);
    const { blocks } = this.#span(atNs);
    const told = { gates: 0, detections: 0, doubleClicks: null, photocurrentNa: null, ones: null };
    if (blocks.length < MOST_BLOCKS) blocks.push({ ...told, sent, sifted, errors });
  }

  #span(atNs: bigint): PeerSpan {
    const bucket = this.#bucketOf(atNs);
    const span = this.#spans.get(bucket) ?? { blocks: [], have: 0, unlike: 0 };
    this.#spans.set(bucket, span);
    return span;
  }
}
