import type { TLSSocket } from "node:tls";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { ConfigError, listenReason } from "../../errors/index.ts";
import { checkOptions } from "../../options/index.ts";
import { completeLimits, DEFAULT_DELIVERY_LIMITS } from "../listener/listener-limits.ts";
import { sparesStock } from "../policy/key-choice.ts";
import type { TakenKey } from "../pool/key-pool.ts";
import { type CallerOptions, callerRules } from "./caller-rules.ts";
import { type Caller, Callers } from "./callers.ts";
import { DeliveryListener } from "./delivery-listener.ts";
import { DELIVERY_RULES, type DeliveryOptions } from "./delivery-options.ts";
import { keyTerms, listed, localTerms, type ServedOrigin } from "./delivery-policy.ts";
import { checkDeliveryTls, type DeliveryTls } from "./delivery-tls.ts";
import { type Answered, DeliveryUsage } from "./delivery-usage.ts";
import { directoryOf, type KeyDirectory, type SharedKeys } from "./key-directory.ts";
import { readKeyIds, readKeyRequest } from "./key-request.ts";
import { noKeyRefusal } from "./no-key.ts";
import { DELIVERY_OPENAPI } from "./openapi.ts";
import { FIXED_MESSAGES, Refusal, toRefusal } from "./refusal.ts";
import { keyContainer, statusBody } from "./responses.ts";
import { type KeysOrReason, LINK_ORIGINS, takeKeys } from "./take-keys.ts";

/** A running key delivery server. */
export interface DeliveryServer {
  readonly port: number;
  /** `https://host:port` */
  readonly url: string;
  /** Keys given out since the start, as master and as slave. */
  readonly delivered: () => { readonly taken: number; readonly fetched: number };
  /** What each application got, and every answer as it is given. */
  readonly usage: DeliveryUsage;
  /**
   * Later handshakes and the next request of every connection go by these; connections stay. What is left out is gone.
   * ConfigError, and nothing changed, when they are impossible.
   */
  renew(options: CallerOptions & { readonly tls: DeliveryTls }): void;
  /** Stops accepting, finishes requests under way (3 s at most). Idempotent. */
  close(): Promise<void>;
}

type Members = Record<string, unknown>;
type KeyRoute = FastifyRequest<{ Params: { sae: string }; Querystring: Members; Body: unknown }>;

const BODY_BYTES = 1024 * 1024;
const ROUTE = "/api/v1/keys/:sae";
/** Ways through a network do not change within seconds. */
const NO_ROUTE_RETRY_S = 30;

/**
 * Serves the keys of one site by ETSI GS QKD 014 V1.1.1: HTTPS with TLS 1.2 or higher, client certificates, JSON.
 * A caller without a trusted certificate completes the handshake and gets 401 with a JSON body on every request.
 * Neither bodies nor keys are logged. ConfigError when the certificate, the address or the policy is impossible.
 */
