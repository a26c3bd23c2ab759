import { PeerError } from "../../errors/index.ts";
import type { PeerMessage } from "../../protocol/index.ts";
import type { CallerOptions } from "../delivery/caller-rules.ts";
import type { DeliveryTls } from "../delivery/delivery-tls.ts";
import type { SendMessage } from "../peer/send-message.ts";
import type { BlockSource } from "../sources/block-source.ts";
import { steadyMs } from "../steady-time.ts";
import { StreamDesk } from "../streams/stream-desk.ts";
import { createStreamServer, type StreamServer, type StreamServerOptions } from "../streams/stream-server.ts";
import type { NetworkDirectory } from "./network-directory.ts";

/** Where a node serves streams of keys (ETSI GS QKD 004); who is served, and by which certificates, is key delivery's. */
export type NodeStreamsOptions = Pick<StreamServerOptions, "listen" | "limits">;

/** What streams need of their node. */
export interface NodeStreamsPorts {
  readonly directory: NetworkDirectory;
  /** Over the pair with a node that no link joins with this one; null where there is none. */
  readonly sendTo: (node: string) => SendMessage | null;
}

/** The streams of a node: the desk, the connections that it speaks over, and the server. */
export class NodeStreams {
  readonly #ports: NodeStreamsPorts;
  readonly #desk: StreamDesk;
  readonly #links = new Map<string, SendMessage>();
  #server: StreamServer | null = null;

  constructor(ports: NodeStreamsPorts) {
    this.#ports = ports;
    this.#desk = new StreamDesk({
      directory: ports.directory,
      tell: (sae, message, value) => this.#tell(sae, message, value),
      steadyMs,
      now: Date.now,
    });
  }

  /** The port of the server; null where none is open. */
  get port(): number | null {
    return this.#server?.port ?? null;
  }

  /** Rejects with ConfigError. */
  async serve(options: NodeStreamsOptions, tls: DeliveryTls, callers: CallerOptions): Promise<void> {
    const { kmeIds } = this.#ports.directory;
    this.#server = await createStreamServer({ ...options, desk: this.#desk, callers, kmeIds, tls });
  }

  /** Later handshakes and the next request of every connection go by these. */
  renew(tls: DeliveryTls, callers: CallerOptions): void {
    this.#server?.renew(callers, tls);
  }

  /** Streams on the connection of a link, each time that it starts. */
  guest(neighbour: string, send: SendMessage): BlockSource {
    return {
      kind: "relayed",
      origin: null,
      holdings: async () => ({ blockIds: [], newest: -1 }),
      connected: (epoch) => {
        if (epoch === null) this.#links.delete(neighbour);
        else this.#links.set(neighbour, send);
      },
      receive: async (kind, body) => this.heard(neighbour, kind, body),
      fill: async () => {},
      close: async () => void this.#links.delete(neighbour),
    };
  }

  /** A message of a node; false for a kind that is not the streams'. Throws PeerError. */
  heard(node: string, kind: number, body: Uint8Array): boolean {
    return this.#desk.receive(kind, body, (sae) => this.#ports.directory.nodeOf(sae) === node);
  }

  tick(): void {
    this.#desk.tick();
  }

  async close(): Promise<void> {
    await this.#server?.close();
    this.#desk.end();
  }

  async #tell<T>(sae: string, message: PeerMessage<T>, value: T): Promise<void> {
    const node = this.#ports.directory.nodeOf(sae);
    const send = node === null ? null : (this.#links.get(node) ?? this.#ports.sendTo(node));
    if (send === null)
      throw new PeerError("QKD_PEER_UNREACHABLE", "the node of the other application is not connected", {
        retryable: true,
      });
    await send(message, value);
  }
}
