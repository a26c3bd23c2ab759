import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DevelopmentAuthority } from "../../cli/index.ts";
import { createDashboard, type Dashboard } from "../../controller/index.ts";
import { OUTSIDE, silentSite } from "./silent-site.ts";

const folder = mkdtempSync(join(tmpdir(), "qkdlink-outside-"));
let dashboard: Dashboard;
let port: number;
let authority: DevelopmentAuthority;
let stranger: DevelopmentAuthority;
let server: { readonly certificate: string; readonly privateKey: string };

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

function ask(
  path: string,
  more: {
    headers?: Record<string, string>;
    method?: string;
    cert?: string;
    key?: string;
    body?: string;
  } = {},
) {
  const { headers = {}, method = "GET", body, ...identity } = more;
  return new Promise<Answer>((resolve, reject) => {
    request(
      { host: OUTSIDE, port, path, method, headers, agent: false, rejectUnauthorized: false, ...identity },
      (response) => {
        response.resume();
        resolve({ status: response.statusCode ?? 0, headers: response.headers });
        if (path.endsWith("stream")) response.destroy();
      },
    )
      .once("error", reject)
      .end(body);
  });
}
const api = "/api/v1/health";
const bearer = () => ({ authorization: `Bearer ${dashboard.token}` });

describe.skipIf(OUTSIDE === undefined)("a dashboard that is reached from elsewhere", () => {
  beforeAll(async () => {
    authority = await DevelopmentAuthority.create();
    stranger = await DevelopmentAuthority.create("stranger");
    server = await authority.issue("site", ["site.example"]);
    dashboard = await createDashboard({
      ...silentSite(join(folder, "keys.db")),
      listen: {
        host: "0.0.0.0",
        port: 0,
        tls: { cert: server.certificate, key: server.privateKey, ca: authority.certificate },
      },
      failed: (error) => {
        throw error;
      },
    });
    port = Number(new URL(dashboard.url ?? "").port);
  });
  afterAll(async () => {
    await dashboard?.close();
    rmSync(folder, { recursive: true });
  });

  it("shows nothing without the token, in any of its answers, but the page that asks for it", async () => {
    for (const path of [api, "/api/v1/site", "/api/v1/kpi.csv", "/api/v1/stream", "/metrics"])
      expect((await ask(path)).status, path).toBe(401);
    expect((await ask(api, { headers: { authorization: "Bearer wrong" } })).status).toBe(401);
    expect((await ask(api, { headers: bearer() })).status).toBe(200);
    expect([200, 503]).toContain((await ask("/")).status);
  });

  it("gives for the token a cookie that reads, over TLS alone, and does not act", async () => {
    expect((await ask("/api/v1/session", { method: "POST" })).status).toBe(401);
    const { headers } = await ask("/api/v1/session", { method: "POST", headers: bearer() });
    const [set = ""] = (headers["set-cookie"] ?? []) as readonly string[];
    expect(set).toMatch(/^qkdlink_reading=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/);
    expect(set).not.toContain(dashboard.token);
    const cookie = set.split(";")[0] ?? "";
    expect((await ask("/api/v1/stream", { headers: { cookie } })).status).toBe(200);
    expect((await ask("/api/v1/alarms/reset", { method: "POST", headers: { cookie } })).status).toBe(401);
  });

  it("lets who has a certificate of its authority look, and not act; nobody with another's", async () => {
    const noc = await authority.issue("noc", ["noc"]);
    const mine = { cert: noc.certificate, key: noc.privateKey };
    expect((await ask(api, mine)).status).toBe(200);
    expect((await ask("/api/v1/alarms/reset", { method: "POST", ...mine })).status).toBe(401);
    const other = await stranger.issue("noc", ["noc"]);
    expect((await ask(api, { cert: other.certificate, key: other.privateKey })).status).toBe(401);
  });

  it("refuses another site's page, a body that is too long and a name that is none", async () => {
    expect((await ask(api, { headers: { ...bearer(), "sec-fetch-site": "cross-site" } })).status).toBe(403);
    const reset = (body: string) =>
      ask("/api/v1/alarms/reset", {
        method: "POST",
        headers: { ...bearer(), "content-type": "application/json" },
        body,
      });
    expect((await reset(JSON.stringify({ by: "operator 14" }))).status).toBe(200);
    expect((await reset(JSON.stringify({ by: "<b>" }))).status).toBe(400);
    expect((await reset(JSON.stringify({ by: "x".repeat(10_000) }))).status).toBe(413);
  });

  it("answers to the names of its certificate, and to no other", async () => {
    const named = (host: string) => ask(api, { headers: { ...bearer(), host } });
    expect((await named(`site.example:${port}`)).status).toBe(200);
    expect((await named(`evil.example:${port}`)).status).toBe(421);
    expect((await named(`10.9.8.7:${port}`)).status).toBe(421);
  });
});
