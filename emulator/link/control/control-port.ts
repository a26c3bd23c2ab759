import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { QkdError, TransportError } from "../../../errors/index.ts";
import { refusal } from "../../happenings/check-happening.ts";
import { parseListenAddress } from "../../ports/listen-address.ts";
import type { Port } from "../../ports/port.ts";
import { bind } from "../../ports/tcp-port.ts";
import { schemaCheck } from "../../schema/schema-check.ts";
import { part } from "../../schema/schema-parts.ts";
import type { EmulatedPair } from "../emulated-pair.ts";
import { readJson } from "./control-body.ts";

const checkAdvance = schemaCheck(
  part.object(
    { ms: part.number(0, 86_400_000, "link time to live through, milliseconds") },
    ["ms"],
    "advance",
  ),
  { events: [] },
);

/**
 * Serves the control port, JSON over HTTP: `GET /state`, `POST /fault` with a happening, `POST /advance` with `{ms}`.
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
      await pair.happen(await readJson(request));
      return { done: true };
    case "POST /advance": {
      const body = await readJson(request);
      const complaint = checkAdvance(body);
      if (complaint !== undefined) throw refusal(complaint, "the body");
      await pair.advance((body as { readonly ms: number }).ms);
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