export async function createDeliveryServer(options: DeliveryOptions): Promise<DeliveryServer> {
  checkOptions("the options of createDeliveryServer", options, DELIVERY_RULES);
  const directory = directoryOf(options);
  const rules = callerRules(options, options.tls, directory.kmeIds());
  const callers = new Callers(rules, options.now ?? Date.now, options.told ?? (() => {}));
  checkDeliveryTls(options.tls);
  const limits = completeLimits(DEFAULT_DELIVERY_LIMITS, options.limits ?? {}, "delivery.limits");
  const listener = new DeliveryListener(options.tls, limits, (socket) => callers.arrive(socket));
  const server = openHttp(listener);
  const counters = { taken: 0, fetched: 0 };
  const usage = new DeliveryUsage();
  addRoutes(server, options, directory, callers, counters, usage);
  const { host, port } = options.listen;
  try {
    await server.listen({ host, port });
  } catch (cause) {
    throw new ConfigError(
      "QKD_CONFIG_INVALID",
      `delivery cannot listen on ${host}:${port}: ${listenReason(cause)}`,
      {
        remedy: "choose a free port of this machine",
        cause,
      },
    );
  }
  const address = server.server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  let closing: Promise<void> | undefined;
  return {
    port: bound,
    url: `https://${host.includes(":") ? `[${host}]` : host}:${bound}`,
    delivered: () => ({ ...counters }),
    usage,
    renew: ({ tls, ...who }) => {
      checkDeliveryTls(tls);
      const renewed = callerRules(who, tls, directory.kmeIds());
      listener.renew(tls);
      callers.renew(renewed);
    },
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
  { ids, now = Date.now }: DeliveryOptions,
  directory: KeyDirectory,
  callers: Callers,
  counters: { taken: number; fetched: number },
  usage: DeliveryUsage,
): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  const said = new WeakMap<FastifyRequest, { sae: string | null; gave: Answered["gave"] }>();
  const callerOf = (request: KeyRoute | FastifyRequest): Caller => {
    const caller = callers.of(request.raw.socket as TLSSocket);
    said.set(request, { sae: caller.sae, gave: said.get(request)?.gave ?? null });
    return caller;
  };
  const gave = (request: FastifyRequest, taken: readonly TakenKey[], bits: number): void => {
    const [first] = taken;
    if (first === undefined) return;
    const { sae = null } = said.get(request) ?? {};
    said.set(request, { sae, gave: { origin: first.origin, keys: taken.length, bits } });
  };
  const routeTo = (sae: string, name: string): SharedKeys => {
    const route = directory.route(sae);
    if (route === null) throw new Refusal(400, `${name} is not known`);
    if (route.keys !== null) return route;
    throw new Refusal(
      503,
      `no key available: ${route.why}`,
      [{ qkdlink_reason: route.reason }],
      NO_ROUTE_RETRY_S,
    );
  };
  // First of all, also before unknown paths and wrong verbs: who is it?
  server.addHook("onRequest", async (request) => void callerOf(request));
  server.addHook("onResponse", async (request, reply) =>
    usage.add({
      ...(said.get(request) ?? { sae: null, gave: null }),
      call: callOf(request),
      status: reply.statusCode,
      durationMs: reply.elapsedTime,
    }),
  );
  server.setErrorHandler((error, _request, reply) => refuse(reply, toRefusal(error)));
  server.setNotFoundHandler((_request, reply) => refuse(reply, new Refusal(404, "no such resource")));

  server.get(`${ROUTE}/status`, async (request: KeyRoute) => {
    const caller = callerOf(request);
    const slave = peerOf(caller, request.params.sae, "slave_SAE_ID");
    const { keys, targetKmeId } = routeTo(slave, "slave_SAE_ID");
    const { sourceKmeId } = ids;
    const names = {
      sourceKmeId,
      targetKmeId,
      master: caller.sae,
      slave,
      by: caller.by,
      fingerprint: caller.fingerprint,
    };
    const has = (origin: ServedOrigin) =>
      (keys.origins ?? LINK_ORIGINS).includes(origin) && caller.origins.includes(origin);
    const [qkd, pqc, relay, hybrid] = await Promise.all([
      keys.pool.status("qkd"),
      keys.pool.status("pqc"),
      has("relay") ? keys.pool.status("relay") : null,
      has("hybrid") ? keys.pool.status("hybrid") : null,
    ]);
    const fallback = keys.fallback();
    const terms = keyTerms(
      caller.policy,
      { acceptPqc: false, refusesPqc: false },
      caller.sae,
      caller.origins,
    );
    const served = sparesStock(terms, fallback) ? { ...qkd, availableBits: 0 } : qkd;
    // Who takes no quantum keys has those in stock that it takes.
    const counted = keys.local
      ? [pqc]
      : caller.origins.includes("qkd")
        ? [served, ...(relay === null ? [] : [relay])]
        : [hybrid, caller.origins.includes("pqc") ? pqc : null].filter((each) => each !== null);
    return statusBody(names, caller.policy, {
      counted,
      pqc,
      relay,
      hybrid,
      fallback,
      capacityBits: qkd.capacityBits,
      ledger: keys.ledger?.() ?? null,
      logLost: keys.logLost?.() ?? false,
    });
  });

  const getKeys = async (request: KeyRoute) => {
    const caller = callerOf(request);
    const wish = readKeyRequest(membersOf(request), caller.policy);
    const audience = { master: caller.sae, slave: peerOf(caller, request.params.sae, "slave_SAE_ID") };
    const { keys, ceiling } = routeTo(audience.slave, "slave_SAE_ID");
    const terms = keys.local
      ? localTerms(wish)
      : keyTerms(caller.policy, wish, caller.sae, bothTake(caller.origins, ceiling));
    if (wish.mustAcceptPqc && !keys.local && !terms.accepts.includes("pqc"))
      throw new Refusal(400, FIXED_MESSAGES.mandatoryUnmet, [{ unmet: "qkdlink_accept_pqc" }]);
    const fallback = keys.fallback();
    const taken = await withinQuota(caller, wish, now(), () =>
      takeKeys(keys, terms, { ...wish, audience }, fallback),
    );
    if (taken.keys === null) throw noKeyRefusal(taken.reason, terms, fallback, keys.origins);
    counters.taken += taken.keys.length;
    gave(request, taken.keys, wish.bits * taken.keys.length);
    return keyContainer(taken.keys, now(), keys.local);
  };
  server.get(`${ROUTE}/enc_keys`, getKeys);
  server.post(`${ROUTE}/enc_keys`, getKeys);

  const getKeysById = async (request: KeyRoute) => {
    const caller = callerOf(request);
    const master = peerOf(caller, request.params.sae, "master_SAE_ID");
    const keyIds = readKeyIds(membersOf(request), caller.policy);
    const { keys } = routeTo(master, "master_SAE_ID");
    const fetched = await keys.pool.takeByIds(
      keyIds,
      { master, slave: caller.sae },
      keys.local ? undefined : caller.origins,
    );
    counters.fetched += fetched.length;
    gave(request, fetched, 8 * fetched.reduce((sum, { key }) => sum + key.length, 0));
    return keyContainer(fetched, now(), keys.local);
  };
  server.get(`${ROUTE}/dec_keys`, getKeysById);
  server.post(`${ROUTE}/dec_keys`, getKeysById);

  server.get("/api/v1/openapi.json", async () => DELIVERY_OPENAPI);

  forbidOtherVerbs(server, "status", ["GET"]);
  forbidOtherVerbs(server, "enc_keys", ["GET", "POST"]);
  forbidOtherVerbs(server, "dec_keys", ["GET", "POST"]);
}

