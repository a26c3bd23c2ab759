import type { RequestListener } from "node:http";
import { createServer, type Server } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { TLSSocket } from "node:tls";
import { ConfigError } from "../../errors/index.ts";
import type { DeliveryLimits } from "../listener/listener-limits.ts";
import { RawSockets } from "../listener/raw-sockets.ts";
import { type DeliveryTls, deliveryTlsOptions } from "./delivery-tls.ts";

/** How long requests under way may still take when the server closes. */
const CLOSE_GRACE_MS = 3000;
/** Node looks for late connections so often; its default would let each limit come half a minute late. */
const CHECK_EVERY_MS = 1000;

/** The HTTPS servers of key delivery with their sockets: one, or one for each address that a host name stands for. */
export class DeliveryListener {
  readonly #limits: DeliveryLimits;
  readonly #sockets: RawSockets;
  readonly #servers: Server[] = [];
  readonly #arrived: (socket: TLSSocket) => void;
  #tls: DeliveryTls;

  /** `arrived` is called with each connection whose handshake is over. */
  constructor(tls: DeliveryTls, limits: DeliveryLimits, arrived: (socket: TLSSocket) => void) {
    this.#arrived = arrived;
    this.#tls = tls;
    this.#limits = limits;
    this.#sockets = new RawSockets({ limits, admitMs: limits.handshakeMs, shareOfFiles: 1 / 2 });
  }

  /** A further server. ConfigError when OpenSSL cannot use the certificates. */
  open(handler: RequestListener): Server {
    const { headersMs, requestMs, keepAliveMs, stallMs } = this.#limits;
    const server = usable(() =>
      createServer(
        {
          ...deliveryTlsOptions(this.#tls),
          headersTimeout: Math.min(headersMs, requestMs),
          requestTimeout: requestMs,
          keepAliveTimeout: keepAliveMs,
          connectionsCheckingInterval: Math.min(CHECK_EVERY_MS, headersMs),
        },
        handler,
      ),
    );
    server.setTimeout(stallMs);
    server.on("secureConnection", (socket) => {
      this.#sockets.admit(socket);
      this.#arrived(socket);
    });
    this.#sockets.watch(server);
    this.#servers.push(server);
    return server;
  }

  /** Later handshakes use these certificates; connections that stand go on. ConfigError when OpenSSL cannot use them. */
  renew(tls: DeliveryTls): void {
    for (const server of this.#servers) usable(() => server.setSecureContext(deliveryTlsOptions(tls)));
    this.#tls = tls;
  }

  /** Ends all connections: unfinished handshakes at once, requests under way after their grace. */
  async end(closed: Promise<unknown>): Promise<void> {
    this.#sockets.destroyWaiting();
    const late = sleep(CLOSE_GRACE_MS, undefined, { ref: false }).then(() => this.#sockets.destroyAll());
    await Promise.race([closed, late]);
    await closed;
  }
}

function usable<Result>(use: () => Result): Result {
  try {
    return use();
  } catch (cause) {
    throw new ConfigError("QKD_CONFIG_INVALID", "delivery.tls: certificate, key or authority is not usable", {
      cause,
    });
  }
}
