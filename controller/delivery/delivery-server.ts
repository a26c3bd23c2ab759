import type { TLSSocket } from "node:tls";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { ConfigError } from "../../errors/index.ts";
import { completeLimits, DEFAULT_DELIVERY_LIMITS, type DeliveryLimits } from "../listener/listener-limits.ts";
import { DeliveryListener } from "./delivery-listener.ts";
import { completePolicy, type DeliveryPolicy, keyTerms, listed } from "./delivery-policy.ts";
import { checkDeliveryTls, type DeliveryTls } from "./delivery-tls.ts";
import { readKeyIds, readKeyRequest } from "./key-request.ts";
import { noKeyRefusal } from "./no-key.ts";
import { FIXED_MESSAGES, Refusal, toRefusal } from "./refusal.ts";
import { keyContainer, statusBody } from "./responses.ts";
import { saeIdOf } from "./sae-identity.ts";
import { type KeySource, takeKeys } from "./take-keys.ts";

/** How to serve keys. */
export interface DeliveryOptions {
  readonly keys: KeySource;
  readonly tls: DeliveryTls;
  /** Port 0 chooses a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  readonly ids: { readonly sourceKmeId: string; readonly targetKmeId: string };
  readonly policy?: Partial<DeliveryPolicy>;
  /** Time-outs and how many connections are served at once. */
  readonly limits?: Partial<DeliveryLimits>;
  readonly now?: () => number;
}

/** A running key delivery server. */
export interface DeliveryServer {
  readonly port: number;
  /** `https://host:port` */
  readonly url: string;
  /** Keys given out since the start, as master and as slave. */
  readonly delivered: () => { readonly taken: number; readonly fetched: number };
  /** Stops accepting, finishes requests under way (3 s at most). Idempotent. */
  close(): Promise<void>;
}

type Members = Record<string, unknown>;
type KeyRoute = FastifyRequest<{ Params: { sae: string }; Querystring: Members; Body: unknown }>;

const BODY_BYTES = 1024 * 1024;
const ROUTE = "/api/v1/keys/:sae";

/**
 * Serves the keys of one site by ETSI GS QKD 014 V1.1.1: HTTPS with TLS 1.2 or higher, client certificates, JSON.
 * A caller without a trusted certificate completes the handshake and gets 401 with a JSON body on every request.
 * Neither bodies nor keys are logged. ConfigError when the certificate, the address or the policy is impossible.
 */
export async function createDeliveryServer(options: DeliveryOptions): Promise<DeliveryServer> {
  const policy = completePolicy(options.policy);
  checkDeliveryTls(options.tls);
  const limits = completeLimits(DEFAULT_DELIVERY_LIMITS, options.limits ?? {}, "delivery.limits");
  const listener = new DeliveryListener(options.tls, limits);
  const server = openHttp(listener);
  const counters = { taken: 0, fetched: 0 };
  addRoutes(server, options, policy, counters);
  const { host, port } = options.listen;
  try {
    await server.listen({ host, port });
  } catch (cause) {
    throw new ConfigError("QKD_CONFIG_INVALID", `delivery cannot listen on ${host}:${port}`, {
      remedy: "choose a free port of this machine",
      cause,
    });
  }
  const address = server.server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  let closing: Promise<void> | undefined;
  return {
    port: bound,
    url: `https://${host.includes(":") ? `[${host}]` : host}:${bound}`,
    delivered: () => ({ ...counters }),
    close: () => {
      closing ??= listener.end(server.close());
      return closing;
    },
  };
}

function openHttp(listener: DeliveryListener): FastifyInstance {
  // The cast: fastify types its HTTPS instances apart from the plain ones, the routes are the same.
  return Fastify({
    serverFactory: (handler) => listener.open(handler),
    bodyLimit: BODY_BYTES,
    // A HEAD that ran the GET handler would burn keys.
    exposeHeadRoutes: false,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 1024 },
    logger: false,
  }) as unknown as FastifyInstance;
}

