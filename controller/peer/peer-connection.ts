import type { TLSSocket } from "node:tls";
import { PeerError } from "../../errors/index.ts";
import {
  checkIncoming,
  connectionHeartbeat,
  connectionHello,
  connectionProof,
  encodePeerHeader,
  PEER_HEADER_BYTES,
  type PeerHeader,
  type PeerOwner,
  peerMessageOf,
  type SecretBytes,
} from "../../protocol/index.ts";
import { pairEnd, siteOfEnd } from "../pool/proposer.ts";
import { BufferPool } from "./buffer-pool.ts";
import { PacedWriter } from "./paced-writer.ts";
import type { OutgoingMessage, PeerMessage } from "./peer-channel.ts";
import { OTHER_SITE, PeerHello, type PeerIntroduction } from "./peer-hello.ts";
import { PeerScanner } from "./peer-scanner.ts";

/** Of whom Alice is the site of the transmitter; of all others she is the proposer of the pair. */
const OF_DEVICES: ReadonlySet<PeerOwner> = new Set(["connection", "distillation"]);

const HELLO_TIMEOUT_MS = 5000;
/** Silence of this many heartbeats means that the peer is gone. */
const MISSED_HEARTBEATS = 4;

/** Memory of messages that wait for the socket: several blocks' worth, which a slow way may hold up. */
const MAX_WAITING_BYTES = 1 << 28;
/** From so much on a peer has to read: of what waits, something leaves within the time that its silence may last. */
const MAX_UNREAD_BYTES = 8 << 20;

/** One TLS connection to the peer: hello, framing, heartbeat, one end. */
export class PeerConnection {
  readonly #socket: TLSSocket;
  readonly #sending = new BufferPool();
  readonly #writer: PacedWriter;
  readonly #scanner = new PeerScanner(onlyIntroductions, new BufferPool());
  readonly #heartbeatMs: number;
  #waitingBytes = 0;
  #heartbeat: NodeJS.Timeout | null = null;
  #lastHeardMs = 0;
  #deliver: ((message: PeerMessage) => void) | null = null;
  #fail: ((error: PeerError) => void) | null = null;
  #held: PeerMessage[] | null = [];
  #ended = false;
  #distrust: () => PeerError | null = () => null;

  constructor(socket: TLSSocket, heartbeatMs: number) {
    this.#socket = socket;
    this.#writer = new PacedWriter(socket);
    this.#heartbeatMs = heartbeatMs;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("error", (cause) => this.#die(gone(cause)));
    socket.on("close", () => this.#die(gone()));
  }

  /** Introduces both sides and checks the secret. Rejects with PeerError. */
  hello(introduction: PeerIntroduction, secret: SecretBytes): Promise<void> {
    const exporter = this.#socket.exportKeyingMaterial(32, "EXPORTER-qkdlink-peer", Buffer.alloc(0));
    const hello = new PeerHello(introduction, secret, exporter);
    return new Promise((resolve, reject) => {
      const finish = (error: PeerError | null): void => {
        clearTimeout(timer);
        this.#deliver = null;
        this.#fail = null;
        if (error === null) resolve();
        // The peer must read this side's hello too, or it would not know the other version.
        else void said.then(() => reject(error));
      };
      const timer = setTimeout(
        () => finish(new PeerError("QKD_PEER_PROTOCOL", "the peer sent no hello in time")),
        HELLO_TIMEOUT_MS,
      );
      let heard = false;
      this.#fail = (error) => finish(heard || error.code !== "QKD_PEER_UNREACHABLE" ? error : unheard(error));
      this.#deliver = (message) => {
        heard = true;
        try {
          if (message.kind === connectionHello.kind)
            void this.send(connectionProof.kind, hello.answer(message.body)).catch(() => {});
          else {
            hello.verify(message.body);
            this.#scanner.admission = (header) => introduced(header, introduction);
            finish(null);
          }
        } catch (error) {
          finish(
            error instanceof PeerError
              ? error
              : new PeerError("QKD_PEER_PROTOCOL", "the peer's hello failed"),
          );
        }
      };
      const said = this.send(connectionHello.kind, [hello.ownBytes]).catch((cause) => finish(gone(cause)));
      this.#flush();
    });
  }

