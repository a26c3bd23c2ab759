import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Subject } from "rxjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDashboard, type Dashboard, type Explanation, type LiveView } from "../../controller/index.ts";
import { linkPreset } from "../../physics/index.ts";
import { bufferedStream } from "./dashboard-client.ts";
import { stocked, type WholeSite, WholeSites } from "./whole-sites.ts";

const LINK = { ...linkPreset("yuan2018").link, channelLossDb: 8, clockHz: 2.5e8 };
const folder = mkdtempSync(join(tmpdir(), "qkdlink-dashboard-"));
let sites: WholeSites;
let alice: WholeSite;
let bob: WholeSite;
let dashboard: Dashboard;
const explanation$ = new Subject<Explanation>();
const EXPLAINED: Explanation = {
  atMs: 1,
  answer: "not sure",
  causes: [],
  doubts: [],
  pair: null,
  noneOfThese: 0,
  changes: [],
  missing: [],
  next: "",
  indicators: [],
  frames: null,
  baseline: null,
  waiting: null,
};
const failures: string[] = [];

const DISTILLATION = {
  link: LINK,
  blockBits: 1_000_000,
  epsilonSecrecy: 1e-10,
  epsilonCorrectness: 1e-15,
  maxLeakFraction: 1,
};

/** A dashboard of Bob's site, which reads Bob's unit by a connection of its own kind. */
async function shown(change: object = {}): Promise<Dashboard> {
  const transceiver = sites.transceiverOf("bob");
  return createDashboard({
    site: bob.site,
    transceiver,
    linkId: "emulated-link",
    node: "kme-bob",
    peerNode: "kme-alice",
    store: join(folder, "shown.db"),
    distillation: DISTILLATION,
    listen: { host: "127.0.0.1", port: 0 },
    explanation$,
    failed: (error) => failures.push(error.line),
    ...change,
  });
}

const ask = (path: string, init: RequestInit = {}, of: Dashboard = dashboard) =>
  fetch(`${of.url}${path}`, init);
