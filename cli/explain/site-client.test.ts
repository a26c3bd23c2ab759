import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Explanation } from "../../controller/index.ts";
import { isSite, SiteClient } from "./site-client.ts";
import { siteExplanation } from "./site-explanation.ts";

const NEVER = new AbortController().signal;
const TOKEN = "s3cret-token_of-a-dashboard";
const CAUSE = { cause: "healthy", title: "as built", probability: 1, severity: "", for: [], against: [] };
const EXPLANATION: Explanation = {
  atMs: 1,
  answer: "healthy",
  causes: [CAUSE],
  doubts: [],
  pair: null,
  noneOfThese: 0,
  changes: [],
  missing: [],
  next: "nothing",
  indicators: [],
  frames: null,
  baseline: { path: "b.json", learntUtc: "2026-01-01T00:00:00Z", from: "file" },
  waiting: null,
};

let server: Server;
let answer: RequestListener;
let heard: string | undefined;
const folder = mkdtempSync(join(tmpdir(), "qkdlink-site-client-"));
const says = (status: number, body: unknown): RequestListener => {
  return (_request, response) => {
    response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body));
  };
};
const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const asked = (body: unknown, status = 200) => {
  answer = says(status, body);
  return siteExplanation(new SiteClient({ url: url() }), NEVER);
};

beforeAll(async () => {
  server = createServer((request, response) => {
    heard = request.headers.authorization;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(() => server.closeAllConnections());
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

describe("a site is asked", () => {
  it("what it explains", async () => {
    expect(await asked(EXPLANATION)).toMatchObject({ answer: "healthy", baseline: { path: "b.json" } });
    expect(heard).toBeUndefined();
  });

  it.each([
    ["as it is", TOKEN, ""],
    ["out of a file", `@${join(folder, "token")}`, ""],
    ["as the site prints its address", undefined, `/#token=${TOKEN}`],
  ])("with the token %s", async (_, token, behind) => {
    writeFileSync(join(folder, "token"), `${TOKEN}\n`);
    answer = says(200, EXPLANATION);
    const access = { url: url() + behind, ...(token === undefined ? {} : { token }) };
    await siteExplanation(new SiteClient(access), NEVER);
    expect(heard).toBe(`Bearer ${TOKEN}`);
  });

  it("and says how long to wait where it does not know yet", async () => {
    const waiting = { state: "learning", sentence: "it learns", remedy: "ask again in 3 s", readyInS: 3 };
    await expect(asked({ ...EXPLANATION, baseline: null, waiting })).rejects.toMatchObject({
      code: "QKD_SITE_PENDING",
      message: "it learns",
      remedy: "ask again in 3 s",
      retryable: true,
    });
  });

  it("and may be called off", async () => {
    answer = () => {};
    const off = new AbortController();
    const asking = new SiteClient({ url: url() }).read("explain", off.signal);
    off.abort();
    await expect(asking).rejects.toMatchObject({ code: "QKD_TRANSPORT_OPEN" });
  });
});

describe("one sentence tells of a site that", () => {
  const refused = (code: string, sentence: RegExp) => ({ code, message: expect.stringMatching(sentence) });

  it("wants to know who looks, and of one that does not like who does", async () => {
    await expect(asked({ message: "show" }, 401)).rejects.toMatchObject(
      refused("QKD_SITE_FORBIDDEN", /shows nothing without the right to look/),
    );
    const known = new SiteClient({ url: url(), token: TOKEN });
    const error = await known.read("explain", NEVER).catch((one: unknown) => one);
    expect(error).toMatchObject(refused("QKD_SITE_FORBIDDEN", /takes neither the token/));
    expect(JSON.stringify(error)).not.toContain(TOKEN);
  });

  it.each<[string, unknown, number, RegExp]>([
    ["has nobody who explains", { message: "nothing explains" }, 404, /status 404: nothing explains/],
    ["is called by another name", { message: "not that host" }, 421, /status 421/],
    ["is no site", "<html>", 200, /status 200/],
    ["is no site of this kind", {}, 200, /is no explanation/],
    ["knows no cause", { ...EXPLANATION, causes: [] }, 200, /no baseline or no cause/],
    ["gives what is no probability", { ...EXPLANATION, noneOfThese: 2 }, 200, /is no explanation/],
    ["writes on terminals", { ...EXPLANATION, next: "\u001b[2J" }, 200, /is no explanation: [^\p{C}]*$/u],
    ["writes on them in its refusal", { message: "\u001b[2Jx\u009b" }, 500, /status 500: \[2Jx$/],
  ])("%s", async (_, body, status, sentence) => {
    await expect(asked(body, status)).rejects.toMatchObject(refused("QKD_SITE_ANSWER", sentence));
  });

  it("does not answer, answers without end, or answers slowly", async () => {
    const nobody = new SiteClient({ url: "http://127.0.0.1:1" });
    await expect(nobody.read("explain", NEVER)).rejects.toMatchObject(
      refused("QKD_TRANSPORT_OPEN", /127\.0\.0\.1:1 cannot be reached/),
    );
    await expect(asked("x".repeat(1024 * 1024 + 1))).rejects.toMatchObject(
      refused("QKD_TRANSPORT_OPEN", /too long/),
    );
    answer = (_request, response) => void response.write("{");
    const slow = new SiteClient({ url: url() }, 50);
    await expect(slow.read("explain", NEVER)).rejects.toMatchObject(
      refused("QKD_TRANSPORT_OPEN", /no whole answer within 0\.05 s/),
    );
  });
});

describe("flags that cannot be used", () => {
  it.each([
    ["no address", { url: "https://" }, /address of the site is none/],
    ["a name in it", { url: "https://me:mine@site" }, /address of the site is none/],
    ["no token", { url: "https://site", token: "a b" }, /--token is no token/],
    ["a token in the clear", { url: "http://site:8014", token: TOKEN }, /to site:8014 in the clear/],
    ["the same behind the address", { url: `http://site:8014/#token=${TOKEN}` }, /in the clear/],
    ["a certificate without its key", { url: "https://site", cert: "c.pem" }, /go together/],
    ["an authority for nothing", { url: "http://127.0.0.1", ca: "ca.pem" }, /no effect on http:/],
  ])("%s", (_, access, sentence) => {
    const make = () => new SiteClient(access);
    expect(make).toThrow(expect.objectContaining({ code: "QKD_USAGE" }));
    expect(make).toThrow(sentence);
    expect(make).not.toThrow(TOKEN);
  });

  it("a file that is not there, or holds no certificate", () => {
    const none = join(folder, "none.pem");
    expect(() => new SiteClient({ url: "https://site", ca: none })).toThrow(
      expect.objectContaining({ code: "QKD_CONFIG_UNREADABLE" }),
    );
    const wrong = join(folder, "wrong.pem");
    writeFileSync(wrong, "nothing");
    expect(() => new SiteClient({ url: "https://site", ca: wrong })).toThrow(/--ca/);
  });

  it("are of sites alone", () => {
    expect(["https://a", "HTTP://b"].every(isSite)).toBe(true);
    expect(["tcp://a", "httpsite", "modbus+tcp://a"].some(isSite)).toBe(false);
  });
});
