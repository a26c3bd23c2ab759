import { TransportError } from "../../errors/index.ts";
import { checkOptions, maybe, rule } from "../../options/index.ts";
import { ByteFeed } from "./byte-feed.ts";
import type { Transport } from "./transport.ts";

/** One end of a line inside the process. */
export interface MemoryTransport extends Transport {
  /** Breaks the line as a pulled cable does: both ends die with QKD_TRANSPORT_CLOSED. */
  unplug(): void;
}

interface Waiting {
  readonly chunk: Uint8Array;
  readonly done: () => void;
  readonly fail: (error: TransportError) => void;
}

/**
 * Two transports joined back to back, without sockets: for tests and for devices that live in the same process.
 * A write resolves when the other end's reader took it, in order, never in the same turn; writes wait for a reader.
 */
export function createMemoryLink(
  options: { readonly name?: string; readonly chunkBytes?: number } = {},
): [MemoryTransport, MemoryTransport] {
  checkOptions("the options of createMemoryLink", options, {
    name: maybe(rule.text()),
    chunkBytes: maybe(rule.number(1, Number.POSITIVE_INFINITY)),
  });
  const name = options.name ?? "memory";
  const chunkBytes = options.chunkBytes ?? Number.POSITIVE_INFINITY;
  const unplug = () => {
    const error = gone(name, "was unplugged");
    left.die(error);
    right.die(error);
  };
  const left = new End(`${name}:left`, chunkBytes, unplug, () => right);
  const right = new End(`${name}:right`, chunkBytes, unplug, () => left);
  return [left, right];
}

class End implements MemoryTransport {
  readonly kind = "memory";
  readonly name: string;
  readonly unplug: () => void;
  readonly #chunkBytes: number;
  readonly #peer: () => End;
  readonly #feed: ByteFeed;
  #reading = false;
  #incoming: Waiting[] = [];

  constructor(name: string, chunkBytes: number, unplug: () => void, peer: () => End) {
    this.name = name;
    this.#chunkBytes = chunkBytes;
    this.unplug = unplug;
    this.#peer = peer;
    this.#feed = new ByteFeed(name, () => {
      this.#reading = true;
      this.#schedule();
    });
  }

  get bytes$() {
    return this.#feed.bytes$;
  }

  write(bytes: Uint8Array): Promise<void> {
    if (!this.#feed.live) return Promise.reject(gone(this.name, "is closed"));
    return new Promise((done, fail) => this.#peer().#receive({ chunk: bytes, done, fail }));
  }

  async close(): Promise<void> {
    if (!this.#feed.live) return;
    this.#feed.end();
    this.#refuseIncoming(gone(this.name, "is closed"));
    // What was written before the close still arrives, as on a socket.
    this.#peer().#receive({
      chunk: new Uint8Array(),
      done: () => this.#peer().die(gone(this.name, "hung up")),
      fail: () => {},
    });
  }

  die(error: TransportError): void {
    this.#refuseIncoming(error);
    this.#feed.end(error);
  }

  #receive(waiting: Waiting): void {
    if (!this.#feed.live) {
      waiting.fail(gone(this.name, "is closed"));
      return;
    }
    this.#incoming.push(waiting);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#reading) queueMicrotask(() => this.#deliver());
  }

  #deliver(): void {
    const next = this.#incoming.shift();
    if (next === undefined) return;
    for (let start = 0; start < next.chunk.length; start += this.#chunkBytes)
      this.#feed.push(next.chunk.subarray(start, start + this.#chunkBytes));
    next.done();
  }

  #refuseIncoming(error: TransportError): void {
    const refused = this.#incoming;
    this.#incoming = [];
    for (const { fail } of refused) fail(error);
  }
}

function gone(name: string, what: string): TransportError {
  return new TransportError("QKD_TRANSPORT_CLOSED", `The line ${name} ${what}`, {
    retryable: true,
    context: { address: name },
  });
}