function addRoutes(
  server: FastifyInstance,
  { keys, ids, now = Date.now }: DeliveryOptions,
  policy: DeliveryPolicy,
  counters: { taken: number; fetched: number },
): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  const callers = new Callers(policy);
  // First of all, also before unknown paths and wrong verbs: who is it?
  server.addHook("onRequest", async (request) => void callers.of(request));
  server.setErrorHandler((error, _request, reply) => refuse(reply, toRefusal(error)));
  server.setNotFoundHandler((_request, reply) => refuse(reply, new Refusal(404, "no such resource")));

  server.get(`${ROUTE}/status`, async (request: KeyRoute) => {
    const names = { ...ids, master: callers.of(request), slave: request.params.sae };
    const [qkd, pqc] = await Promise.all([keys.pool.status("qkd"), keys.pool.status("pqc")]);
    return statusBody(names, policy, qkd, pqc, keys.fallback());
  });

  const getKeys = async (request: KeyRoute) => {
    const audience = { master: callers.of(request), slave: request.params.sae };
    const wish = readKeyRequest(membersOf(request), policy);
    if (!listed(policy.allowedSlaves, audience.slave)) throw new Refusal(400, "slave_SAE_ID is not known");
    const terms = keyTerms(policy, wish, audience.master);
    if (wish.mustAcceptPqc && !terms.accepts.includes("pqc"))
      throw new Refusal(400, FIXED_MESSAGES.mandatoryUnmet, [{ unmet: "qkdlink_accept_pqc" }]);
    const fallback = keys.fallback();
    const taken = await takeKeys(keys, terms, { ...wish, audience }, fallback);
    if (taken.keys === null) throw noKeyRefusal(taken.reason, terms, fallback);
    counters.taken += taken.keys.length;
    return keyContainer(taken.keys, now());
  };
  server.get(`${ROUTE}/enc_keys`, getKeys);
  server.post(`${ROUTE}/enc_keys`, getKeys);

  const getKeysById = async (request: KeyRoute) => {
    const audience = { master: request.params.sae, slave: callers.of(request) };
    const fetched = await keys.pool.takeByIds(readKeyIds(membersOf(request), policy), audience);
    counters.fetched += fetched.length;
    return keyContainer(fetched, now());
  };
  server.get(`${ROUTE}/dec_keys`, getKeysById);
  server.post(`${ROUTE}/dec_keys`, getKeysById);

  forbidOtherVerbs(server, "status", ["GET"]);
  forbidOtherVerbs(server, "enc_keys", ["GET", "POST"]);
  forbidOtherVerbs(server, "dec_keys", ["GET", "POST"]);
}

function forbidOtherVerbs(server: FastifyInstance, resource: string, allowed: readonly string[]): void {
  const verbs = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
  server.route({
    method: verbs.filter((verb) => !allowed.includes(verb)),
    url: `${ROUTE}/${resource}`,
    handler: (_request, reply) =>
      refuse(reply.header("allow", allowed.join(", ")), new Refusal(405, `use ${allowed.join(" or ")}`)),
  });
}

/** Knows the SAE behind each connection; the certificate is read once per connection. */
class Callers {
  readonly #policy: DeliveryPolicy;
  readonly #known = new WeakMap<object, string>();

  constructor(policy: DeliveryPolicy) {
    this.#policy = policy;
  }

  /** The caller's SAE ID; a 401 Refusal without one. */
  of(request: FastifyRequest): string {
    const socket = request.raw.socket as TLSSocket;
    const known = this.#known.get(socket);
    if (known !== undefined) return known;
    if (socket.authorized !== true) {
      throw new Refusal(401, "a client certificate that this KME trusts is required");
    }
    const sae = saeIdOf(socket.getPeerCertificate(), this.#policy.saeIdentity);
    if (sae === undefined) throw new Refusal(401, "the client certificate names no SAE");
    if (!listed(this.#policy.allowedSaes, sae)) throw new Refusal(401, "this SAE is not registered here");
    this.#known.set(socket, sae);
    return sae;
  }
}

/** Parameters of a request: the query of a GET, the JSON object of a POST (nothing counts as `{}`). */
function membersOf(request: KeyRoute): Members {
  if (request.method === "GET") return request.query;
  const text = typeof request.body === "string" ? request.body.trim() : "";
  if (text === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal(400, "the request body is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Refusal(400, "the request body is not a JSON object");
  }
  return value as Members;
}

function refuse(reply: FastifyReply, refusal: Refusal): FastifyReply {
  if (refusal.status === 503) reply.header("retry-after", "1");
  return reply.status(refusal.status).type("application/json").send(JSON.stringify(refusal.body));
}
