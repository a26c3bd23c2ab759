import { createServer, type TLSSocket } from "node:tls";
import { ConfigError } from "../../errors/index.ts";
import { type CallerOptions, callerRules } from "../delivery/caller-rules.ts";
import { Callers } from "../delivery/callers.ts";
import { checkDeliveryTls, type DeliveryTls, deliveryTlsOptions } from "../delivery/delivery-tls.ts";
import { completeLimits, DEFAULT_DELIVERY_LIMITS, type DeliveryLimits } from "../listener/listener-limits.ts";
import { RawSockets } from "../listener/raw-sockets.ts";
import {
  closeAnswer,
  HEADER_BYTES,
  keyAnswer,
  openAnswer,
  readHeader,
  readRequest,
  STATUS,
} from "./frames.ts";
import type { StreamDesk } from "./stream-desk.ts";

/** How streams are served. */
export interface StreamServerOptions {
  readonly desk: StreamDesk;
  /** Who is served, as key delivery serves them. */
  readonly callers: CallerOptions;
  /** Names of KMEs: no SAE is called so. */
  readonly kmeIds: () => readonly string[];
  readonly tls: DeliveryTls;
  readonly listen: { readonly host: string; readonly port: number };
  readonly limits?: Partial<
    Pick<DeliveryLimits, "connections" | "connectionsPerAddress" | "handshakeMs" | "requestMs">
  >;
  readonly now?: () => number;
}

/** A running server of streams. */
export interface StreamServer {
  readonly port: number;
  /** Later handshakes and the next request of every connection go by these. ConfigError where they are impossible. */
  renew(callers: CallerOptions, tls: DeliveryTls): void;
  close(): Promise<void>;
}

/** An application that says nothing for so long is gone. */
const IDLE_MS = 600_000;

/**
 * Serves key streams by ETSI GS QKD 004 V2.1.1 over mutual TLS. A caller without a trusted certificate, and one whose frame is
 * malformed, too long or too slow, loses its connection. One request of a connection is under way at a time; what comes on top
 * waits unread.
 */
export async function createStreamServer(options: StreamServerOptions): Promise<StreamServer> {
  const { desk, tls, listen, now = Date.now } = options;
  checkDeliveryTls(tls);
  const limits = completeLimits(DEFAULT_DELIVERY_LIMITS, options.limits ?? {}, "streams.limits");
  const callers = new Callers(callerRules(options.callers, tls, options.kmeIds()), now, () => {});
  const sockets = new RawSockets({ limits, admitMs: limits.handshakeMs, shareOfFiles: 1 / 4 });
  const server = createServer(deliveryTlsOptions(tls));
  sockets.watch(server);
  server.on("secureConnection", (socket) => {
    sockets.admit(socket);
    callers.arrive(socket);
    socket.on("error", () => socket.destroy());
    void serve(socket, callers, desk, limits.requestMs).finally(() => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new ConfigError("QKD_CONFIG_INVALID", `streams cannot listen on ${listen.host}:${listen.port}`, {
          remedy: "choose a free port of this machine",
          cause,
        }),
      ),
    );
    server.listen(listen.port, listen.host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : listen.port,
    renew: (who, renewed) => {
      checkDeliveryTls(renewed);
      const rules = callerRules(who, renewed, options.kmeIds());
      server.setSecureContext(deliveryTlsOptions(renewed));
      callers.renew(rules);
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      sockets.destroyAll();
      await closed;
      desk.end();
    },
  };
}

async function serve(
  socket: TLSSocket,
  callers: Callers,
  desk: StreamDesk,
  requestMs: number,
): Promise<void> {
  try {
    // A stranger is sent away before anything is read of it.
    callers.of(socket);
    for (;;) {
      const header = await read(socket, HEADER_BYTES, { firstMs: IDLE_MS, restMs: requestMs });
      const facts = header === null ? null : readHeader(header);
      if (facts === null) return;
      const payload = await read(socket, facts.payloadBytes, { firstMs: requestMs, restMs: requestMs });
      const request = payload === null ? null : readRequest(facts.service, payload);
      if (request === null) return;
      // Judged anew at each request: a certificate may have expired, or been revoked, since.
      const answer = await answerTo(request, callers.of(socket), desk);
      const taken = socket.write(answer);
      // What is still in the socket's buffer stays as it is until it has left.
      if (!taken && !(await drained(socket, requestMs))) return;
    }
  } catch {
    // A refused caller and a connection that broke end alike.
  }
}

async function answerTo(
  request: NonNullable<ReturnType<typeof readRequest>>,
  caller: ReturnType<Callers["of"]>,
  desk: StreamDesk,
): Promise<Buffer> {
  if (request.type === "open") {
    const { status, qos, ksid } = await desk.open(caller, request);
    return openAnswer(status, qos, ksid);
  }
  if (request.type === "close") return closeAnswer(await desk.close(caller, request.ksid));
  const got = await desk.getKey(caller, request);
  if (typeof got === "number") return keyAnswer(got);
  const answer = keyAnswer(STATUS.ok, { index: got.index, key: got.key.reveal(), metadata: got.metadata });
  got.key.wipe();
  return answer;
}

/** So many bytes, unread beyond them; null where the caller is gone or too slow: from the first byte on there is less time. */
async function read(
  socket: TLSSocket,
  bytes: number,
  { firstMs, restMs }: { readonly firstMs: number; readonly restMs: number },
): Promise<Uint8Array | null> {
  let untilMs = performance.now() + (socket.readableLength > 0 ? restMs : firstMs);
  let begun = socket.readableLength > 0;
  for (;;) {
    const chunk = bytes === 0 ? Buffer.alloc(0) : (socket.read(bytes) as Buffer | null);
    if (chunk !== null) return chunk.length === bytes ? chunk : null;
    if (socket.readableEnded || socket.destroyed) return null;
    if (!begun && socket.readableLength > 0) {
      begun = true;
      untilMs = performance.now() + restMs;
    }
    const leftMs = untilMs - performance.now();
    if (leftMs <= 0 || !(await heard(socket, leftMs))) return null;
  }
}

const heard = (socket: TLSSocket, withinMs: number) => oneOf(socket, "readable", withinMs);
const drained = (socket: TLSSocket, withinMs: number) => oneOf(socket, "drain", withinMs);

/** False where the connection ends, or nothing happens in time. */
function oneOf(socket: TLSSocket, event: "readable" | "drain", withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (happened: boolean) => {
      clearTimeout(late);
      for (const [name, listener] of listeners) socket.off(name, listener);
      resolve(happened);
    };
    const listeners = [
      [event, () => done(true)],
      ["end", () => done(false)],
      ["close", () => done(false)],
    ] as const;
    const late = setTimeout(() => done(false), withinMs);
    for (const [name, listener] of listeners) socket.on(name, listener);
  });
}