const read = async <T>(path: string) => (await (await ask(`/api/v1/${path}`)).json()) as T;
const act = (path: string, token: string, body: object = {}) =>
  ask(`/api/v1/${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });

beforeAll(async () => {
  sites = await WholeSites.create();
  ({ alice, bob } = await sites.start());
  dashboard = await shown();
  await Promise.all([stocked(alice), stocked(bob)]);
}, 60_000);
afterAll(async () => {
  await dashboard?.close();
  await sites?.dispose();
  rmSync(folder, { recursive: true });
}, 30_000);

describe("what a dashboard tells", () => {
  it("is the site as it runs: readings, stock, blocks", async () => {
    const untilRead = async () => {
      for (;;) {
        const live = await read<LiveView>("live");
        if (live.health.lossDb !== null && (live.pool.stocks[0]?.ownBits ?? 0) > 0) return live;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    const { health, pool } = await untilRead();
    expect(health).toMatchObject({
      level: "up",
      noKey: false,
      unit: { connection: "online" },
      peer: { state: "up" },
    });
    expect(health.lossDb).toBeCloseTo(8, 0);
    expect(health.lastBlock?.secretBits).toBeGreaterThan(0);
    expect(pool.stocks.map(({ origin }) => origin)).toEqual(["qkd", "pqc"]);
    expect(await read("site")).toMatchObject({
      site: "bob",
      links: ["emulated-link"],
      pairs: ["kme-alice"],
      emulated: false,
      actions: [],
    });
    expect(await read("kpi?bins=day")).toMatchObject({ length: "day", bins: [{ lengthS: 86_400 }] });
    const csv = await (await ask("/api/v1/kpi.csv")).text();
    expect(csv).toMatch(/^startUtc,lengthS,watchedS,skrBps,[^\r]*uas\r\n2\d{3}-/);
  });

  it("is a stream that goes on where it broke, or says that it cannot", async () => {
    const first = await bufferedStream(dashboard, {});
    const text = await first.until(/event: live[\s\S]*id: /);
    first.close();
    const ids = [...text.matchAll(/^id: (\S+)$/gm)].map(([, id]) => id ?? "");
    const resumed = await bufferedStream(dashboard, { "last-event-id": ids[0] ?? "" });
    const after = await resumed.until(/event: live/);
    resumed.close();
    const [run, number] = (ids[0] ?? "").split("-");
    expect(after).toContain(`id: ${run}-${Number(number) + 1}\n`);
    expect(after).not.toContain("resync");
    const lost = await bufferedStream(dashboard, { "last-event-id": "elsewhere-7" });
    expect(await lost.until(/event: \w+/)).toContain("event: resync");
    lost.close();
  });

  it("is what explains the readings, where somebody does", async () => {
    const stream = await bufferedStream(dashboard, {});
    const cause = {
      cause: "sharedFibreLoss",
      title: "Fibre loss",
      probability: 0.9,
      severity: "2.0 dB",
      for: [{ observable: "signalGain", sigmas: 12, text: "gain of the signal pulses -37 %" }],
      against: [],
    };
    explanation$.next({
      ...EXPLAINED,
      answer: "sharedFibreLoss",
      causes: [cause],
      next: "Run an OTDR",
    });
    expect(await stream.until(/event: explanation\ndata: .*\n/)).toContain("Run an OTDR");
    stream.close();
    expect(await read("explain")).toMatchObject({ answer: "sharedFibreLoss" });
  });

  it("is acknowledged and forgotten by who shows the token", async () => {
    const { token } = dashboard;
    const { alarms } = await read<{ alarms: { id: string }[] }>("alarms");
    const [first] = alarms;
    expect(first).toBeDefined();
    const path = `alarms/${first?.id}/ack`;
    expect((await act(path, "wrong")).status).toBe(401);
    expect((await act(path, token, { by: "<script>" })).status).toBe(400);
    expect(await (await act(path, token, { by: "operator 14" })).json()).toMatchObject({
      alarms: expect.arrayContaining([
        expect.objectContaining({
          id: first?.id,
          acknowledged: expect.objectContaining({ by: "operator 14" }),
        }),
      ]),
    });
    expect((await act("alarms/site.nothing/ack", token)).status).toBe(404);
    expect(await (await act("alarms/reset", token)).json()).toMatchObject({
      remembered: 0,
      resetBy: "operator",
    });
  });

  it("holds no key that was delivered, in any of its answers and files", async () => {
    const keys: string[] = [];
    const stream = await bufferedStream(dashboard, {});
    for (let index = 0; index < 20; index += 1) {
      const taken = await alice.site.pool.take({ bits: 256, for: "sae-bob", as: "sae-alice" });
      const fetched = await bob.site.pool.takeById(taken.keyId, { from: "sae-alice", for: "sae-bob" });
      expect(Buffer.from(fetched.key.reveal())).toEqual(Buffer.from(taken.key.reveal()));
      keys.push(Buffer.from(taken.key.reveal()).toString("hex"));
    }
    const heard = await stream.until(/(event: live[\s\S]*){3}/);
    stream.close();
    const paths = [
      "site",
      "live",
      "health",
      "alarms",
      "pool",
      "delivery",
      "events",
      "history",
      "explain",
      "kpi",
      "kpi?bins=day",
      "kpi.csv",
    ];
    const answers = await Promise.all(paths.map(async (path) => (await ask(`/api/v1/${path}`)).text()));
    const metrics = await (await ask("/metrics")).text();
    const files = [".alarms.json"].map((end) => readFileSync(join(folder, `shown.db${end}`), "utf8"));
    const said = [...answers, metrics, heard, ...files];
    expect(said.every((text) => text.length > 20)).toBe(true);
    expect(traces(keys, said)).toEqual([]);
    // The search itself finds a key that is there, in each of the forms that it looks for.
    expect(
      traces(
        [Buffer.from("0123456789abcdef0123456789abcdef").toString("hex")],
        ["x0123456789abcdef0123456789abcdefx"],
      ),
    ).toHaveLength(1);
    expect(traces(keys.slice(0, 1), [keys[0] ?? ""])).toHaveLength(1);
    expect(traces(keys.slice(0, 1), [Buffer.from(keys[0] ?? "", "hex").toString("base64")])).toHaveLength(1);
  });
});

describe("a dashboard is looked at by", () => {
  it("no page of elsewhere: not by another name, not from another site, without CORS", async () => {
    const port = Number(new URL(dashboard.url ?? "").port);
    expect(await statusOf(port, { host: `evil.example:${port}` })).toBe(421);
    expect(await statusOf(port, { host: `127.0.0.1:${port}` })).toBe(200);
    expect(await statusOf(port, { host: `127.0.0.1:${port}`, "sec-fetch-site": "cross-site" })).toBe(403);
    const { headers } = await ask("/api/v1/health", { headers: { origin: "http://evil.example" } });
    expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
    expect(headers.get("content-security-policy")).toMatch(/default-src 'self'.*frame-ancestors 'none'/);
    expect(headers.get("content-security-policy")).not.toMatch(/unsafe/);
    expect(headers.get("cache-control")).toBe("no-store");
  });

  it("32 streams at most", async () => {
    const streams = await Promise.all(Array.from({ length: 32 }, () => bufferedStream(dashboard, {})));
    const refused = await ask("/api/v1/stream");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "5"]);
    streams[0]?.close();
    const again = async (): Promise<number> => {
      const stream = await bufferedStream(dashboard, {});
      stream.close();
      return stream.status;
    };
    while ((await again()) !== 200);
    for (const stream of streams) stream.close();
  });

  it("nobody who sends too much, asks for what is not there, or for a verb that is none", async () => {
    expect((await act("alarms/reset", dashboard.token, { by: "x".repeat(10_000) })).status).toBe(413);
    expect((await ask("/api/v1/nothing")).status).toBe(404);
    expect((await ask("/../../etc/passwd")).status).toBe(404);
    expect((await ask("/api/v1/kpi?bins=hour")).status).toBe(400);
    expect((await ask("/api/v1/kpi?last=-1")).status).toBe(400);
    expect((await ask("/links/none")).status).toBeGreaterThanOrEqual(404);
    expect((await ask("/api/v1/alarms", { method: "DELETE" })).status).toBe(404);
  });
});

describe.concurrent("whatever becomes of a dashboard, the site goes on:", () => {
  it("a port that is taken is told once, and taken once it is free", async ({ expect }) => {
    const squatter = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => squatter.once("listening", resolve));
    const address = squatter.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const told: string[] = [];
    const blocked = await shown({
      listen: { host: "127.0.0.1", port },
      store: join(folder, "blocked.db"),
      failed: (error: { line: string }) => told.push(error.line),
    });
    expect(blocked.url).toBeNull();
    expect(told).toEqual([
      expect.stringMatching(
        /^QKD_CONFIG_MACHINE: the dashboard cannot listen on 127.0.0.1:\d+: another program does \(EADDRINUSE\)/,
      ),
    ]);
    await stocked(bob);
    squatter.close();
    await expect.poll(() => blocked.url, { timeout: 15_000 }).toBe(`http://127.0.0.1:${port}`);
    expect((await ask("/api/v1/health", {}, blocked)).status).toBe(200);
    expect(told).toHaveLength(1);
    await blocked.close();
  });

  it("a browser that reads nothing loses its stream when a mebibyte waits, and blocks keep coming", async ({
    expect,
  }) => {
    const own = await shown({ store: join(folder, "stalled.db") });
    const { port } = new URL(own.url ?? "");
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(`GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    socket.pause();
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => {});
    const streams = async () =>
      (await (await ask("/metrics", {}, own)).text()).match(/^qkd_dashboard_streams\S* (\d+)$/m)?.[1];
    await expect.poll(streams, { timeout: 10_000 }).toBe("1");
    // The feed of a second goes out at every explanation, too: a flood of them stands for hours of waiting.
    const flood = { ...EXPLAINED, next: "x".repeat(65_536) };
    for (let index = 0; index < 400; index += 1) explanation$.next(flood);
    await expect.poll(streams, { timeout: 10_000 }).toBe("0");
    socket.resume();
    await closed;
    await stocked(bob);
    await own.close();
  });

  it("a folder that cannot be written is told, and the figures are counted on", async ({ expect }) => {
    const told: string[] = [];
    const unkept = await shown({
      store: join(folder, "no", "such", "folder.db"),
      failed: (error: { line: string }) => told.push(error.line),
    });
    await stocked(bob);
    await unkept.close();
    expect(told).toEqual([
      expect.stringMatching(/^QKD_OUTPUT_WRITE: key figures cannot be kept on disk \(ENOENT\)/),
    ]);
  });
});

function statusOf(port: number, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, path: "/api/v1/health", headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .once("error", reject)
      .end();
  });
}

/** Texts that hold half of a key or more, as hexadecimal digits, base64 or bytes. */
function traces(keys: readonly string[], texts: readonly string[]): string[] {
  return texts.filter((text) =>
    keys.some((hex) => {
      const half = Buffer.from(hex, "hex").subarray(0, 18);
      const forms = [
        half.toString("hex"),
        half.toString("base64"),
        half.toString("base64url"),
        half.toString("latin1"),
      ];
      return forms.some((form) => text.toLowerCase().includes(form.toLowerCase()));
    }),
  );
}
