import { type RedactedPacket, redactPeerMessage } from "../../capture/index.ts";
import type { PeerEndpoint } from "./peer-channel.ts";
import { WatchedChannel, wholeBody } from "./watched-channel.ts";

/** Is told of each message between the controllers when it passes, redacted. */
export type PeerTap = (verb: "said" | "heard", packet: RedactedPacket) => void;

/** Bytes that are recorded in a second, at most: a recording must not hold up the link. */
const MOST_BYTES_A_SECOND = 8 * 2 ** 20;
const SECOND_MS = 1000;

/** A channel that is recorded, without tags, proofs, ciphertexts and planes. */
export class RecordedChannel extends WatchedChannel {
  constructor(inner: PeerEndpoint, recorded: PeerTap, now = () => performance.now()) {
    let secondMs = Number.NEGATIVE_INFINITY;
    let bytes = 0;
    super(inner, (verb, kind, parts) => {
      const nowMs = now();
      if (nowMs - secondMs >= SECOND_MS) {
        secondMs = nowMs;
        bytes = 0;
      }
      for (const { length } of parts) bytes += length;
      if (bytes <= MOST_BYTES_A_SECOND) recorded(verb, redactPeerMessage(kind, wholeBody(parts)));
    });
  }
}
