import { readFileSync } from "node:fs";
import { type RequestOptions, request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import { ConfigError, fileReason, type QkdError, SiteError, TransportError } from "../../errors/index.ts";
import {
  checkIdentity,
  FORWARD_SECRET_SUITES,
  handshakeReason,
  readCertificates,
} from "../../trust/index.ts";

/** Where a site's dashboard is, and who asks. */
export interface SiteAccess {
  /** `https://host:port`, or `http://` on this machine; the token may stand behind `#token=`, as the site prints it. */
  readonly url: string;
  /** PEM files: the authority of the dashboard's certificate (the system's by default), and a certificate of ours. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** The dashboard's token, or `@FILE` that holds it. */
  readonly token?: string;
}

interface SiteTls {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** Of a whole answer: a server that sends a byte now and then is as good as silent. */
const ANSWER_MS = 10_000;
const MOST_ANSWER_BYTES = 1024 * 1024;
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/;
const TOKEN = /^[A-Za-z0-9_-]{1,256}$/;

/** True for what names a site and no unit. */
export const isSite = (address: string): boolean => /^https?:/i.test(address);

/**
 * Reads from a site's dashboard. ConfigError for flags that cannot be used; TransportError where nobody answers, or somebody
 * whom the authority does not vouch for; SiteError for a refusal and for an answer that no dashboard gives.
 */
export class SiteClient {
  readonly #url: URL;
  readonly #token: string | null;
  readonly #tls: SiteTls;
  readonly #answerMs: number;

  constructor(access: SiteAccess, answerMs: number = ANSWER_MS) {
    this.#url = urlOf(access.url);
    this.#token = tokenOf(access, this.#url);
    this.#tls = tlsOf(access, this.#url);
    this.#answerMs = answerMs;
  }

  /** What the dashboard answers at a path below `/api/v1/`. */
  async read(path: string, signal: AbortSignal): Promise<unknown> {
    const { status, text } = await this.#get(`/api/v1/${path}`, signal);
    const body = jsonOf(text);
    if (status === 200 && body !== undefined) return body;
    if (status === 401) throw this.#forbidden();
    const said = (body as { readonly message?: unknown } | undefined)?.message;
    throw new SiteError(
      "QKD_SITE_ANSWER",
      `${this.#url.origin} answers with status ${status}${typeof said === "string" ? `: ${plain(said)}` : ""}`,
      {
        context: { status },
        remedy:
          status === 421
            ? "ask by a name that is in the dashboard's certificate or in dashboard.names"
            : status === 404
              ? "check that the address is that of a dashboard (dashboard.listen), of this version or later"
              : "check that the address is that of a site's dashboard (dashboard.listen of its file)",
      },
    );
  }

  #forbidden(): SiteError {
    const given = this.#token !== null || this.#tls.cert !== undefined;
    return new SiteError(
      "QKD_SITE_FORBIDDEN",
      given
        ? `${this.#url.origin} takes neither the token nor the certificate that was shown`
        : `${this.#url.origin} shows nothing without the right to look`,
      {
        remedy: given
          ? "take the token of the site's last start, or a certificate of dashboard.authority"
          : "give --token with what the site prints at its start, or --cert and --key of dashboard.authority",
      },
    );
  }

  #get(path: string, signal: AbortSignal): Promise<{ readonly status: number; readonly text: string }> {
    const { protocol, pathname } = this.#url;
    const options: RequestOptions = {
      path: `${pathname.replace(/\/+$/, "")}${path}`,
      agent: false,
      signal,
      headers: {
        accept: "application/json",
        ...(this.#token === null ? {} : { authorization: `Bearer ${this.#token}` }),
      },
    };
    return new Promise((resolve, reject) => {
      const give = (reason: string): void => {
        reject(this.#unreachable(new Error(reason)));
        asking.destroy();
      };
      const late = setTimeout(
        () => give(`no whole answer within ${this.#answerMs / 1000} s`),
        this.#answerMs,
      );
      const asking =
        protocol === "https:"
          ? requestTls(this.#url, {
              ...options,
              ...this.#tls,
              minVersion: "TLSv1.2",
              ciphers: FORWARD_SECRET_SUITES,
            })
          : requestPlain(this.#url, options);
      asking.on("response", (response) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        response.on("data", (part: Buffer) => {
          bytes += part.length;
          if (bytes > MOST_ANSWER_BYTES) give("the answer is too long for a dashboard's");
          else parts.push(part);
        });
        response.on("error", (cause) => reject(this.#unreachable(cause)));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }),
        );
      });
      asking.on("error", (cause) => reject(this.#unreachable(cause)));
      asking.on("close", () => clearTimeout(late));
      asking.end();
    });
  }

  #unreachable(cause: Error & { readonly code?: string }): QkdError {
    const { code = "" } = cause;
    const tls = /CERT|SSL|TLS|ALTNAME|SELF_SIGNED|VERIFY/i.test(code);
    return new TransportError(
      tls ? "QKD_TRANSPORT_TLS" : "QKD_TRANSPORT_OPEN",
      `the site at ${this.#url.host} cannot be reached: ${handshakeReason(cause)}`,
      {
        cause,
        retryable: !tls,
        remedy: tls
          ? "name the authority of the dashboard's certificate with --ca, and ask by a name that is in it"
          : "check that the site runs, and that the address is that of its dashboard (dashboard.listen)",
      },
    );
  }
}

/** The client that a command's flags ask for. Throws as its constructor. */
export function siteClientOf(
  url: string,
  { ca, cert, key, token }: { readonly [Flag in "ca" | "cert" | "key" | "token"]?: string },
): SiteClient {
  return new SiteClient({
    url,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(token === undefined ? {} : { token }),
  });
}

function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && isSite(url.protocol) && url.username === "" && url.password === "") return url;
  throw new ConfigError("QKD_USAGE", "the address of the site is none", {
    remedy: "name the dashboard as https://host:port",
  });
}

/** @throws ConfigError QKD_USAGE for what is no token, and for one that would go over a line in the clear. */
function tokenOf({ token }: SiteAccess, url: URL): string | null {
  const behind = new URLSearchParams(url.hash.slice(1)).get("token");
  const given = token?.startsWith("@") ? textOf("token", token.slice(1)) : (token ?? behind ?? undefined);
  url.hash = "";
  if (given === undefined) return null;
  const trimmed = given.trim();
  if (!TOKEN.test(trimmed))
    throw new ConfigError("QKD_USAGE", "--token is no token of a dashboard", {
      remedy: "give what the site prints at its start, or @FILE that holds it",
    });
  if (url.protocol === "http:" && !LOOPBACK.test(url.hostname))
    throw new ConfigError("QKD_USAGE", `the token would go to ${url.host} in the clear`, {
      remedy: "ask by https://",
    });
  return trimmed;
}

function tlsOf({ ca, cert, key }: SiteAccess, url: URL): SiteTls {
  if ((cert === undefined) !== (key === undefined))
    throw new ConfigError("QKD_USAGE", "--cert and --key go together", { remedy: "give both, or neither" });
  if (url.protocol === "http:" && (ca !== undefined || cert !== undefined))
    throw new ConfigError("QKD_USAGE", "--ca, --cert and --key have no effect on http:", {
      remedy: "ask by https://, or leave them out",
    });
  const authority = ca === undefined ? undefined : pem("ca", ca);
  if (authority !== undefined) readCertificates(authority, `--ca (${ca})`);
  const trusted = authority === undefined ? {} : { ca: authority };
  if (cert === undefined || key === undefined) return trusted;
  const own = { cert: pem("cert", cert), key: pem("key", key) };
  checkIdentity({
    certificate: own.cert,
    certificateName: `--cert (${cert})`,
    privateKey: own.key,
    privateKeyName: `--key (${key})`,
  });
  return { ...trusted, ...own };
}

const textOf = (flag: string, path: string): string => pem(flag, path).toString("utf8");

function pem(flag: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new ConfigError(
      "QKD_CONFIG_UNREADABLE",
      `--${flag}: ${path} cannot be read: ${fileReason(cause)}`,
      {
        cause,
        remedy: "name a readable file",
      },
    );
  }
}

/** Undefined for what is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a stranger says, as a terminal may show it. */
const plain = (text: string): string => text.replaceAll(/\p{C}/gu, "").slice(0, 300);
