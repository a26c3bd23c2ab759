import { randomBytes, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { type TestCertificate, testAuthority } from "../delivery-sites.ts";

/** One request as a scripted KME saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly atMs: number;
}

export type Script = (response: ServerResponse, seen: SeenRequest, request: IncomingMessage) => void;

/** A server that says what a test wants. */
export interface ScriptedKme {
  readonly url: string;
  readonly requests: SeenRequest[];
  /** Connections opened so far. */
  readonly connections: () => number;
  /** What is said from now on. */
  say(script: Script): void;
  /** Later handshakes show this certificate. */
  show(certificate: TestCertificate): void;
  /** Ends every connection that stands. */
  cut(): void;
  close(): Promise<void>;
}

export const authority = await testAuthority("authority of scripted servers");
export const foreign = await testAuthority("foreign authority");
export const LOCAL = [{ type: "ip", value: "127.0.0.1" }] as const;
const kme = await authority.issue("kme", [...LOCAL]);
const sae = await authority.issue("sae-a");

/** What a client of these servers is opened with. */
export const TLS = { cert: sae.cert, key: sae.key, ca: authority.ca };

export async function scriptedKme(script: Script): Promise<ScriptedKme> {
  let said = script;
  let connections = 0;
  const sockets = new Set<Socket>();
  const requests: SeenRequest[] = [];
  const server = createServer({ cert: kme.cert, key: kme.key, ca: authority.ca, requestCert: true });
  server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", () => {});
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      const { method = "", url: path = "" } = request;
      const seen = { method, path, body, atMs: performance.now() };
      requests.push(seen);
      said(response, seen, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    connections: () => connections,
    say: (next) => {
      said = next;
    },
    show: ({ cert, key }) => server.setSecureContext({ cert, key, ca: authority.ca }),
    cut,
    close: () => {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Script =>
  (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };

export const entry = (bytes = 32, keyId: string = randomUUID()) => ({
  key_ID: keyId,
  key: randomBytes(bytes).toString("base64"),
});

/** Fresh keys of the size and number asked for, as an honest KME. */
export const honest: Script = (response, { body, path }, request) => {
  const { number = 1, size = 256, key_IDs } = body === "" ? {} : JSON.parse(body);
  const keys = path.endsWith("dec_keys")
    ? key_IDs.map(({ key_ID }: { key_ID: string }) => entry(32, key_ID))
    : Array.from({ length: number }, () => entry(size / 8));
  json(200, { keys })(response, { body, path, method: "", atMs: 0 }, request);
};
