import { readFileSync } from "node:fs";
import { type RequestOptions, request } from "node:https";
import { ConfigError, DeliveryError, type QkdError, TransportError } from "../errors/index.ts";
import { checkIdentity, FORWARD_SECRET_SUITES, readCertificates } from "../trust/index.ts";

/** Where an ETSI GS QKD 014 server is, and who asks. */
export interface KeyClientOptions {
  /** `https://host:port` */
  readonly url: string;
  /** PEM files: the SAE's certificate, its private key, the authority that signed the server's certificate. */
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  readonly timeoutMs: number;
}

/** Status of a pool, as the server reports it. */
export type KeyStatus = Readonly<Record<string, unknown>>;

/** One key as the server delivers it: base64 text. */
export interface DeliveredKey {
  readonly key_ID: string;
  readonly key: string;
  readonly key_extension?: Readonly<Record<string, unknown>>;
}

/** What a request for keys may ask. */
export interface KeyWish {
  readonly number?: number;
  readonly size?: number;
  readonly acceptPqc?: boolean;
  readonly origin?: string;
}

/** Details of a refusal that a remedy is chosen by. */
const EXPLAINED: readonly string[] = ["unmet", "malformed_key_ID"];
const MOST_SAID = 500;
const RESPONSE_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * Client of ETSI GS QKD 014 V1.1.1. DeliveryError for refused requests (code by status), TransportError when the
 * server cannot be reached or its certificate does not fit, ConfigError for unusable files or URL.
 */
export class KeyClient {
  readonly #url: URL;
  readonly #tls: { readonly cert: Buffer; readonly key: Buffer; readonly ca: Buffer };
  readonly #timeoutMs: number;

  constructor(options: KeyClientOptions) {
    this.#url = readUrl(options.url);
    this.#tls = {
      cert: readPem("cert", options.cert),
      key: readPem("key", options.key),
      ca: readPem("ca", options.ca),
    };
    readCertificates(this.#tls.ca, `--ca (${options.ca})`);
    checkIdentity({
      certificate: this.#tls.cert,
      certificateName: `--cert (${options.cert})`,
      privateKey: this.#tls.key,
      privateKeyName: `--key (${options.key})`,
    });
    this.#timeoutMs = options.timeoutMs;
  }

