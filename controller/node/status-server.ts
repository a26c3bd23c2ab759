import { createServer, type Server } from "node:http";
import { ConfigError, listenReason } from "../../errors/index.ts";
import { checkArgument, rule } from "../../options/index.ts";
import type { Node } from "./node.ts";

/** Where a node tells its condition to supervisors and load balancers. */
export interface StatusServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Supervisors ask briefly; who holds a connection open holds a place. */
const REQUEST_MS = 5000;
const MOST_CONNECTIONS = 64;

/**
 * Serves `/healthz` (this program runs), `/readyz` (key delivery serves and every link runs) and `/status` over plain HTTP:
 * names and states, no key, nothing that changes anything. ConfigError where it cannot listen.
 */
export async function openStatus(node: Node, listen: string): Promise<StatusServer> {
  checkArgument("node", node, rule.having(["close"], "a node that runs"));
  checkArgument("listen", listen, rule.text("an http:// address"));
  if (!URL.canParse(listen) || new URL(listen).protocol !== "http:")
    throw new ConfigError("QKD_CONFIG_INVALID", `the status address ${listen} is not an http:// address`, {
      remedy: "use http://127.0.0.1:PORT",
    });
  const { hostname, port } = new URL(listen);
  const host = hostname.replace(/^\[|\]$/g, "");
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://node");
    const answer =
      request.method === "GET" ? answerOf(node, pathname) : { status: 405, body: { message: "use GET" } };
    response.writeHead(answer.status, { "content-type": "application/json", connection: "close" });
    response.end(`${JSON.stringify(answer.body)}\n`);
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.headersTimeout = REQUEST_MS;
  server.requestTimeout = REQUEST_MS;
  await listening(server, host, Number(port || 80));
  const address = server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://${hostname}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answerOf(node: Node, path: string): { readonly status: number; readonly body: object } {
  if (path === "/healthz") return { status: 200, body: { status: "ok" } };
  const links = node.links.map(({ linkId, neighbour, stage }) => ({ link: linkId, neighbour, stage }));
  const ready = node.delivery !== null && links.every(({ stage }) => stage === "running");
  if (path === "/readyz") return { status: ready ? 200 : 503, body: { ready, links } };
  if (path === "/status")
    return {
      status: 200,
      body: {
        node: node.name,
        network: node.network.network,
        ready,
        delivery: node.delivery?.url ?? null,
        links,
        pairs: node.pairs,
      },
    };
  return { status: 404, body: { message: "no such resource" } };
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new ConfigError(
          "QKD_CONFIG_INVALID",
          `status cannot listen on ${host}:${port}: ${listenReason(cause)}`,
          {
            remedy: "choose a free port of this machine",
            context: { field: "status.listen" },
            cause,
          },
        ),
      ),
    );
    server.listen(port, host, resolve);
  });
}
