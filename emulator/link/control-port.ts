import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { ConfigError, QkdError, TransportError } from "../../errors/index.ts";
import { parseListenAddress } from "../ports/listen-address.ts";
import type { Port } from "../ports/port.ts";
import { bind } from "../ports/tcp-port.ts";
import type { EmulatedPair } from "./emulated-pair.ts";
import type { LinkFault } from "./link-fault.ts";

const MOST_BODY_BYTES = 65_536;

/**
 * Serves the control port, JSON over HTTP: `GET /state`, `POST /fault` with a LinkFault, `POST /advance` with `{ms}`.
 * For test benches: it shows no key material and asks for no credentials, so it belongs on a loopback address.
 */
export async function listenControl(address: string, pair: EmulatedPair): Promise<Port> {
  const at = parseListenAddress(address);
  if (at.kind !== "tcp")
    throw new TransportError("QKD_TRANSPORT_ADDRESS", `The control port cannot listen on ${address}`, {
      context: { address },
      remedy: "use tcp://HOST:PORT",
    });
  const server = createServer({ requestTimeout: 10_000 }, (request, response) => {
    answer(request, pair).then(
      (body) => send(response, 200, body),
      (error: unknown) => send(response, statusOf(error), reportOf(error)),
    );
  });
  const bound = await bind("http", server, at.at);
  return {
    address: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, pair: EmulatedPair): Promise<unknown> {
  const path = (request.url ?? "").split("?")[0];
  const route = `${request.method} ${path}`;
  switch (route) {
    case "GET /state":
      return stateOf(pair);
    case "POST /fault":
      await pair.fault((await readBody(request)) as unknown as LinkFault);
      return { done: true };
    case "POST /advance": {
      const { ms } = await readBody(request);
      if (typeof ms !== "number" || !(ms >= 0 && ms <= 86_400_000))
        throw invalid("ms must be from 0 to 86400000");
      await pair.advance(ms);
      return { linkSeconds: pair.linkS };
    }
    default:
      throw new NoSuchRoute(`there is no ${route}`);
  }
}

class NoSuchRoute extends Error {}

function stateOf(pair: EmulatedPair) {
  const device = (site: "alice" | "bob") => ({
    serial: pair[site].profile.serial,
    state: pair[site].state,
    keyExchange: pair[site].keyExchange?.number ?? null,
    alarms: pair[site].alarms.map(({ name, level, value }) => ({ name, level, value })),
    values: pair[site].values,
  });
  return { stats: pair.stats(), conditions: pair.conditions, alice: device("alice"), bob: device("bob") };
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MOST_BODY_BYTES) throw invalid("the body is too long");
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw invalid("the body is no JSON");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw invalid("the body is no JSON object");
  return body as Record<string, unknown>;
}

const invalid = (message: string): ConfigError => new ConfigError("QKD_CONFIG_INVALID", message);

function statusOf(error: unknown): number {
  if (error instanceof NoSuchRoute) return 404;
  return error instanceof QkdError ? 400 : 500;
}

function reportOf(error: unknown) {
  if (error instanceof QkdError) return { code: error.code, message: error.message, remedy: error.remedy };
  return { message: error instanceof Error ? error.message : String(error) };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body, (_key, value: unknown) =>
    typeof value === "bigint" ? value.toString() : value,
  );
  response.writeHead(status, { "content-type": "application/json" }).end(`${text}\n`);
}