  /** Status of the keys for a slave SAE. */
  async status(slave: string): Promise<KeyStatus> {
    return (await this.#call("GET", slave, "status")) as KeyStatus;
  }

  /** Fresh keys to share with a slave SAE. */
  async take(slave: string, { number, size, acceptPqc, origin }: KeyWish): Promise<readonly DeliveredKey[]> {
    const mandatory = origin === undefined ? [] : [{ qkdlink_origin: origin }];
    const optional = acceptPqc === true ? [{ qkdlink_accept_pqc: true }] : [];
    const body = {
      ...(number !== undefined && { number }),
      ...(size !== undefined && { size }),
      ...(mandatory.length > 0 && { extension_mandatory: mandatory }),
      ...(optional.length > 0 && { extension_optional: optional }),
    };
    return keysOf(
      await this.#call("POST", slave, "enc_keys", body).catch((error) => unmet(error, origin, acceptPqc)),
    );
  }

  /** Keys that a master SAE took at the other site. */
  async fetch(master: string, keyIds: readonly string[]): Promise<readonly DeliveredKey[]> {
    const body = { key_IDs: keyIds.map((key_ID) => ({ key_ID })) };
    return keysOf(await this.#call("POST", master, "dec_keys", body).catch(malformed));
  }

  #call(method: string, sae: string, resource: string, body?: object): Promise<unknown> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const base = this.#url.pathname.replace(/\/+$/, "");
    const options: RequestOptions = {
      ...this.#tls,
      minVersion: "TLSv1.2",
      ciphers: FORWARD_SECRET_SUITES,
      method,
      path: `${base}/api/v1/keys/${encodeURIComponent(sae)}/${resource}`,
      headers: {
        accept: "application/json",
        ...(payload !== undefined && { "content-type": "application/json" }),
      },
    };
    return new Promise((resolve, reject) => {
      const give = (reason: string): void => {
        reject(this.#unreachable(new Error(reason)));
        call.destroy();
      };
      // Of the whole answer: a server that keeps sending a byte now and then is as good as silent.
      const late = setTimeout(() => give(`no answer within ${this.#timeoutMs} ms`), this.#timeoutMs);
      const call = request(this.#url, options, (response) => {
        const parts: Buffer[] = [];
        let size = 0;
        response.on("data", (part: Buffer) => {
          size += part.length;
          if (size > RESPONSE_LIMIT_BYTES) give("the response is too large");
          else parts.push(part);
        });
        response.on("error", (cause) => reject(this.#unreachable(cause)));
        response.on("end", () => {
          try {
            resolve(readAnswer(response.statusCode ?? 0, Buffer.concat(parts).toString()));
          } catch (error) {
            reject(error);
          }
        });
      });
      call.on("error", (cause) => reject(this.#unreachable(cause)));
      call.on("close", () => clearTimeout(late));
      call.end(payload);
    });
  }

  #unreachable(cause: Error & { code?: string }): QkdError {
    const tls = /CERT|SSL|TLS|ALTNAME|SELF_SIGNED|VERIFY/i.test(cause.code ?? "");
    return new TransportError(
      tls ? "QKD_TRANSPORT_TLS" : "QKD_TRANSPORT_OPEN",
      `${this.#url.host}: ${cause.message || cause.code || "connection failed"}`,
      {
        cause,
        retryable: !tls,
        ...(tls ? {} : { remedy: "check the address and that the key server runs" }),
      },
    );
  }
}

function readAnswer(status: number, text: string): unknown {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw new DeliveryError("QKD_DELIVERY_BAD_REQUEST", `status ${status} with a body that is not JSON`, {
      cause,
      remedy: "check that the URL names an ETSI GS QKD 014 server",
    });
  }
  if (status === 200) return body;
  const message =
    typeof body === "object" && body !== null && "message" in body && typeof body.message === "string"
      ? body.message
      : `the server answered with status ${status}`;
  const code =
    status === 401
      ? "QKD_DELIVERY_UNAUTHORIZED"
      : status === 503
        ? "QKD_DELIVERY_UNAVAILABLE"
        : "QKD_DELIVERY_BAD_REQUEST";
  const details =
    typeof body === "object" && body !== null && "details" in body ? detailsOf(body.details) : [];
  const said = details.map(([name, value]) => `${name} ${JSON.stringify(value)}`).join(", ");
  throw new DeliveryError(code, said === "" ? message : `${message} (${said.slice(0, MOST_SAID)})`, {
    retryable: status === 503,
    context: { status, ...Object.fromEntries(details.filter(([name]) => EXPLAINED.includes(name))) },
  });
}

/** What a server adds to its sentence, where it is of the form that the standard gives. */
function detailsOf(details: unknown): [string, string | number | boolean][] {
  if (!Array.isArray(details)) return [];
  return details
    .filter((detail) => typeof detail === "object" && detail !== null)
    .flatMap((detail) => Object.entries(detail))
    .filter((entry): entry is [string, string | number | boolean] =>
      ["string", "number", "boolean"].includes(typeof entry[1]),
    );
}

/** The refusal of a key ID, with what is wrong with it where the server says that it is none. */
function malformed(error: unknown): never {
  if (!(error instanceof DeliveryError) || error.context.malformed_key_ID === undefined) throw error;
  throw new DeliveryError(error.code, error.message, {
    context: error.context,
    cause: error,
    remedy: "give key IDs as the other application got them: each is a UUID",
  });
}

/** The refusal of an origin, with what the caller can do about it. */
function unmet(error: unknown, origin: string | undefined, acceptPqc = false): never {
  if (!(error instanceof DeliveryError) || error.context.unmet !== "qkdlink_origin") throw error;
  const { code, message, context } = error;
  throw new DeliveryError(code, `the server gives no key of origin ${origin} on these terms: ${message}`, {
    context,
    cause: error,
    remedy:
      origin === "pqc" && !acceptPqc
        ? "add --accept-pqc: post-quantum keys are given to who opts in, or is listed in the server's allowPqcFor"
        : "ask for another --origin, or let the KME's operator widen what this application gets (saes, origins)",
  });
}

function keysOf(body: unknown): readonly DeliveredKey[] {
  const keys = typeof body === "object" && body !== null && "keys" in body ? body.keys : undefined;
  const isKey = (key: unknown): key is DeliveredKey =>
    typeof key === "object" &&
    key !== null &&
    typeof (key as DeliveredKey).key_ID === "string" &&
    typeof (key as DeliveredKey).key === "string";
  if (Array.isArray(keys) && keys.every(isKey)) return keys;
  throw new DeliveryError("QKD_DELIVERY_BAD_REQUEST", "the answer holds no key container", {
    remedy: "check that the URL names an ETSI GS QKD 014 server",
  });
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:") return url;
  throw new ConfigError("QKD_USAGE", `--url: ${text} is not an https:// address`);
}

function readPem(name: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new ConfigError("QKD_CONFIG_UNREADABLE", `--${name}: ${path} cannot be read`, {
      cause,
      remedy: "name a readable PEM file",
    });
  }
}