  /** Names the receivers; messages are held until `release`. */
  run(
    deliver: (message: PeerMessage) => void,
    fail: (error: PeerError) => void,
    distrust: () => PeerError | null = () => null,
  ): void {
    this.#distrust = distrust;
    this.#held ??= [];
    this.#deliver = deliver;
    this.#fail = fail;
    this.#lastHeardMs = performance.now();
    this.#heartbeat = setInterval(() => this.#beat(), this.#heartbeatMs);
    if (this.#ended) fail(gone());
  }

  /** Lets held and later messages through. */
  release(): void {
    this.#flush();
  }

  send(kind: number, parts: readonly Uint8Array[]): Promise<void> {
    return this.sendAll([{ kind, parts }]);
  }

  /** All messages leave as one write: encryption and system calls are paid once. */
  sendAll(messages: readonly OutgoingMessage[]): Promise<void> {
    if (this.#ended) return Promise.reject(gone());
    const sizes = messages.map(({ parts }) => parts.reduce((sum, part) => sum + part.length, 0));
    const bytes = sizes.reduce((sum, size) => sum + PEER_HEADER_BYTES + size, 0);
    const buffer = this.#sending.take(bytes);
    if (this.#waitingBytes + buffer.length > MAX_WAITING_BYTES) {
      const error = this.#tooSlow("the peer reads too slowly");
      this.#die(error);
      return Promise.reject(error);
    }
    this.#waitingBytes += buffer.length;
    let at = 0;
    for (const [index, { kind, parts }] of messages.entries()) {
      buffer.set(encodePeerHeader({ kind, bodyBytes: sizes[index] ?? 0 }), at);
      at += PEER_HEADER_BYTES;
      for (const part of parts) {
        buffer.set(part, at);
        at += part.length;
      }
    }
    const kept = (): void => {
      this.#waitingBytes -= buffer.length;
      this.#sending.give(buffer);
    };
    return this.#writer.write(buffer.subarray(0, bytes)).then(kept, (cause) => {
      kept();
      throw gone(cause);
    });
  }

  recycle(body: Uint8Array): void {
    this.#scanner.recycle(body);
  }

  /** Idempotent; the failure callback is not called for an end of one's own. */
  end(): void {
    this.#ended = true;
    this.#fail = null;
    this.#deliver = null;
    if (this.#heartbeat !== null) clearInterval(this.#heartbeat);
    this.#socket.destroy();
    this.#writer.end();
  }

  #receive(chunk: Uint8Array): void {
    this.#lastHeardMs = performance.now();
    try {
      for (const message of this.#scanner.push(chunk)) {
        if (message.kind === connectionHeartbeat.kind) continue;
        if (this.#held !== null) this.#held.push(message);
        else this.#deliver?.(message);
        // What follows the proof belongs to the layers above, which are not listening yet.
        if (message.kind === connectionProof.kind) this.#held ??= [];
      }
    } catch (error) {
      this.#die(error instanceof PeerError ? error : gone(error));
    }
  }

  #flush(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const [index, message] of held.entries()) {
      this.#deliver?.(message);
      if (message.kind === connectionProof.kind) {
        this.#held = held.slice(index + 1);
        return;
      }
    }
  }

  /** Ends the connection when the peer's certificate is not right any more; asked at each heartbeat, too. */
  recheck(): void {
    const fault = this.#distrust();
    if (fault !== null) this.#die(fault);
  }

  #beat(): void {
    this.recheck();
    const nowMs = performance.now();
    const limitMs = MISSED_HEARTBEATS * this.#heartbeatMs;
    const waits = this.#waitingBytes > MAX_UNREAD_BYTES;
    if (waits && nowMs - this.#writer.movedMs > limitMs)
      this.#die(this.#tooSlow("the peer lives, and reads nothing"));
    else if (nowMs - this.#lastHeardMs > limitMs)
      this.#die(new PeerError("QKD_PEER_UNREACHABLE", "the peer fell silent", { retryable: true }));
    else this.send(connectionHeartbeat.kind, []).catch(() => {});
  }

  #tooSlow(sentence: string): PeerError {
    return new PeerError("QKD_PEER_PROTOCOL", sentence, {
      context: { waitingBytes: this.#waitingBytes },
      remedy: "check the way to the peer site, and that its controller runs",
    });
  }

  #die(error: PeerError): void {
    const fail = this.#fail;
    this.end();
    fail?.(error);
  }
}

/** Before the peer has proved who it is, only its introduction is read. */
function onlyIntroductions(header: PeerHeader): void {
  if (header.kind !== connectionHello.kind && header.kind !== connectionProof.kind)
    throw new PeerError("QKD_PEER_PROTOCOL", "the peer did not begin with a hello", {
      context: { message: peerMessageOf(header.kind)?.name ?? `kind ${header.kind}` },
    });
  checkIncoming(header, "alice");
}

/** Afterwards it may say everything else. */
function introduced(header: PeerHeader, { site, end = pairEnd(site) }: PeerIntroduction): void {
  const own = OF_DEVICES.has(peerMessageOf(header.kind)?.owner ?? "connection") ? site : siteOfEnd(end);
  checkIncoming(header, OTHER_SITE[own]);
  if (header.kind === connectionHello.kind || header.kind === connectionProof.kind)
    throw new PeerError("QKD_PEER_PROTOCOL", "the peer introduced itself twice");
}

/** Who refuses a certificate closes after the handshake, and TLS 1.3 has no word for it any more. */
function unheard(error: PeerError): PeerError {
  return new PeerError(error.code, "the peer site closed the connection before it introduced itself", {
    cause: error,
    context: error.context,
    retryable: true,
    remedy:
      "read the other site's log: it may refuse this site's certificate (peer.authority, peer.crl, peer.identity there), or have no place free",
  });
}

function gone(cause?: unknown): PeerError {
  const reason = cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : "closed";
  return new PeerError("QKD_PEER_UNREACHABLE", "the connection to the peer site ended", {
    retryable: true,
    context: { reason },
    ...(cause === undefined ? {} : { cause }),
  });
}
