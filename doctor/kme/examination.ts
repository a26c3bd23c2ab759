import type { ExchangeTls } from "../../client/exchange/index.ts";
import { DeliveryError, QkdError } from "../../errors/index.ts";
import { type ContainerFault, type KeyFacts, readContainer } from "./key-facts.ts";
import { KmeSide, type Question } from "./kme-side.ts";
import { accepted, memberOf, type Seen } from "./seen.ts";

/** Certificate and key of a caller, PEM. */
export interface CallerPem {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** Who examines which servers, and as whom. */
export interface ExaminationOptions {
  readonly url: URL;
  readonly ca: string | Buffer;
  readonly master: CallerPem;
  readonly masterSae: string;
  readonly slaveSae: string;
  /** The slave's certificate and its KME; without it nothing is fetched by ID. */
  readonly slave?: (CallerPem & { readonly url: URL; readonly ca: string | Buffer }) | undefined;
  /** An SAE at the slave's KME that no key is meant for. */
  readonly other?: CallerPem | undefined;
  /** Certificates that have to be refused, by why. */
  readonly refused: Readonly<Record<"foreign" | "expired" | "revoked", CallerPem | undefined>>;
  /** Keys to take for the check that all differ. */
  readonly keys: number;
  /** Whether the pool may be emptied. */
  readonly drain: boolean;
  readonly timeoutMs: number;
  /** Answers of "Get key" that take longer are a finding, at 99 %. */
  readonly p99Ms: number;
  /** How long a KME may give a key again to the same SAE. */
  readonly windowMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Questions in a row without an answer, after which nothing more is asked. */
const MOST_FAULTS = 4;
const UUID_OF_NOBODY = "00000000-0000-4000-8000-00000000dead";

/** A server under examination: who asks it, what was seen of it, and what is gathered over all checks. */
export class Examination {
  readonly options: ExaminationOptions;
  readonly master: KmeSide;
  readonly slave: KmeSide | null;
  readonly unknownKeyId: string = UUID_OF_NOBODY;
  /** All answers, in order. */
  readonly seen: Seen[] = [];
  readonly faults = new Map<ContainerFault, Set<string>>();
  keysTaken = 0;
  status: Seen | null = null;
  readonly #keyIds = new Set<string>();
  readonly #digests = new Set<string>();
  readonly #sides: KmeSide[] = [];
  #silent = 0;

  constructor(options: ExaminationOptions) {
    const { ca, slave, timeoutMs, signal } = options;
    this.options = options;
    this.master = this.side({ ca, ...options.master });
    this.slave =
      slave === undefined
        ? null
        : this.#opened(
            new KmeSide({
              url: slave.url,
              tls: { ca: slave.ca, cert: slave.cert, key: slave.key },
              timeoutMs,
              signal,
            }),
          );
  }

  /** Another caller of the master's server. */
  side(tls: ExchangeTls, at: URL = this.options.url): KmeSide {
    const { timeoutMs, signal } = this.options;
    return this.#opened(new KmeSide({ url: at, tls, timeoutMs, signal }));
  }

  /** Asks and notes the answer. DeliveryError QKD_DELIVERY_STOPPED once the server has been silent too often. */
  async ask(side: KmeSide, question: Question): Promise<Seen> {
    if (this.options.signal?.aborted === true)
      throw new DeliveryError("QKD_DELIVERY_STOPPED", "the examination was stopped");
    if (this.#silent >= MOST_FAULTS)
      throw new DeliveryError("QKD_DELIVERY_STOPPED", "the server answers no more");
    const one = await side.ask(question);
    this.#silent = one.fault === null ? 0 : this.#silent + 1;
    this.seen.push(one);
    return one;
  }

  /** Answers to callers that may be cut off without one. */
  note(...answers: readonly Seen[]): void {
    this.seen.push(...answers.filter(({ fault }) => fault === null));
  }

  /** "Get key" of the master, by POST. */
  get(body: unknown = {}): Promise<Seen> {
    return this.ask(this.master, { method: "POST", path: this.encPath, body });
  }

  /** "Get key with key IDs" of the slave, by POST. */
  fetch(keyIds: readonly string[], side: KmeSide = this.slave as KmeSide): Promise<Seen> {
    const body = { key_IDs: keyIds.map((key_ID) => ({ key_ID })) };
    return this.ask(side, { method: "POST", path: this.decPath, body });
  }

  get encPath(): string {
    return `${encodeURIComponent(this.options.slaveSae)}/enc_keys`;
  }

  get decPath(): string {
    return `${encodeURIComponent(this.options.masterSae)}/dec_keys`;
  }

  get statusPath(): string {
    return `${encodeURIComponent(this.options.slaveSae)}/status`;
  }

  /** A count of the status; null where it tells none. */
  count(name: string): number | null {
    const value = memberOf(this.status?.json, name);
    return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
  }

  /** Default size of a key. */
  get sizeBits(): number {
    return this.count("key_size") ?? 256;
  }

  /** The keys of an answer to "Get key"; what is wrong with them is gathered. */
  took(seen: Seen, number: number, sizeBits: number | null = null): readonly KeyFacts[] {
    if (!accepted(seen)) return [];
    const keys = this.facts(seen, number, sizeBits);
    this.keysTaken += keys.length;
    for (const { keyId, digest, bits } of keys) {
      if (this.#keyIds.has(keyId.toLowerCase())) this.fault("unique-keys", "a key_ID was handed out twice");
      if (bits >= 128 && this.#digests.has(digest)) this.fault("unique-keys", "a key was handed out twice");
      this.#keyIds.add(keyId.toLowerCase());
      this.#digests.add(digest);
    }
    return keys;
  }

  /** The keys of any answer. */
  facts(seen: Seen, number: number, sizeBits: number | null = null): readonly KeyFacts[] {
    return readContainer(seen.json, { number, sizeBits }, (kind, sentence) => this.fault(kind, sentence));
  }

  fault(kind: ContainerFault, sentence: string): void {
    this.faults.set(kind, (this.faults.get(kind) ?? new Set()).add(sentence));
  }

  /** Why nothing can be asked any more, or null. */
  static ending(error: unknown): string | null {
    return error instanceof QkdError && error.code === "QKD_DELIVERY_STOPPED" ? error.message : null;
  }

  close(): void {
    for (const side of this.#sides) side.close();
  }

  #opened(side: KmeSide): KmeSide {
    this.#sides.push(side);
    return side;
  }
}
