import { CodecError, PeerError } from "../../errors/index.ts";
import type { FieldRow } from "../codec/field.ts";
import type { MessageCodec } from "../codec/message-codec.ts";
import type { PeerOwner } from "./owners.ts";

/** A message between the two controllers of a link. */
export interface PeerMessage<T> {
  /** Owner, a dot, and the message's own name: `distillation.sift`. */
  readonly name: `${PeerOwner}.${string}`;
  /** One byte, inside the range of the owner. */
  readonly kind: number;
  readonly owner: PeerOwner;
  /** Who may send it. */
  readonly from: "alice" | "bob" | "either";
  readonly meaning: string;
  /** Largest body. */
  readonly limitBytes: number;
  /** The sender's tag of the block covers it; such a message begins with `sequence` and `heard`. */
  readonly tagged: boolean;
  /**
   * The body in pieces that belong back to back; long planes and byte fields are handed through without a copy.
   * Throws CodecError QKD_CODEC_VALUE for values that cannot be sent.
   */
  encode(value: T): readonly Uint8Array[];
  /**
   * Reads a body. Throws PeerError QKD_PEER_PROTOCOL, which names the message and quotes no bytes. Planes and `bytes32`
   * are views of the body, everything else is a copy. What it accepts, `encode` turns back into the same bytes.
   */
  decode(body: Uint8Array): T;
  /** The field table of the message. */
  readonly rows: readonly FieldRow[];
  /** Messages that tests send. */
  readonly samples: readonly T[];
}

/** Type of the values of a message between controllers. */
export type PeerValueOf<M> = M extends PeerMessage<infer T> ? T : never;

/** What is said of a message besides its fields. */
type Facts = Omit<PeerMessage<unknown>, "encode" | "decode" | "rows" | "samples" | "owner">;

/** Declares a message between controllers; infers its values from its fields. */
export function peerMessage<T>(facts: Facts & { readonly codec: MessageCodec<T> }): PeerMessage<T> {
  const { codec, ...told } = facts;
  const { name, limitBytes } = told;
  return {
    ...told,
    owner: name.slice(0, name.indexOf(".")) as PeerOwner,
    encode(value) {
      const parts = codec.encodeParts(value);
      let bodyBytes = 0;
      for (const part of parts) bodyBytes += part.length;
      if (bodyBytes > limitBytes)
        throw new CodecError("QKD_CODEC_VALUE", `message ${name} must have at most ${limitBytes} bytes`, {
          context: { message: name, bodyBytes, limitBytes },
        });
      return parts;
    },
    decode(body) {
      if (body.length > limitBytes)
        throw malformed(name, body, `it has ${body.length} bytes, at most ${limitBytes} are allowed`);
      try {
        return codec.decode(body);
      } catch (cause) {
        if (cause instanceof CodecError) throw malformed(name, body, cause.message, cause);
        throw cause;
      }
    },
    rows: codec.rows,
    samples: codec.samples,
  };
}

function malformed(message: string, body: Uint8Array, why: string, cause?: CodecError): PeerError {
  return new PeerError("QKD_PEER_PROTOCOL", `the peer's ${message} message is malformed: ${why}`, {
    context: { message, bodyBytes: body.length },
    cause,
  });
}
