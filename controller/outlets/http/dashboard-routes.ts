import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { QkdError } from "../../../errors/index.ts";
import type { LinkAction } from "../api/index.ts";
import { looking, waitingExplanation } from "../explaining/waiting.ts";
import { BINS, type BinLength } from "../kpi/kpi-ledger.ts";
import type { SiteMetrics } from "../metrics/site-metrics.ts";
import type { SiteWatch } from "../watch/site-watch.ts";
import { type Access, READING_COOKIE } from "./access.ts";
import { ACTION_WORDS, type EmulatorPort } from "./emulator-port.ts";
import type { EventStreams } from "./event-streams.ts";
import { kpiCsv } from "./kpi-csv.ts";
import type { PageFile } from "./pages.ts";

/** What the routes answer from. */
export interface RouteParts {
  readonly watch: SiteWatch;
  readonly streams: EventStreams;
  readonly metrics: SiteMetrics;
  readonly access: Access;
  readonly pages: ReadonlyMap<string, PageFile>;
  readonly emulator: EmulatorPort | null;
  /** Cookies of a TLS listener go over TLS alone. */
  readonly secure: boolean;
}

/** A request that is answered with a status and a sentence. */
export class HttpRefusal extends Error {
  readonly status: number;

  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

const API = "/api/v1";
/** Who explains says at once when its first word comes; this is for who does not. */
const FIRST_LOOK_S = 30;
/** Who acknowledges, as the alarms tell it. */
const BY = /^[\p{L}\p{N} ._@-]{1,64}$/u;

type AlarmRoute = FastifyRequest<{ Params: { id: string }; Body: unknown }>;
type KpiRoute = FastifyRequest<{ Querystring: { bins?: string; last?: string } }>;

/** Everything that is read. Whoever comes here may look. */
export function addReadingRoutes(server: FastifyInstance, { watch, streams, metrics }: RouteParts): void {
  server.get(`${API}/site`, () => watch.site);
  server.get(`${API}/live`, () => watch.live());
  server.get(`${API}/health`, () => watch.live().health);
  server.get(`${API}/alarms`, () => watch.live().alarms);
  server.get(`${API}/pool`, () => watch.live().pool);
  server.get(`${API}/delivery`, () => watch.live().delivery);
  server.get(`${API}/events`, () => watch.events);
  server.get(`${API}/history`, () => watch.history);
  server.get(`${API}/explain`, () => {
    if (!watch.site.explains) throw new HttpRefusal(404, "nothing explains this site's readings");
    return watch.explanation ?? waitingExplanation(Date.now(), looking(FIRST_LOOK_S));
  });
  server.get(`${API}/kpi`, (request: KpiRoute) => watch.kpi(binsOf(request), lastOf(request)));
  server.get(`${API}/kpi.csv`, (request: KpiRoute, reply) => {
    const bins = binsOf(request);
    return reply
      .type("text/csv; charset=utf-8")
      .header("content-disposition", `attachment; filename="${csvName(watch.site.linkId, bins)}"`)
      .send(kpiCsv(watch.kpi(bins).bins));
  });
  server.get(`${API}/stream`, (request, reply) => {
    if (streams.full) throw new HttpRefusal(503, "32 streams are open, which is the most");
    const last = request.headers["last-event-id"];
    reply.hijack();
    streams.begin(reply.raw, typeof last === "string" ? last : undefined, plainHeaders(reply));
  });
  server.get("/metrics", async (_request, reply) => reply.type(metrics.type).send(await metrics.text()));
}

/** Everything that acts. Whoever comes here has shown the token. */
export function addActingRoutes(server: FastifyInstance, parts: RouteParts): void {
  const { watch, access, emulator, secure } = parts;
  server.post(`${API}/session`, (_request, reply) =>
    reply
      .header(
        "set-cookie",
        `${READING_COOKIE}=${access.reading}; Path=/; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`,
      )
      .send({ reading: true }),
  );
  server.post(`${API}/alarms/:id/ack`, (request: AlarmRoute) => {
    if (!watch.acknowledge(request.params.id, byOf(request.body)))
      throw new HttpRefusal(404, "no alarm of that name is remembered");
    return watch.live().alarms;
  });
  server.post(`${API}/alarms/reset`, (request) => {
    watch.resetAlarms(byOf(request.body));
    return watch.live().alarms;
  });
  if (emulator === null) return;
  for (const action of Object.keys(ACTION_WORDS) as LinkAction[])
    server.post(`${API}/emulator/${action}`, async () => {
      await emulator.act(action);
      watch.note(`emulator.${action}`, action === "repair" ? "ok" : "warn", ACTION_WORDS[action]);
      return { done: action };
    });
}

/** The page: one document for each of its paths, and what it is made of. */
export function addPages(server: FastifyInstance, { pages, watch }: RouteParts): void {
  const document = (reply: FastifyReply, status: number) => {
    const page = pages.get("/index.html");
    if (page === undefined) throw new HttpRefusal(503, "the page is not built: npm run build makes it");
    return reply.status(status).type(page.type).header("cache-control", "no-cache").send(page.body);
  };
  const known = (names: readonly string[], name: string) => (names.includes(name) ? 200 : 404);
  server.get("/", (_request, reply) => document(reply, 200));
  server.get("/links/:id", (request: FastifyRequest<{ Params: { id: string } }>, reply) =>
    document(reply, known(watch.site.links, request.params.id)),
  );
  server.get("/pairs/:node", (request: FastifyRequest<{ Params: { node: string } }>, reply) =>
    document(reply, known(watch.site.pairs, request.params.node)),
  );
  for (const [path, { type, body, etag }] of pages) {
    if (path === "/index.html") continue;
    server.get(path, (request, reply) => {
      reply.header("etag", etag).header("cache-control", "public, max-age=31536000, immutable").type(type);
      return request.headers["if-none-match"] === etag ? reply.status(304).send() : reply.send(body);
    });
  }
}

/** An error as it is answered: a sentence, and where it is known a code and what to do. */
export function refusalOf(error: unknown): { readonly status: number; readonly body: object } {
  if (error instanceof HttpRefusal) return { status: error.status, body: { message: error.message } };
  if (error instanceof QkdError) {
    const { code, message, remedy } = error;
    return { status: 502, body: { code, message, remedy } };
  }
  const { statusCode } = error as { readonly statusCode?: number };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return { status: statusCode, body: { message: (error as Error).message } };
  return { status: 500, body: { message: "internal error" } };
}

function binsOf({ query }: KpiRoute): BinLength {
  const { bins = "quarter" } = query;
  if (bins !== "quarter" && bins !== "day") throw new HttpRefusal(400, "bins must be quarter or day");
  return bins;
}

function lastOf(request: KpiRoute): number {
  const { most } = BINS[binsOf(request)];
  const { last = String(most) } = request.query;
  if (!/^[1-9]\d{0,4}$/.test(last)) throw new HttpRefusal(400, "last must be a number of bins from 1");
  return Math.min(most, Number(last));
}

function byOf(body: unknown): string {
  const { by = "operator" } = (typeof body === "object" && body !== null ? body : {}) as {
    readonly by?: unknown;
  };
  if (typeof by !== "string" || !BY.test(by))
    throw new HttpRefusal(400, "by must be a name of 64 letters, digits, spaces and . _ @ - at most");
  return by;
}

function csvName(linkId: string, bins: BinLength): string {
  return `${linkId.replaceAll(/[^\w.-]/g, "_")}-${bins}.csv`;
}

function plainHeaders(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]));
}
