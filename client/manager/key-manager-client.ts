import { ConfigError, DeliveryError } from "../../errors/index.ts";
import { checkArgument, checkOptions, nearestName, rule } from "../../options/index.ts";
import type { DeliveredKey } from "../answers/key-container.ts";
import { Etsi014Client } from "../etsi014/etsi014-client.ts";
import {
  type AvailableKey,
  type KeyAnswer,
  type KeyManagerClientOptions,
  type KeySender,
  type KeyWanted,
  MANAGER_CALL_RULES,
  MANAGER_RULES,
  type ManagerCallOptions,
  SENDER_RULES,
  WANTED_RULES,
} from "./manager-options.ts";
import { type Attempt, PersistentCalls } from "./persistent-call.ts";
import { SeenKeys } from "./seen-keys.ts";
import { mayHaveActed } from "./verdict.ts";

const DEFAULTS = {
  timeoutMs: 2000,
  deadlineMs: 10_000,
  connections: 8,
  firstRestMs: 250,
  longestRestMs: 10_000,
  mostAnswerBytes: 1024 * 1024,
} as const;

/** Each lost answer of "Get key" may have cost a key; a lost answer of "Get key with key IDs" is asked for again. */
const MOST_KEYS_LOST = 3;
const KEYS_REMEMBERED = 10_000;

/** How an endpoint does. */
export interface EndpointReport {
  readonly url: string;
  /** False while it rests after a failure, or because it asked for a rest. */
  readonly ready: boolean;
  /** Failures in a row. */
  readonly failures: number;
  /** Code of its last error since it last answered; null for none. */
  readonly lastError: string | null;
}

/**
 * Gets keys from a KME of any maker over ETSI GS QKD 014, through all of its endpoints: one that fails rests, longer
 * each time, and the next one is asked; `Retry-After` is kept to. One request is at one endpoint at a time: a lost answer
 * of "Get key" is followed by a new key, never by the same one; "Get key with key IDs" is repeated.
 */
export class KeyManagerClient {
  readonly #endpoints: readonly string[];
  readonly #options: typeof DEFAULTS & KeyManagerClientOptions;
  readonly #calls: PersistentCalls;
  /** Clients of the endpoints in their order, by application; "" is the SAE of `tls`. */
  readonly #clients: ReadonlyMap<string, readonly Etsi014Client[]>;
  readonly #seen = new SeenKeys(KEYS_REMEMBERED);