/** Takes keys at the cost of the caller's quota, which only keys that it gets cost it. */
async function withinQuota(
  { quota }: Caller,
  { bits, count }: { readonly bits: number; readonly count: number },
  nowMs: number,
  take: () => Promise<KeysOrReason>,
): Promise<KeysOrReason> {
  const waitS = quota?.waitS(nowMs) ?? 0;
  if (waitS > 0) throw new Refusal(503, "the quota of this SAE is used up", [], waitS);
  quota?.spend(bits * count, count);
  let got = false;
  try {
    const taken = await take();
    got = taken.keys !== null;
    return taken;
  } finally {
    if (!got) quota?.giveBack(bits * count, count);
  }
}

/** What both SAEs take; a 400 Refusal where their policies leave nothing. */
function bothTake(
  master: readonly ServedOrigin[],
  slave: readonly ServedOrigin[] | undefined,
): readonly ServedOrigin[] {
  const both = slave === undefined ? master : master.filter((origin) => slave.includes(origin));
  if (both.length === 0) throw new Refusal(400, "the policies of the two SAEs leave no keys that both take");
  return both;
}

function callOf({ url, routeOptions }: FastifyRequest): Answered["call"] {
  const call = (routeOptions.url ?? url).split("/").at(-1);
  return call === "enc_keys" || call === "dec_keys" || call === "status" ? call : "other";
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

/** The SAE at the other site that a request names; a 400 Refusal for one that the caller shares no keys with. */
function peerOf({ policy, entry }: Caller, sae: string, name: string): string {
  const unknown = name === "slave_SAE_ID" && !listed(policy.allowedSlaves, sae);
  if (unknown || !listed(entry?.peers ?? "all", sae)) throw new Refusal(400, `${name} is not known`);
  return sae;
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
  if (refusal.status === 503) reply.header("retry-after", String(refusal.retryAfterS));
  // With a certificate that is in order by now the caller comes back by a new handshake.
  if (refusal.status === 401) reply.header("connection", "close");
  return reply.status(refusal.status).type("application/json").send(JSON.stringify(refusal.body));
}
