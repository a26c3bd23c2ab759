import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type PeerMessage,
  peerOwnerOf,
  type SecretBytes,
  streamsClose,
  streamsKey,
  streamsOpen,
} from "../../protocol/index.ts";
import type { Caller } from "../delivery/callers.ts";
import { keyTerms, listed, localTerms } from "../delivery/delivery-policy.ts";
import type { KeyDirectory } from "../delivery/key-directory.ts";
import { takeKeys } from "../delivery/take-keys.ts";
import type { TakenKey } from "../pool/key-pool.ts";
import { type Qos, STATUS, type Status, type StreamRequest } from "./frames.ts";
import { saeOfUri } from "./sae-of-uri.ts";

/** What the streams of a node need of it. */
export interface StreamDeskOptions {
  readonly directory: KeyDirectory;
  /**
   * Sends to the node that serves an SAE, over the connection that proves who it is. Rejects with PeerError where there is
   * none.
   */
  readonly tell: <T>(sae: string, message: PeerMessage<T>, value: T) => Promise<void>;
  readonly steadyMs: () => number;
  readonly now: () => number;
}

/** The key at an index, as an application gets it. */
export interface StreamKey {
  readonly index: number;
  readonly key: SecretBytes;
  readonly metadata: string;
}

interface Stream {
  readonly ksid: string;
  readonly source: string;
  readonly destination: string;
  readonly qos: Qos;
  /** Where the source is served here: keys taken ahead, by index, until it gets them. */
  readonly taken: Map<number, TakenKey>;
  /** Where the destination is: ids of keys that it has not fetched. */
  readonly announced: Map<number, string>;
  next: number;
  taking: boolean;
  /** After a try that brought no key the pool is left in peace until then. */
  restUntilMs: number;
  usedAtMs: number;
}

type Open = Extract<StreamRequest, { type: "open" }>;
type GetKey = Extract<StreamRequest, { type: "getKey" }>;

/** Longest key of the pool. */
const MOST_CHUNK_BYTES = 8192;
const DEFAULT_CHUNK_BYTES = 32;
/** Keys that a source is ahead of its own application, and the most that an announcing node may be ahead of the other's. */
const AHEAD = 4;
const MOST_ANNOUNCED = 1024;
const MOST_STREAMS = 4096;
const DEFAULT_TIMEOUT_MS = 5000;
const MOST_TIMEOUT_MS = 60_000;
const DEFAULT_TTL_S = 3600;
const LOOK_MS = 5;
const REST_MS = 100;
/** Index that stands for the next one. */
export const NEXT_INDEX = 0xffff_ffff;

/**
 * Streams of keys by ETSI GS QKD 004: the node of the application that opened a stream takes its keys one by one and tells the
 * other node which stands at which index; the other fetches them by their ids. A stream lives in memory: it ends with its node.
 */
export class StreamDesk {
  readonly #options: StreamDeskOptions;
  readonly #streams = new Map<string, Stream>();

  constructor(options: StreamDeskOptions) {
    this.#options = options;
  }

  get streams(): number {
    return this.#streams.size;
  }

