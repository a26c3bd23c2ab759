import { ConfigError } from "../../errors/index.ts";
import { checkArgument, checkOptions, rule } from "../../options/index.ts";
import { type DeliveredKey, type KeysAsked, readKeyContainer } from "../answers/key-container.ts";
import { type KmeStatus, readKmeStatus } from "../answers/kme-status.ts";
import { readAnswer } from "../answers/read-answer.ts";
import { HttpsExchange } from "../exchange/index.ts";
import { CLIENT_RULES, checkKmeTls, type Etsi014ClientOptions, kmeUrl } from "./client-options.ts";
import { CALL_RULES, type CallOptions, type KeyWish, WISH_RULES, wishBody } from "./key-wish.ts";
import { SAE_ID_RULE } from "./sae-id.ts";

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_ANSWER_BYTES = 64 * 1024 * 1024;
const DEFAULT_CONNECTIONS = 4;

const KEY_IDS = rule.list(rule.text("a key ID"));
const CALL = rule.object<CallOptions>(CALL_RULES);

/**
 * Client of ETSI GS QKD 014 V1.1.1, the REST-based key delivery API, of any maker's KME. It asks once: no call is
 * repeated. Methods reject with DeliveryError for refusals (QKD_DELIVERY_BAD_REQUEST, _UNAUTHORIZED, _UNAVAILABLE), for
 * answers that break the standard (QKD_DELIVERY_ANSWER) and after `close` or an abort (QKD_DELIVERY_STOPPED); with
 * TransportError when the server cannot be reached or is not the one that it has to be.
 */
export class Etsi014Client {
  readonly #exchange: HttpsExchange;
  readonly #base: string;
  readonly #timeoutMs: number;
  readonly #mostAnswerBytes: number;

  /** ConfigError QKD_CONFIG_INVALID naming the option that cannot be used. */
  constructor(options: Etsi014ClientOptions) {
    checkOptions("the options of Etsi014Client", options, CLIENT_RULES);
    const { tls } = options;
    const url = kmeUrl(options.url, "url");
    checkKmeTls(tls, "tls");
    this.#base = `${url.pathname.replace(/\/+$/, "")}/api/v1/keys`;
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#mostAnswerBytes = options.mostAnswerBytes ?? DEFAULT_ANSWER_BYTES;
    const { pin, ...identity } = tls;
    const pins = pin === undefined ? [] : [pin].flat();
    this.#exchange = usable(
      () => new HttpsExchange(url, { ...identity, pins }, options.connections ?? DEFAULT_CONNECTIONS),
    );
  }

  /** "Get status" (clause 5.2) of the keys to share with a slave SAE. */
  async getStatus(slaveSaeId: string, call: CallOptions = {}): Promise<KmeStatus> {
    checkArgument("slaveSaeId", slaveSaeId, SAE_ID_RULE);
    return readKmeStatus(await this.#ask("GET", slaveSaeId, "status", undefined, call));
  }

  /** "Get key" (clause 5.3): fresh keys to share with a slave SAE. Each has the size that was asked for. */
  async getKeys(
    slaveSaeId: string,
    wish: KeyWish = {},
    call: CallOptions = {},
  ): Promise<readonly DeliveredKey[]> {
    checkArgument("slaveSaeId", slaveSaeId, SAE_ID_RULE);
    checkOptions("the wish for keys", wish, WISH_RULES);
    const asked: KeysAsked = { number: wish.number ?? 1, sizeBits: wish.sizeBits ?? null, keyIds: null };
    return readKeyContainer(await this.#ask("POST", slaveSaeId, "enc_keys", wishBody(wish), call), asked);
  }

  /** "Get key with key IDs" (clause 5.4): the keys that a master SAE took, in the order of their IDs. */
  async getKeysWithIds(
    masterSaeId: string,
    keyIds: readonly string[],
    call: CallOptions = {},
  ): Promise<readonly DeliveredKey[]> {
    checkArgument("masterSaeId", masterSaeId, SAE_ID_RULE);
    checkArgument("keyIds", keyIds, KEY_IDS);
    const wanted = keyIds.map((keyId) => keyId.toLowerCase());
    const body = { key_IDs: keyIds.map((key_ID) => ({ key_ID })) };
    const answer = await this.#ask("POST", masterSaeId, "dec_keys", body, call);
    return readKeyContainer(answer, { number: wanted.length, sizeBits: null, keyIds: wanted });
  }

  /** Ends all connections, and all calls with QKD_DELIVERY_STOPPED. Idempotent. */
  close(): void {
    this.#exchange.close();
  }

  async #ask(
    method: string,
    sae: string,
    resource: string,
    body: object | undefined,
    call: CallOptions,
  ): Promise<unknown> {
    checkArgument("call", call, CALL);
    const answer = await this.#exchange.ask({
      method,
      path: `${this.#base}/${encodeURIComponent(sae)}/${resource}`,
      ...(body !== undefined && {
        body: textOf(body),
        headers: { "content-type": "application/json" },
      }),
      timeoutMs: call.timeoutMs ?? this.#timeoutMs,
      mostAnswerBytes: this.#mostAnswerBytes,
      signal: call.signal,
    });
    try {
      const { status, headers, body: bytes } = answer;
      return readAnswer({ status, retryAfter: headers["retry-after"], body: bytes, nowMs: Date.now() });
    } finally {
      answer.body.fill(0);
    }
  }
}

/** ConfigError for credentials that read well and that OpenSSL refuses all the same: a short RSA key, an old hash. */
function usable<Made>(make: () => Made): Made {
  try {
    return make();
  } catch (cause) {
    throw new ConfigError("QKD_CONFIG_INVALID", "tls: certificate, key or authority is not usable", {
      cause,
    });
  }
}

function textOf(body: object): string {
  try {
    return JSON.stringify(body);
  } catch (cause) {
    throw new ConfigError("QKD_CONFIG_INVALID", "the wish for keys cannot be written as JSON", { cause });
  }
}