  /** ConfigError QKD_CONFIG_INVALID naming the option that cannot be used. Nothing is connected yet. */
  constructor(options: KeyManagerClientOptions) {
    checkOptions("the options of KeyManagerClient", options, MANAGER_RULES);
    const { endpoints, tls, applications = {} } = options;
    const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    this.#options = { ...DEFAULTS, ...given } as typeof DEFAULTS & KeyManagerClientOptions;
    if (endpoints.length === 0)
      throw wrong("endpoints", "names no KME", "name one https:// address at least");
    if (new Set(endpoints.map(plainAddress)).size < endpoints.length)
      throw wrong("endpoints", "names an address twice", "name each front of the KME once");
    this.#endpoints = [...endpoints];
    const { timeoutMs, connections, mostAnswerBytes, firstRestMs, longestRestMs } = this.#options;
    const clientsOf = (identity: object, name: string): readonly Etsi014Client[] =>
      endpoints.map((url, index) => {
        try {
          const own = { ...tls, ...identity };
          return new Etsi014Client({ url, tls: own, timeoutMs, connections, mostAnswerBytes });
        } catch (cause) {
          throw renamed(cause, `endpoints[${index}]`, name);
        }
      });
    this.#clients = new Map([
      ["", clientsOf({}, "tls")],
      ...Object.entries(applications).map(
        ([id, identity]) => [id, clientsOf(identity, `applications.${id}`)] as const,
      ),
    ]);
    this.#calls = new PersistentCalls(endpoints.length, { firstMs: firstRestMs, longestMs: longestRestMs });
  }

  /**
   * A fresh key to share with a node or an SAE, or why there is none within the deadline. Rejects with DeliveryError
   * when the KME refuses (QKD_DELIVERY_BAD_REQUEST, _UNAUTHORIZED), when its answers break the standard (_ANSWER) and
   * after `close` or an abort (_STOPPED); with TransportError QKD_TRANSPORT_TLS when no endpoint is the one it has to be.
   */
  async requestKey(wanted: KeyWanted, call: ManagerCallOptions = {}): Promise<KeyAnswer> {
    checkOptions("the wanted key", wanted, WANTED_RULES);
    const { destinationNode, destinationSae, keySizeBits, applicationId } = wanted;
    if ((destinationNode === undefined) === (destinationSae === undefined))
      throw wrong(
        "the wanted key",
        "names not exactly one destination",
        "give destinationNode or destinationSae",
      );
    const slave = destinationSae ?? `node:${destinationNode}`;
    const clients = this.#clientsOf(applicationId);
    return this.#run(call, MOST_KEYS_LOST, async ({ endpoint, ...attempt }) => {
      const wish = keySizeBits === undefined ? {} : { sizeBits: keySizeBits };
      const [key] = await (clients[endpoint] as Etsi014Client).getKeys(slave, wish, attempt);
      const taken = key as DeliveredKey;
      if (this.#seen.add(taken.keyId)) return available(taken);
      taken.key.wipe();
      throw new DeliveryError("QKD_DELIVERY_ANSWER", "the KME handed a key ID out twice");
    });
  }

  /** The key that `from` took at the other end; rejects as `requestKey` does. A KME hands each key out once. */
  async fetchKey(keyId: string, sender: KeySender, call: ManagerCallOptions = {}): Promise<KeyAnswer> {
    checkArgument("keyId", keyId, rule.text("a key ID"));
    checkOptions("the sender of the key", sender, SENDER_RULES);
    const clients = this.#clientsOf(sender.applicationId);
    let lost = false;
    return this.#run(call, Number.POSITIVE_INFINITY, async ({ endpoint, ...attempt }) => {
      try {
        const client = clients[endpoint] as Etsi014Client;
        const [key] = await client.getKeysWithIds(sender.from, [keyId], attempt);
        return available(key as DeliveredKey);
      } catch (error) {
        if (lost && error instanceof DeliveryError && error.code === "QKD_DELIVERY_BAD_REQUEST")
          throw new DeliveryError(
            error.code,
            `${error.message}; an answer to the same request was lost before`,
            {
              cause: error,
              context: { ...error.context, answerLost: true },
              remedy: "let the other application ask for a new key",
            },
          );
        if (error instanceof Error && "context" in error) lost ||= mayHaveActed(error as DeliveryError);
        throw error;
      }
    });
  }

  /** How the endpoints do, in their order. */
  get endpoints(): readonly EndpointReport[] {
    const nowMs = performance.now();
    return this.#calls.health.map(({ failures, restUntilMs, lastError }, index) => ({
      url: this.#endpoints[index] as string,
      ready: restUntilMs <= nowMs,
      failures,
      lastError: lastError?.code ?? null,
    }));
  }

  /** Ends all connections, and all calls with QKD_DELIVERY_STOPPED. Idempotent. */
  close(): void {
    this.#calls.close();
    for (const clients of this.#clients.values()) for (const client of clients) client.close();
  }

  #run(
    call: ManagerCallOptions,
    mostLost: number,
    ask: (attempt: Attempt) => Promise<AvailableKey>,
  ): Promise<KeyAnswer> {
    checkOptions("the options of a call", call, MANAGER_CALL_RULES);
    const { timeoutMs } = this.#options;
    const { signal, deadlineMs = this.#options.deadlineMs } = call;
    return this.#calls.run(ask, { deadlineMs, timeoutMs, signal, mostLost });
  }

  #clientsOf(applicationId = ""): readonly Etsi014Client[] {
    const clients = this.#clients.get(applicationId);
    if (clients !== undefined) return clients;
    const nearest = nearestName(
      applicationId,
      [...this.#clients.keys()].filter((name) => name !== ""),
    );
    throw wrong(
      "applicationId",
      `names no application of this client${nearest === null ? "" : ` (did you mean ${nearest}?)`}`,
      "name it among the client's applications, with its certificate and key",
    );
  }
}

/** What a KME tells of a key beside its bits; other makers tell nothing, or in words of their own. */
function available({ keyId, key, keyExtension }: DeliveredKey): AvailableKey {
  const { qkdlink_origin: origin, qkdlink_age_s: ageS } = keyExtension ?? {};
  return {
    status: "available",
    keyMaterial: key,
    keyId,
    ageMs: typeof ageS === "number" && Number.isFinite(ageS) && ageS >= 0 ? ageS * 1000 : null,
    origin: typeof origin === "string" && /^[\w.-]{1,40}$/.test(origin) ? origin : null,
  };
}

function plainAddress(text: string): string {
  return URL.canParse(text) ? new URL(text).href : text;
}

function renamed(cause: unknown, endpoint: string, identity: string): unknown {
  if (!(cause instanceof ConfigError)) return cause;
  const message = cause.message.replace(/^url\b/, endpoint).replace(/\btls\b(?!\.ca|\.pin)/g, identity);
  return new ConfigError(cause.code, message, { cause, context: cause.context, remedy: cause.remedy });
}

function wrong(field: string, sentence: string, remedy: string): ConfigError {
  return new ConfigError("QKD_CONFIG_INVALID", `${field} ${sentence}`, { context: { field }, remedy });
}
