import { TLSSocket } from "node:tls";
import { decodePeerHeader, encodePeerHeader, PEER_HEADER_BYTES } from "../../../protocol/index.ts";
import { type Deviation, type Told, unchanged } from "../deviation.ts";
import type { Side } from "../memory-connection.ts";

/** Every write of a socket comes by here: one chunk, or several that waited. */
type Write = (several: boolean, data: unknown, ...rest: unknown[]) => unknown;

interface WritingSocket {
  _writeGeneric: Write;
}

const SOCKETS = TLSSocket.prototype as unknown as WritingSocket;

/**
 * Changes what one side writes into its TLS sockets, a message at a time, from `lie` to `behave`. Alice's sockets are those at
 * her port. The bytes are encrypted after it, so the other side sees a peer that has key and certificate, and lies.
 */
export class SocketLiar {
  lies = 0;
  readonly #honest: Write = SOCKETS._writeGeneric;
  readonly #side: Side;
  readonly #kind: number;
  readonly #deviation: Deviation;
  #before: Uint8Array | null = null;
  #late: Uint8Array[] = [];

  constructor(side: Side, kind: number, deviation: Deviation) {
    this.#side = side;
    this.#kind = kind;
    this.#deviation = deviation;
  }

  /** `port`: where Alice listens. */
  lie(port: number | null): void {
    const liar = this;
    SOCKETS._writeGeneric = function (this: TLSSocket, several, data, ...rest) {
      const side: Side = this.localPort === port ? "alice" : "bob";
      return liar.#honest.call(this, several, side === liar.#side ? liar.#changed(data) : data, ...rest);
    };
  }

  behave(): void {
    SOCKETS._writeGeneric = this.#honest;
  }

  #changed(data: unknown): unknown {
    if (data instanceof Uint8Array) return Buffer.from(this.#instead(new Uint8Array(data)));
    const waited = data as readonly { readonly chunk: Uint8Array }[];
    return Object.assign(
      waited.map((one) => ({ ...one, chunk: Buffer.from(this.#instead(new Uint8Array(one.chunk))) })),
      { allBuffers: true },
    );
  }

  #instead(bytes: Uint8Array): Uint8Array {
    const out: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; ) {
      const { kind, bodyBytes } = decodePeerHeader(bytes.subarray(at, at + PEER_HEADER_BYTES));
      const end = at + PEER_HEADER_BYTES + bodyBytes;
      const body = bytes.slice(at + PEER_HEADER_BYTES, end);
      const late = this.#late.splice(0);
      out.push(...(kind === this.#kind ? this.#told(body) : [message(kind, body)]), ...late);
      at = end;
    }
    return Uint8Array.from(Buffer.concat(out));
  }

  #told(body: Uint8Array): Uint8Array[] {
    const { told, uninvited } = this.#deviation;
    const before = this.#before;
    this.#before = body;
    const instead: Told | null =
      uninvited === undefined ? (told?.(body, { before }) ?? null) : { now: [...uninvited(), body] };
    if (instead === null || unchanged(instead, body)) return [message(this.#kind, body)];
    this.lies += 1;
    if (instead.late !== undefined) this.#late.push(message(this.#kind, instead.late.body));
    return instead.now.map((one) => message(this.#kind, one));
  }
}

function message(kind: number, body: Uint8Array): Uint8Array {
  return Uint8Array.from(Buffer.concat([encodePeerHeader({ kind, bodyBytes: body.length }), body]));
}