  /** OPEN_CONNECT: opens a stream for its source, joins it for its destination. */
  async open(
    caller: Caller,
    request: Open,
  ): Promise<{ status: Status; qos: Qos | null; ksid: string | null }> {
    const refused = (status: Status) => ({ status, qos: null, ksid: null });
    const [source, destination] = [saeOfUri(request.source), saeOfUri(request.destination)];
    const held = request.ksid === null ? undefined : this.#streams.get(request.ksid);
    if (caller.sae === destination && caller.sae !== source) {
      if (held === undefined) return refused(STATUS.peerNotConnected);
      if (held.source !== source || held.destination !== destination) return refused(STATUS.ksidInUse);
      held.usedAtMs = this.#options.steadyMs();
      return { status: STATUS.ok, qos: held.qos, ksid: held.ksid };
    }
    if (caller.sae !== source || source === destination) return refused(STATUS.noConnection);
    if (held !== undefined || this.#streams.size >= MOST_STREAMS) return refused(STATUS.ksidInUse);
    if (!this.#mayShare(caller, destination)) return refused(STATUS.noConnection);
    const qos = settled(request.qos);
    if (qos.chunkBytes !== request.qos.chunkBytes && request.qos.chunkBytes !== 0)
      return { status: STATUS.qosNotMet, qos, ksid: request.ksid };
    const ksid = request.ksid ?? randomBytes(16).toString("hex");
    const stream = this.#enter({ ksid, source, destination, qos });
    try {
      await this.#tell(stream, streamsOpen, { ksid, source, destination, chunkBytes: qos.chunkBytes });
    } catch {
      this.#drop(stream);
      return refused(STATUS.peerNotConnected);
    }
    void this.#takeAhead(stream, caller);
    return { status: STATUS.ok, qos, ksid };
  }

  /** GET_KEY: the key at an index, which each of both applications gets once. Waits for it as long as the stream's timeout says. */
  async getKey(caller: Caller, { ksid, index: asked, metadataBytes }: GetKey): Promise<Status | StreamKey> {
    const stream = this.#of(caller, ksid);
    if (stream === null) return STATUS.noConnection;
    const { steadyMs } = this.#options;
    stream.usedAtMs = steadyMs();
    const mine: ReadonlyMap<number, unknown> = caller.sae === stream.source ? stream.taken : stream.announced;
    const untilMs = steadyMs() + stream.qos.timeoutMs;
    for (;;) {
      const index = asked === NEXT_INDEX ? firstOf(mine) : asked;
      if (index !== null && mine.has(index)) return this.#give(stream, caller, index, metadataBytes);
      if (index !== null && index < stream.next) return STATUS.insufficientKey;
      if (caller.sae === stream.source) void this.#takeAhead(stream, caller);
      if (steadyMs() >= untilMs || !this.#streams.has(ksid)) return STATUS.timeout;
      await sleep(LOOK_MS);
    }
  }

  /** CLOSE, by either application. */
  async close(caller: Caller, ksid: string): Promise<Status> {
    const stream = this.#of(caller, ksid);
    if (stream === null) return STATUS.noConnection;
    this.#drop(stream);
    // The other node forgets it by its own time to live where it does not hear this.
    await this.#tell(stream, streamsClose, { ksid }, caller.sae).catch(() => {});
    return STATUS.ok;
  }

  /** A message of another node, which serves these SAEs; false for a kind that is not the streams'. Rejects with PeerError. */
  receive(kind: number, body: Uint8Array, serves: (sae: string) => boolean): boolean {
    if (peerOwnerOf(kind) !== "streams") return false;
    if (kind === streamsOpen.kind) {
      const { ksid, source, destination, chunkBytes } = streamsOpen.decode(body);
      if (
        serves(source) &&
        !serves(destination) &&
        !this.#streams.has(ksid) &&
        this.#streams.size < MOST_STREAMS
      )
        this.#enter({ ksid, source, destination, qos: settled({ ...NO_QOS, chunkBytes }) });
    } else if (kind === streamsKey.kind) {
      const { ksid, index, keyId } = streamsKey.decode(body);
      const stream = this.#streams.get(ksid);
      if (stream !== undefined && serves(stream.source)) this.#announced(stream, index, keyId);
    } else {
      const stream = this.#streams.get(streamsClose.decode(body).ksid);
      if (stream !== undefined && (serves(stream.source) || serves(stream.destination))) this.#drop(stream);
    }
    return true;
  }

  /** Streams that nobody used for their time to live end. */
  tick(): void {
    for (const stream of [...this.#streams.values()])
      if (this.#options.steadyMs() - stream.usedAtMs >= stream.qos.ttlS * 1000) this.#drop(stream);
  }

  /** Keys that were taken and not given are wiped. */
  end(): void {
    for (const stream of [...this.#streams.values()]) this.#drop(stream);
  }

  #enter({
    ksid,
    source,
    destination,
    qos,
  }: Pick<Stream, "ksid" | "source" | "destination" | "qos">): Stream {
    const stream: Stream = {
      ksid,
      source,
      destination,
      qos,
      taken: new Map(),
      announced: new Map(),
      next: 0,
      taking: false,
      restUntilMs: 0,
      usedAtMs: this.#options.steadyMs(),
    };
    this.#streams.set(ksid, stream);
    return stream;
  }

  #of({ sae }: Caller, ksid: string): Stream | null {
    const stream = this.#streams.get(ksid);
    return stream !== undefined && [stream.source, stream.destination].includes(sae) ? stream : null;
  }

  #drop(stream: Stream): void {
    this.#streams.delete(stream.ksid);
    for (const { key } of stream.taken.values()) key.wipe();
    stream.taken.clear();
    stream.announced.clear();
  }

  #mayShare({ policy, entry }: Caller, slave: string): boolean {
    if (!listed(policy.allowedSlaves, slave) || !listed(entry?.peers ?? "all", slave)) return false;
    return this.#options.directory.route(slave)?.keys != null;
  }

  #announced(stream: Stream, index: number, keyId: string): void {
    // What another node makes this one remember is bounded, and an index stands for one key.
    if (index !== stream.next || stream.announced.size >= MOST_ANNOUNCED) return;
    stream.announced.set(index, keyId);
    stream.next = index + 1;
  }

  /** Takes keys until the source is ahead; one run at a time. */
  async #takeAhead(stream: Stream, caller: Caller): Promise<void> {
    const { steadyMs } = this.#options;
    if (stream.taking || steadyMs() < stream.restUntilMs) return;
    stream.taking = true;
    while (stream.taken.size < AHEAD && this.#streams.get(stream.ksid) === stream)
      if (!(await this.#takeOne(stream, caller).catch(() => false))) {
        stream.restUntilMs = steadyMs() + REST_MS;
        break;
      }
    stream.taking = false;
  }

  async #takeOne(stream: Stream, caller: Caller): Promise<boolean> {
    const { directory, now } = this.#options;
    const route = directory.route(stream.destination);
    const bits = 8 * stream.qos.chunkBytes;
    if (route === null || route.keys === null || (caller.quota?.waitS(now()) ?? 0) > 0) return false;
    caller.quota?.spend(bits, 1);
    const { keys, ceiling } = route;
    const wish = { acceptPqc: false, refusesPqc: false };
    const origins = caller.origins.filter((origin) => ceiling?.includes(origin) ?? true);
    const terms = keys.local ? localTerms(wish) : keyTerms(caller.policy, wish, caller.sae, origins);
    const audience = { master: stream.source, slave: stream.destination };
    const got = await takeKeys(keys, terms, { bits, count: 1, audience }).catch(() => null);
    const [key] = got?.keys ?? [];
    if (key === undefined) {
      caller.quota?.giveBack(bits, 1);
      return false;
    }
    if (this.#streams.get(stream.ksid) !== stream) {
      key.key.wipe();
      return false;
    }
    const index = stream.next;
    const keyId = key.keyId.replaceAll("-", "");
    await this.#tell(stream, streamsKey, { ksid: stream.ksid, index, keyId }).catch((error) => {
      key.key.wipe();
      throw error;
    });
    stream.taken.set(index, key);
    stream.next = index + 1;
    if (keys.local) stream.announced.set(index, keyId);
    return true;
  }

