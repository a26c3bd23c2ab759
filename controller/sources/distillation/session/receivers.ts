import { PeerError } from "../../../../errors/index.ts";
import type { PeerMessage } from "../../../../protocol/index.ts";
import type { Block } from "../block/block.ts";
import type { SessionPort } from "./session-port.ts";

type Receiver = (body: Uint8Array) => void;

/** What a role does with each message that the peer may send it, by kind. */
export class Receivers {
  readonly #session: SessionPort;
  readonly #byKind = new Map<number, Receiver>();

  constructor(session: SessionPort) {
    this.#session = session;
  }

  /** A message outside the transcripts, or one that opens a block. */
  on<T>(message: PeerMessage<T>, take: (value: T, body: Uint8Array) => void): this {
    this.#byKind.set(message.kind, (body) => take(message.decode(body), body));
    return this;
  }

  /** A message of an open block: enters its transcript before it takes effect. */
  inBlock<T extends { readonly sequence: number; readonly heard: number }>(
    message: PeerMessage<T>,
    take: (block: Block, value: T) => void,
  ): this {
    return this.on(message, (value, body) => {
      const block = this.#session.block(value.sequence);
      block.hear(message.kind, body, value.heard);
      take(block, value);
    });
  }

  /** @throws PeerError QKD_PEER_PROTOCOL for a kind that is not the peer's to send. */
  receive(kind: number, body: Uint8Array): void {
    const receiver = this.#byKind.get(kind);
    if (receiver === undefined)
      throw new PeerError("QKD_PEER_PROTOCOL", "the peer sent a message that is not its to send", {
        context: { kind },
      });
    receiver(body);
  }
}
