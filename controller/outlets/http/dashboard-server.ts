import { X509Certificate } from "node:crypto";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import Fastify, { type FastifyInstance } from "fastify";
import { ConfigError, listenReason } from "../../../errors/index.ts";
import { RawSockets } from "../../listener/raw-sockets.ts";
import { isOwnHost } from "./access.ts";
import type { ClientTrust } from "./client-trust.ts";
import {
  addActingRoutes,
  addPages,
  addReadingRoutes,
  HttpRefusal,
  type RouteParts,
  refusalOf,
} from "./dashboard-routes.ts";
import { type DashboardTls, dashboardTlsOptions } from "./dashboard-tls.ts";

/** Where the dashboard listens and how it is called. */
export interface DashboardAddress {
  readonly host: string;
  /** Port 0 chooses a free one. */
  readonly port: number;
  readonly tls?: DashboardTls;
  /** Names by which it is reached, beside its addresses and those of its certificate. */
  readonly names?: readonly string[];
}

const BODY_BYTES = 4096;
const LIMITS = { connections: 128, connectionsPerAddress: 96 };
const CLOSE_GRACE_MS = 500;
const HEADERS_MS = 5000;
const REQUEST_MS = 10_000;
const KEEP_ALIVE_MS = 10_000;
/** A stream speaks once a second: a connection that takes nothing for so long is dead. */
const STALL_MS = 30_000;
const SECURITY_HEADERS = {
  "content-security-policy":
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
};

/** A listening dashboard. */
export interface DashboardServer {
  readonly port: number;
  /** `http://host:port`, where a browser of this machine finds it. */
  readonly url: string;
  /** Later handshakes use these certificates; connections stay. */
  renew(tls: DashboardTls): void;
  close(): Promise<void>;
}

/** Listens. Rejects with ConfigError when it cannot. */
export async function listenDashboard(
  address: DashboardAddress,
  clients: ClientTrust,
  parts: RouteParts,
): Promise<DashboardServer> {
  const { host, port, tls } = address;
  const sockets = new RawSockets({ limits: LIMITS, admitMs: HEADERS_MS, shareOfFiles: 1 / 16 });
  const server = openHttp(sockets, clients, tls);
  const names = {
    known: address.names ?? [],
    certificate: tls === undefined ? null : new X509Certificate(tls.cert),
  };
  guard(server, names);
  server.register(async (open) => {
    open.addHook("onRequest", async ({ raw }) => {
      if (raw.headers["sec-fetch-site"] === "cross-site")
        throw new HttpRefusal(403, "another site's page may not look at this one");
      if (!parts.access.mayLook(raw))
        throw new HttpRefusal(
          401,
          "show the token that the start line of this site prints, or a client certificate",
        );
    });
    addReadingRoutes(open as unknown as FastifyInstance, parts);
  });
  server.register(async (acting) => {
    acting.addHook("onRequest", async ({ raw }) => {
      if (!parts.access.mayAct(raw))
        throw new HttpRefusal(401, "show the token that the start line of this site prints");
    });
    addActingRoutes(acting as unknown as FastifyInstance, parts);
  });
  addPages(server, parts);
  try {
    await server.listen({ host, port });
  } catch (cause) {
    await server.close().catch(() => {});
    throw new ConfigError(
      "QKD_CONFIG_MACHINE",
      `the dashboard cannot listen on ${host}:${port}: ${listenReason(cause)}`,
      {
        remedy: "correct dashboard.listen, or stop the program that listens there; the link runs without it",
        retryable: true,
        cause,
      },
    );
  }
  const bound = server.server.address();
  const boundPort = typeof bound === "object" && bound !== null ? bound.port : port;
  const shown =
    host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "[::1]" : host.includes(":") ? `[${host}]` : host;
  return {
    port: boundPort,
    url: `${tls === undefined ? "http" : "https"}://${shown}:${boundPort}`,
    renew: (renewed) => {
      (server.server as unknown as TlsServer).setSecureContext(dashboardTlsOptions(renewed));
      names.certificate = new X509Certificate(renewed.cert);
    },
    close: async () => {
      const closed = server.close();
      const late = sleep(CLOSE_GRACE_MS, undefined, { ref: false }).then(() => sockets.destroyAll());
      await Promise.race([closed, late]);
      await closed;
    },
  };
}

function openHttp(sockets: RawSockets, clients: ClientTrust, tls: DashboardTls | undefined): FastifyInstance {
  const limits = { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, keepAliveTimeout: KEEP_ALIVE_MS };
  return Fastify({
    serverFactory: (handler) => opened(handler, sockets, clients, tls, limits),
    bodyLimit: BODY_BYTES,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 256 },
    logger: false,
  }) as unknown as FastifyInstance;
}

function opened(
  handler: RequestListener,
  sockets: RawSockets,
  clients: ClientTrust,
  tls: DashboardTls | undefined,
  limits: object,
): Server {
  const server =
    tls === undefined
      ? createServer(limits, handler)
      : createTlsServer({ ...limits, ...dashboardTlsOptions(tls) }, handler);
  server.setTimeout(STALL_MS);
  sockets.watch(server);
  server.on(tls === undefined ? "connection" : "secureConnection", (socket) => {
    sockets.admit(socket);
    clients.arrive(socket);
  });
  return server as Server;
}

/** Names by which the server is reached. */
interface OwnNames {
  readonly known: readonly string[];
  certificate: X509Certificate | null;
}

/** What holds for every request: who is asked for, what may be done with the answer, how a refusal reads. */
function guard(server: FastifyInstance, names: OwnNames): void {
  const known = names.known.map((name) => name.toLowerCase());
  server.addHook("onRequest", async ({ raw }, reply) => {
    reply.headers(SECURITY_HEADERS);
    if (!isOwnHost(raw, known, names.certificate))
      throw new HttpRefusal(421, "this is not that host; dashboard.names lists names that it is reached by");
  });
  server.addHook("onSend", async (_request, reply) => {
    if (reply.getHeader("cache-control") === undefined) reply.header("cache-control", "no-store");
  });
  server.setErrorHandler((error, _request, reply) => {
    const { status, body } = refusalOf(error);
    if (status === 503) reply.header("retry-after", "5");
    return reply.status(status).type("application/json").send(JSON.stringify(body));
  });
  server.setNotFoundHandler((_request, reply) => reply.status(404).send({ message: "there is nothing" }));
}
