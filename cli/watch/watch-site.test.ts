import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SiteClient } from "../explain/site-client.ts";
import { watchSite } from "./watch-site.ts";

const READING = {
  health: {
    level: "up",
    reason: null,
    fallback: { engaged: false, reason: null },
    peer: { state: "up" },
    unit: { connection: "online", state: "running" },
    qberZ: 0.02,
    lossDb: null,
    madeBps: null,
    usedBps: 0,
  },
  pool: { stocks: [] },
  alarms: { alarms: [] },
};
type Path = keyof typeof READING;

let server: Server;
let answers: (path: Path, times: number) => { readonly status: number; readonly body: unknown };
let times: Record<Path, number>;

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = (request.url ?? "").split("/").at(-1) as Path;
    const { status, body } = answers(path, times[path]++);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
beforeEach(() => {
  times = { health: 0, pool: 0, alarms: 0 };
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

/** What is told until there are so many lines. */
async function watched(lines: number, everyMs: number): Promise<Record<string, unknown>[]> {
  const ended = new AbortController();
  const told: Record<string, unknown>[] = [];
  const client = new SiteClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  const write = (text: string) => {
    told.push(JSON.parse(text));
    if (told.length === lines) ended.abort();
  };
  await watchSite(client, { everyMs, json: true, write, signal: ended.signal });
  return told;
}

describe("a site that is watched", () => {
  it("is told how it is, what changes, that it is lost and that it answers again", async () => {
    answers = (path, asked) => {
      if (asked === 1) return { status: 503, body: { message: "not now" } };
      if (path !== "health") return { status: 200, body: READING[path] };
      const level = asked < 2 ? "up" : "down";
      return { status: 200, body: { ...READING.health, level } };
    };
    expect(await watched(4, 60_000)).toMatchObject([
      { type: "reading", health: { qberZ: 0.02 }, alarms: [] },
      { type: "site", state: "lost", code: "QKD_SITE_ANSWER" },
      { type: "site", state: "reached" },
      { type: "link", level: "down", reason: null },
    ]);
  });

  it("is an error where it does not answer at first", async () => {
    answers = () => ({ status: 401, body: {} });
    await expect(watched(1, 1000)).rejects.toMatchObject({ code: "QKD_SITE_FORBIDDEN" });
  });

  it.each<[string, object]>([
    ["control characters", { reason: "\u001b[2J" }],
    ["no reading", { usedBps: "much" }],
  ])("is refused where it sends %s", async (_, change) => {
    answers = (path) => ({
      status: 200,
      body: path === "health" ? { ...READING.health, ...change } : READING[path],
    });
    await expect(watched(1, 1000)).rejects.toMatchObject({ code: "QKD_SITE_ANSWER" });
  });
});
