import type { IncomingHttpHeaders } from "node:http";
import { Agent, request } from "node:https";
import type { Socket } from "node:net";
import { checkServerIdentity, createSecureContext, type SecureVersion } from "node:tls";
import { DeliveryError, QkdError, TransportError } from "../../errors/index.ts";
import { FORWARD_SECRET_SUITES, handshakeReason, type Pem } from "../../trust/index.ts";
import { pinFault } from "./pinned-chain.ts";

/** Whom a server has to be, and who asks it. */
export interface ExchangeTls {
  readonly ca: Pem;
  /** Certificate and key of the caller; none for an anonymous one. */
  readonly cert?: Pem;
  readonly key?: Pem;
  /** Name expected in the server's certificate where it differs from the host of the URL. */
  readonly serverName?: string;
  /** SHA-256 fingerprints, one of which a certificate of the server's chain has to have. */
  readonly pins?: readonly string[];
  readonly minVersion?: SecureVersion;
  readonly maxVersion?: SecureVersion;
  readonly ciphers?: string;
}

/** One request, with what its answer may cost. */
export interface ExchangeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Of the whole exchange, from the wait for a connection to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly mostAnswerBytes: number;
  readonly signal?: AbortSignal | undefined;
}

export interface ExchangeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The caller's own: overwrite it when keys were in it. */
  readonly body: Uint8Array;
}

/**
 * HTTPS to one server over kept connections. Every exchange is bounded in bytes and in time; redirects are not followed.
 * Each connection proves the server anew: sessions are not resumed.
 */
export class HttpsExchange {
  readonly #url: URL;
  readonly #agent: Agent;
  /** Connections whose handshake is over; a request that waited may get one that another was on. */
  readonly #proved = new WeakSet<Socket>();
  #closed = false;

  constructor(url: URL, tls: ExchangeTls, connections: number) {
    const { ca, cert, key, serverName, pins = [] } = tls;
    this.#url = url;
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: connections,
      maxCachedSessions: 0,
      secureContext: createSecureContext({
        ca: ca as string | Buffer,
        ...(cert !== undefined && { cert: cert as string | Buffer }),
        ...(key !== undefined && { key: key as string | Buffer }),
        minVersion: tls.minVersion ?? "TLSv1.2",
        ...(tls.maxVersion !== undefined && { maxVersion: tls.maxVersion }),
        ciphers: tls.ciphers ?? FORWARD_SECRET_SUITES,
      }),
      rejectUnauthorized: true,
      ...(serverName !== undefined && { servername: serverName }),
      checkServerIdentity: (host, certificate) =>
        checkServerIdentity(host, certificate) ?? pinFault(certificate, pins, url.host),
    });
  }

  /**
   * TransportError when the server cannot be reached, is silent, ends early or is not the one it has to be, its context
   * with `sent` where the server may have acted on the request; DeliveryError QKD_DELIVERY_ANSWER for an answer that is
   * too large, QKD_DELIVERY_STOPPED after `close` or an abort.
   */
  ask({
    method,
    path,
    headers,
    body,
    timeoutMs,
    mostAnswerBytes,
    signal,
  }: ExchangeRequest): Promise<ExchangeAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<ExchangeAnswer>();
    const refused = this.#refusal(signal);
    if (refused !== null) return Promise.reject(refused);
    const call = request({
      agent: this.#agent,
      host: this.#url.hostname.replace(/^\[|\]$/g, ""),
      port: this.#url.port === "" ? 443 : this.#url.port,
      method,
      path,
      headers: {
        accept: "application/json",
        ...headers,
        // By itself the runtime says so for some verbs alone, and a body after the others is read as the next request.
        ...(body !== undefined && { "content-length": String(Buffer.byteLength(body)) }),
      },
    });
    let sent = false;
    let kept = false;
    call.on("socket", (socket) => {
      kept = this.#proved.has(socket);
      sent = kept;
      if (kept) return;
      socket.once("secureConnect", () => {
        this.#proved.add(socket);
        sent = true;
      });
    });
    const fail = (cause: Error & { code?: string }): void => {
      reject(this.#refusal(signal) ?? this.#failure(cause, sent, kept));
      call.destroy();
    };
    // Of the whole answer: a server that keeps sending a byte now and then is as good as silent.
    const late = setTimeout(() => fail(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    const abort = (): void => fail(new Error("given up"));
    signal?.addEventListener("abort", abort, { once: true });
    call.on("response", (response) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on("data", (part: Buffer) => {
        bytes += part.length;
        if (bytes <= mostAnswerBytes) parts.push(part);
        else fail(tooLarge(this.#url.host, mostAnswerBytes));
      });
      response.on("error", fail);
      response.on("end", () => {
        const whole = new Uint8Array(bytes);
        let offset = 0;
        for (const part of parts) {
          whole.set(part, offset);
          offset += part.length;
          part.fill(0);
        }
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: whole });
      });
    });
    call.on("error", fail);
    call.on("close", () => {
      clearTimeout(late);
      signal?.removeEventListener("abort", abort);
    });
    call.end(body);
    return promise;
  }

  /** Ends all connections; what is under way rejects with QKD_DELIVERY_STOPPED. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#agent.destroy();
  }

  #refusal(signal: AbortSignal | undefined): DeliveryError | null {
    if (this.#closed) return new DeliveryError("QKD_DELIVERY_STOPPED", "the client is closed");
    if (signal?.aborted !== true) return null;
    return new DeliveryError("QKD_DELIVERY_STOPPED", "the caller gave the request up", {
      cause: signal.reason,
    });
  }

  #failure(cause: Error & { code?: string }, sent: boolean, kept: boolean): QkdError {
    if (cause instanceof QkdError) return cause;
    const tls = /CERT|SSL|TLS|ALTNAME|SELF_SIGNED|VERIFY/i.test(cause.code ?? "");
    return new TransportError(
      tls ? "QKD_TRANSPORT_TLS" : "QKD_TRANSPORT_OPEN",
      `${this.#url.host}: ${handshakeReason(cause)}`,
      {
        cause,
        retryable: !tls,
        context: { sent, stale: kept && (cause.code === "ECONNRESET" || cause.code === "EPIPE") },
        ...(tls ? {} : { remedy: "check the address and that the key server runs" }),
      },
    );
  }
}

function tooLarge(host: string, mostBytes: number): DeliveryError {
  return new DeliveryError("QKD_DELIVERY_ANSWER", `${host}: the answer is larger than ${mostBytes} bytes`);
}
