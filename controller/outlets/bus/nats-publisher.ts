import {
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamClient,
  jetstream,
  jetstreamManager,
} from "@nats-io/jetstream";
import { connect, credsAuthenticator, type NatsConnection, nanos } from "@nats-io/transport-node";
import type { BusOptions } from "./bus-options.ts";
import type { NumberedMessage, Outbox } from "./outbox.ts";

/** What is told of the bus: once when it is lost, once when it is reached. */
export type BusNews =
  | { readonly type: "lost"; readonly reason: string; readonly waiting: number }
  | {
      readonly type: "reached";
      readonly address: string;
      readonly waiting: number;
      readonly dropped: number;
    };

/** Who publishes, and where. */
export interface Publication {
  readonly options: BusOptions;
  readonly stream: string;
  /** Everything below it goes to the stream. */
  readonly subjects: string;
  /** First part of every message's id. */
  readonly node: string;
}

/** Messages on their way at once. */
const IN_FLIGHT = 64;
const ANSWER_MS = 5000;
const CONNECT_MS = 5000;
const LEAST_PAUSE_MS = 500;
const MOST_PAUSE_MS = 30_000;
const HOUR_MS = 3_600_000;
/** For how long the stream knows the id of a message again, and keeps the message. */
const DUPLICATE_WINDOW_MS = HOUR_MS;
const KEPT_MS = 7 * 24 * HOUR_MS;

/** Brings what waits in an outbox to a stream, each message until the stream has it. Nobody waits for it. */
export class NatsPublisher {
  readonly #outbox: Outbox;
  readonly #tell: (news: BusNews) => void;
  #publication: Publication;
  #connection: NatsConnection | null = null;
  #stream: JetStreamClient | null = null;
  #closed = false;
  #wake: () => void = () => {};
  #told: BusNews["type"] | null = null;
  #sent = 0;
  /** Connections that were tried: the servers take turns. */
  #attempt = 0;
  readonly #running: Promise<void>;

  constructor(outbox: Outbox, publication: Publication, tell: (news: BusNews) => void) {
    this.#outbox = outbox;
    this.#publication = publication;
    this.#tell = tell;
    this.#running = this.#run();
  }

  get reached(): boolean {
    return this.#stream !== null;
  }

  get sent(): number {
    return this.#sent;
  }

  /** Something waits. A pause between two tries is not cut short by it. */
  wake(): void {
    if (this.#stream !== null) this.#wake();
  }

  /** Tells the latest of something, where the bus is reached; nobody keeps it otherwise. */
  tellNow(subject: string, body: string): void {
    if (this.#stream !== null) this.#connection?.publish(subject, body);
  }

  /** Servers and certificates from now on; the connection begins anew. */
  renew(publication: Publication): void {
    this.#publication = publication;
    void this.#connection?.close();
    this.#wake();
  }

  /** Waits until nothing waits any more or the time is over, then ends. What waits still, stays in the outbox. */
  async close(withinMs: number): Promise<void> {
    const end = performance.now() + withinMs;
    while (this.#stream !== null && this.#outbox.waiting > 0 && performance.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 20));
    this.#closed = true;
    this.#wake();
    await this.#connection?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let pauseMs = LEAST_PAUSE_MS; !this.#closed; pauseMs = Math.min(2 * pauseMs, MOST_PAUSE_MS)) {
      const { address, reason } = await this.#serve().catch((error: unknown) => ({
        address: null,
        reason: reasonOf(error),
      }));
      if (this.#closed) return;
      if (address !== null) pauseMs = LEAST_PAUSE_MS;
      if (this.#told !== "lost") this.#news({ type: "lost", reason, waiting: this.#outbox.waiting });
      await this.#woken(pauseMs * (0.75 + Math.random() / 2));
    }
  }

  /** One connection, from its beginning to its end. */
  async #serve(): Promise<{ address: string; reason: string }> {
    const connection = await connected(this.#publication.options, this.#attempt++);
    this.#connection = connection;
    let over = false;
    const ended = connection.closed().then((error) => {
      over = true;
      this.#wake();
      return error;
    });
    const address = connection.getServer();
    try {
      await ensureStream(connection, this.#publication);
      const stream = jetstream(connection, { timeout: ANSWER_MS });
      this.#stream = stream;
      const [waiting, dropped] = [this.#outbox.waiting, this.#outbox.takeDropped()];
      this.#news({ type: "reached", address, waiting, dropped });
      while (!over && !this.#closed) {
        const messages = this.#outbox.first(IN_FLIGHT);
        if (messages.length > 0) await this.#publish(stream, messages);
        else await this.#woken(null);
      }
    } finally {
      this.#stream = null;
      await connection.close();
    }
    const error = await ended;
    return { address, reason: error instanceof Error ? reasonOf(error) : "the connection ended" };
  }

  /** Throws what the first of them met that the stream does not have; the others are settled. */
  async #publish(stream: JetStreamClient, messages: readonly NumberedMessage[]): Promise<void> {
    const { node } = this.#publication;
    const answers = await Promise.allSettled(
      messages.map(({ number, subject, body }) =>
        stream.publish(subject, body, {
          msgID: `${node}:${this.#outbox.epoch}:${number}`,
          timeout: ANSWER_MS,
        }),
      ),
    );
    const taken = messages.filter((_, index) => answers[index]?.status === "fulfilled");
    this.#outbox.settle(taken.map(({ number }) => number));
    this.#sent += taken.length;
    const failed = answers.find((answer) => answer.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  #news(news: BusNews): void {
    this.#told = news.type;
    this.#tell(news);
  }

  /** Until somebody wakes it, or that time is over. */
  #woken(withinMs: number | null): Promise<void> {
    return new Promise((resolve) => {
      const timer = withinMs === null ? null : setTimeout(resolve, withinMs);
      this.#wake = () => {
        if (timer !== null) clearTimeout(timer);
        resolve();
      };
    });
  }
}

function connected({ servers, tls, credentials }: BusOptions, attempt: number): Promise<NatsConnection> {
  const { host: server, hostname } = new URL(servers[attempt % servers.length] ?? "");
  // The client names no address to TLS, which would then expect the certificate of localhost.
  const named = { ...tls, host: hostname.replace(/^\[|\]$/g, "") };
  return connect({
    servers: server,
    // Servers that others name are not asked: the file says whom to trust.
    ignoreClusterUpdates: true,
    reconnect: false,
    timeout: CONNECT_MS,
    name: "qkdlink",
    ...(tls === undefined ? {} : { tls: named }),
    ...(credentials === undefined
      ? {}
      : { authenticator: credsAuthenticator(new TextEncoder().encode(credentials)) }),
  });
}

async function ensureStream(connection: NatsConnection, { stream, subjects }: Publication): Promise<void> {
  const manager = await jetstreamManager(connection, { timeout: ANSWER_MS });
  try {
    await manager.streams.info(stream);
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== JetStreamApiCodes.StreamNotFound) throw error;
    await manager.streams.add({
      name: stream,
      subjects: [subjects],
      max_age: nanos(KEPT_MS),
      duplicate_window: nanos(DUPLICATE_WINDOW_MS),
    });
  }
}

/** Half a sentence for people, without what the server may have added. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown reason";
  const { cause } = error;
  const told = cause instanceof Error ? `${error.message}: ${cause.message}` : error.message;
  return told.replace(/[^\x20-\x7e]/g, " ").slice(0, 200);
}
