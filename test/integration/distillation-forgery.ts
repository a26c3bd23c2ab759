import { createHash } from "node:crypto";
import {
  type distillationAgree,
  distillationHave,
  type PeerMessage,
  type PeerValueOf,
} from "../../protocol/index.ts";
import type { WireMessage } from "./distillation-rig.ts";

export type Have = PeerValueOf<typeof distillationHave>;
export type Agree = PeerValueOf<typeof distillationAgree>;

/** The body of a message with these values. */
export function bodyOf<T>(message: PeerMessage<T>, value: T): Uint8Array {
  return new Uint8Array(Buffer.concat(message.encode(value)));
}

/** The body with some of its fields changed. */
export function forged<T>(
  message: PeerMessage<T>,
  body: Uint8Array,
  change: (value: T) => Partial<T>,
): Uint8Array {
  const value = message.decode(body);
  return bodyOf(message, { ...value, ...change(value) });
}

/** What Bob told, in order. */
export function havesIn(wire: readonly WireMessage[]): Have[] {
  return wire
    .filter(({ kind }) => kind === distillationHave.kind)
    .map(({ body }) => distillationHave.decode(body));
}

/** What `agree` says of a list of frames, computed by the words of the specification. */
export function agreedOn(
  haves: readonly Have[],
): Pick<Agree, "last" | "frames" | "detections" | "listDigest"> {
  const hash = createHash("sha256");
  for (const { firstGate, gateCount, detections, gateDigest } of haves) {
    const head = Buffer.alloc(20);
    head.writeBigUInt64BE(firstGate, 0);
    head.writeBigUInt64BE(gateCount, 8);
    head.writeUInt32BE(detections, 16);
    hash.update(head).update(gateDigest);
  }
  return {
    last: haves.at(-1)?.number ?? 0,
    frames: haves.length,
    detections: haves.reduce((sum, have) => sum + have.detections, 0),
    listDigest: new Uint8Array(hash.digest()),
  };
}
