import { readFileSync } from "node:fs";
import {
  type DeliveredKey as ClientKey,
  type KeyWish as ClientWish,
  Etsi014Client,
  type Etsi014ClientOptions,
} from "../client/index.ts";
import { ConfigError, DeliveryError, fileReason } from "../errors/index.ts";
import { checkIdentity, readCertificates } from "../trust/index.ts";

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
  readonly key_ID_extension?: Readonly<Record<string, unknown>>;
  readonly key_extension?: Readonly<Record<string, unknown>>;
}

/** What a request for keys may ask. */
export interface KeyWish {
  readonly number?: number;
  readonly size?: number;
  readonly acceptPqc?: boolean;
  readonly origin?: string;
}

/**
 * The client of ETSI GS QKD 014 as commands use it: certificates in files, remedies by options of the command line.
 * Errors are those of `Etsi014Client`; ConfigError for unusable files or URL.
 */
export class KeyClient {
  readonly #options: Etsi014ClientOptions;

  constructor(options: KeyClientOptions) {
    const { url, timeoutMs } = options;
    if (!URL.canParse(url) || new URL(url).protocol !== "https:")
      throw new ConfigError("QKD_USAGE", `--url: ${url} is not an https:// address`);
    const tls = {
      cert: readPem("cert", options.cert),
      key: readPem("key", options.key),
      ca: readPem("ca", options.ca),
    };
    readCertificates(tls.ca, `--ca (${options.ca})`);
    checkIdentity({
      certificate: tls.cert,
      certificateName: `--cert (${options.cert})`,
      privateKey: tls.key,
      privateKeyName: `--key (${options.key})`,
    });
    this.#options = { url, tls, timeoutMs };
    // What is wrong with the options is said at once.
    new Etsi014Client(this.#options).close();
  }

  /** Status of the keys for a slave SAE. */
  async status(slave: string): Promise<KeyStatus> {
    return (await this.#ask((client) => client.getStatus(slave))).members;
  }

  /** Fresh keys to share with a slave SAE. */
  async take(slave: string, { number, size, acceptPqc, origin }: KeyWish): Promise<readonly DeliveredKey[]> {
    const wish: ClientWish = {
      ...(number !== undefined && { number }),
      ...(size !== undefined && { sizeBits: size }),
      ...(origin !== undefined && { extensionMandatory: [{ qkdlink_origin: origin }] }),
      ...(acceptPqc === true && { extensionOptional: [{ qkdlink_accept_pqc: true }] }),
    };
    const keys = await this.#ask((client) => client.getKeys(slave, wish)).catch((error: unknown) =>
      unmet(error, origin, acceptPqc),
    );
    return keys.map(shown);
  }

  /** Keys that a master SAE took at the other site. */
  async fetch(master: string, keyIds: readonly string[]): Promise<readonly DeliveredKey[]> {
    const keys = await this.#ask((client) => client.getKeysWithIds(master, keyIds)).catch(malformed);
    return keys.map(shown);
  }

  /** Over a connection of its own: commands ask now and then, and a server has places for few that are idle. */
  async #ask<T>(what: (client: Etsi014Client) => Promise<T>): Promise<T> {
    const client = new Etsi014Client(this.#options);
    try {
      return await what(client);
    } finally {
      client.close();
    }
  }
}

/** A key as the standard writes it, for who asked to see it. */
function shown({ keyId, key, keyIdExtension, keyExtension }: ClientKey): DeliveredKey {
  const bytes = key.reveal();
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  key.wipe();
  return {
    key_ID: keyId,
    key: text,
    ...(keyIdExtension !== null && { key_ID_extension: keyIdExtension }),
    ...(keyExtension !== null && { key_extension: keyExtension }),
  };
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

function readPem(name: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new ConfigError(
      "QKD_CONFIG_UNREADABLE",
      `--${name}: ${path} cannot be read: ${fileReason(cause)}`,
      {
        cause,
        remedy: "name a readable PEM file",
      },
    );
  }
}
