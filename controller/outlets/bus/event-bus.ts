import type { Observable, Subscription } from "rxjs";
import { QkdError } from "../../../errors/index.ts";
import type { ControllerEvent } from "../../events.ts";
import type { AlarmView, LiveView } from "../api/index.ts";
import type { CollectorNews } from "../collectors/collector-connection.ts";
import { alarmMessage, type BusNames, eventMessage, telemetryMessages } from "./bus-messages.ts";
import {
  type BusOptions,
  checkBus,
  DEFAULT_NETWORK,
  DEFAULT_TELEMETRY_S,
  subjectToken,
} from "./bus-options.ts";
import { type BusNews, NatsPublisher, type Publication } from "./nats-publisher.ts";
import { type BusMessage, Outbox } from "./outbox.ts";

/** What a site tells of itself. */
export interface BusSource extends Omit<BusNames, "network"> {
  /** Path of the site's key store; the outbox lies beside it. */
  readonly store: string;
  readonly events$: Observable<ControllerEvent>;
  readonly alarmChanges$: Observable<{
    readonly atMs: number;
    readonly state: "raised" | "cleared" | "acknowledged";
    readonly alarm: AlarmView;
  }>;
  readonly live: () => LiveView;
  /** Told of what cannot be written, once until it can be again. */
  readonly failed: (error: QkdError) => void;
}

/** How long the end waits for a bus that is reached. */
const END_GRACE_MS = 1500;

/** The outbox of a site, beside its key store. */
export const outboxOf = (store: string): string => `${store}.events`;

/**
 * Tells a stream of NATS what happens at a site: every event and alarm once, in order, however long the bus is away; and,
 * while it is reached, how link, stock and delivery are.
 */
export class EventBus {
  readonly #names: BusNames;
  readonly #source: BusSource;
  readonly #address: string;
  readonly #outbox: Outbox;
  readonly #publisher: NatsPublisher;
  readonly #subscriptions: Subscription[];
  readonly #timer: NodeJS.Timeout;
  #unwritten = false;
  #closing: Promise<void> | null = null;

  /** ConfigError for options that are impossible, KeyStoreError for an outbox that cannot be opened. */
  constructor(options: BusOptions, source: BusSource, told: (news: CollectorNews) => void) {
    checkBus(options);
    const { linkId, node, peerNode, store, events$, alarmChanges$ } = source;
    this.#source = source;
    this.#names = { network: options.network ?? DEFAULT_NETWORK, node, linkId, peerNode };
    this.#address = options.servers.join(", ");
    this.#outbox = new Outbox(outboxOf(store));
    this.#publisher = new NatsPublisher(this.#outbox, this.#publication(options), (news) =>
      told(this.#newsOf(news)),
    );
    this.#subscriptions = [
      events$.subscribe((event) => this.#add(eventMessage(this.#names, event))),
      alarmChanges$.subscribe((change) => this.#add(alarmMessage(this.#names, change))),
    ];
    const periodMs = 1000 * (options.telemetryS ?? DEFAULT_TELEMETRY_S);
    this.#timer = setInterval(() => this.#tellNow(), periodMs).unref();
  }

  /** For the metrics. */
  get counts() {
    return {
      outlet: "nats" as const,
      reached: this.#publisher.reached,
      waiting: this.#outbox.waiting,
      sent: this.#publisher.sent,
    };
  }

  /** Servers and certificates from now on. ConfigError, and nothing changed, for options that are impossible. */
  renew(options: BusOptions): void {
    checkBus(options);
    this.#publisher.renew(this.#publication(options));
  }

  /** Tells what waits while the bus takes it, within two seconds; the rest waits for the next start. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    await this.#publisher.close(END_GRACE_MS);
    this.#outbox.close();
  }

  #publication(options: BusOptions): Publication {
    const { network } = this.#names;
    const node = subjectToken(this.#names.node);
    return { options, node, stream: options.stream ?? `qkd-${network}`, subjects: `qkd.${network}.>` };
  }

  /** What cannot be written is lost to the bus; the site goes on. */
  #add(message: BusMessage): void {
    try {
      this.#outbox.add(message);
      this.#unwritten = false;
    } catch (error) {
      if (!(error instanceof QkdError)) throw error;
      if (!this.#unwritten) this.#source.failed(error);
      this.#unwritten = true;
    }
    this.#publisher.wake();
  }

  #tellNow(): void {
    if (!this.#publisher.reached) return;
    for (const { subject, body } of telemetryMessages(this.#names, this.#source.live()))
      this.#publisher.tellNow(subject, body);
  }

  #newsOf(news: BusNews): CollectorNews {
    const named = { outlet: "nats", address: this.#address } as const;
    if (news.type === "lost")
      return { type: "collectorLost", ...named, reason: news.reason, waiting: news.waiting };
    return { type: "collectorReached", ...named, waiting: news.waiting, dropped: news.dropped };
  }
}