  async #give(
    stream: Stream,
    caller: Caller,
    index: number,
    metadataBytes: number,
  ): Promise<Status | StreamKey> {
    const key =
      caller.sae === stream.source
        ? (stream.taken.get(index) as TakenKey)
        : await this.#fetch(stream, caller, stream.announced.get(index) as string, index);
    if (key === null) return STATUS.insufficientKey;
    const local = this.#options.directory.route(stream.destination)?.keys?.local === true;
    const metadata = metadataOf(key, local, this.#options.now());
    if (caller.sae === stream.source) {
      // A key whose description finds no room stays to be asked for again.
      if (metadataBytes > 0 && metadata.length > metadataBytes) return STATUS.metadataTooSmall;
      stream.taken.delete(index);
      void this.#takeAhead(stream, caller);
    }
    return { index, key: key.key, metadata: metadata.length <= metadataBytes ? metadata : "" };
  }

  async #fetch(stream: Stream, caller: Caller, keyId: string, index: number): Promise<TakenKey | null> {
    const keys = this.#options.directory.route(stream.source)?.keys ?? null;
    // Asked for twice at once it is given once.
    stream.announced.delete(index);
    const uuid = keyId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    const audience = { master: stream.source, slave: stream.destination };
    const fetched = await keys?.pool
      .takeByIds([uuid], audience, keys.local ? undefined : caller.origins)
      .catch(() => null);
    return fetched?.[0] ?? null;
  }

  /** To the node at the other end of the stream from `from`; within a node nobody need be told. */
  async #tell<T>(stream: Stream, message: PeerMessage<T>, value: T, from = stream.source): Promise<void> {
    const other = from === stream.source ? stream.destination : stream.source;
    if (this.#options.directory.route(other)?.keys?.local === true) return;
    await this.#options.tell(other, message, value);
  }
}

const NO_QOS: Qos = {
  chunkBytes: 0,
  maxBps: 0,
  minBps: 0,
  jitter: 0,
  priority: 0,
  timeoutMs: 0,
  ttlS: 0,
  mimetype: "application/json",
};

/** What the node makes of a quality of service: zeros are its defaults, what exceeds its limits is its counter-proposal. */
function settled(qos: Qos): Qos {
  return {
    ...qos,
    chunkBytes: Math.min(MOST_CHUNK_BYTES, qos.chunkBytes || DEFAULT_CHUNK_BYTES),
    timeoutMs: Math.min(MOST_TIMEOUT_MS, qos.timeoutMs || DEFAULT_TIMEOUT_MS),
    ttlS: Math.min(86_400, qos.ttlS || DEFAULT_TTL_S),
    mimetype: "application/json",
  };
}

function metadataOf({ origin, createdAtMs, auth }: TakenKey, local: boolean, nowMs: number): string {
  const age = Math.max(0, Math.round((nowMs - createdAtMs) / 1000));
  return JSON.stringify({ qkdlink_origin: local ? "local" : origin, qkdlink_auth: auth, qkdlink_age_s: age });
}

function firstOf(keys: ReadonlyMap<number, unknown>): number | null {
  const [first] = keys.keys();
  return first ?? null;
}
