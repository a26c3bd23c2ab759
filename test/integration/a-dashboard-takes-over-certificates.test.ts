import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { createOutlets, type DashboardTls, type Outlets } from "../../controller/index.ts";
import { authority } from "./check-trial.ts";
import { OUTSIDE, silentSite } from "./silent-site.ts";

const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const folder = mkdtempSync(join(tmpdir(), "qkdlink-renewed-"));
const [noc, other] = [await authority("noc"), await authority("other")];
const [first, second] = [
  await noc.issue("site", "10"),
  await noc.issue("site again", "11", {}, [SERVER_AUTH]),
];
const reader = await noc.issue("reader", "4a");
let outlets: Outlets;
let agent: Agent;

const tls = (own: typeof first, more: Partial<DashboardTls> = {}): DashboardTls => ({
  cert: own.certificate,
  key: own.privateKey,
  ca: noc.certificate,
  ...more,
});

interface Answer {
  readonly status: number;
  readonly socket: TLSSocket;
  /** Of the certificate that the connection was opened with. */
  readonly server: string;
  readonly ended: Promise<string>;
}

/** Asks as the reader, on the connection of the agent, which is kept. */
function ask(path = "/api/v1/health"): Promise<Answer> {
  const { port } = new URL(outlets.dashboard?.url ?? "");
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: OUTSIDE,
        port,
        path,
        agent,
        rejectUnauthorized: false,
        cert: reader.certificate,
        key: reader.privateKey,
      },
      (response) => {
        const socket = response.socket as TLSSocket;
        const ended = new Promise<string>((settle) => {
          response.once("end", () => settle("end"));
          response.once("error", () => settle("broken"));
        });
        response.resume();
        const server = socket.getPeerCertificate().subject.CN;
        resolve({ status: response.statusCode ?? 0, socket, server: String(server), ended });
      },
    );
    asked.once("error", reject).end();
  });
}

describe.skipIf(OUTSIDE === undefined)("a dashboard whose certificates are renewed", () => {
  beforeEach(async () => {
    outlets = await createOutlets({
      ...silentSite(join(folder, "keys.db")),
      dashboard: { listen: { host: "0.0.0.0", port: 0, tls: tls(first) } },
    });
    agent = new Agent({ keepAlive: true, maxSockets: 1 });
  });
  afterEach(async () => {
    agent.destroy();
    await outlets.close();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("keeps connections, and shows its new certificate to those that come later", async () => {
    const before = await ask();
    await before.ended;
    outlets.renew({ dashboard: tls(second) });
    const after = await ask();
    expect([after.status, after.server, after.socket]).toEqual([200, "site", before.socket]);
    await after.ended;
    agent.destroy();
    agent = new Agent();
    expect(await ask()).toMatchObject({ status: 200, server: "site again" });
  });

  it("refuses a certificate that was revoked at the next request of a connection that stands", async () => {
    const before = await ask();
    await before.ended;
    outlets.renew({ dashboard: tls(first, { crl: await noc.list(["4a"]) }) });
    const after = await ask();
    expect([after.status, after.socket]).toEqual([401, before.socket]);
  });

  it("refuses what another authority signed from its renewal on, and takes it back with the first", async () => {
    const before = await ask();
    await before.ended;
    outlets.renew({ dashboard: tls(first, { ca: other.certificate }) });
    const refused = await ask();
    expect([refused.status, refused.socket]).toEqual([401, before.socket]);
    await refused.ended;
    outlets.renew({ dashboard: tls(first) });
    expect((await ask()).status).toBe(200);
  });

  it("ends the stream of a reader who may not look any more, and of nobody else", async () => {
    const stream = await ask("/api/v1/stream");
    expect(stream.status).toBe(200);
    let ended = "";
    void stream.ended.then((how) => {
      ended = how;
    });
    outlets.renew({ dashboard: tls(second, { crl: await noc.list(["99"]) }) });
    await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toBe("");
    outlets.renew({ dashboard: tls(second, { crl: await noc.list(["4a"]) }) });
    // At once, well before streams are looked after by themselves.
    await expect.poll(() => ended, { timeout: 4000 }).toBe("broken");
  });

  it("trusts nobody whose certificate TLS did not, though its issuer has the name of the authority", async () => {
    const forged = await authority("noc");
    const stranger = await forged.issue("reader", "4a");
    const { port } = new URL(outlets.dashboard?.url ?? "");
    const status = await new Promise((resolve, reject) => {
      request(
        {
          host: OUTSIDE,
          port,
          path: "/api/v1/health",
          agent: false,
          rejectUnauthorized: false,
          cert: stranger.certificate,
          key: stranger.privateKey,
        },
        (response) => resolve(response.statusCode),
      )
        .once("error", reject)
        .end();
    });
    expect(status).toBe(401);
  });

  it("stays as it was when what it is given cannot be used", async () => {
    const wrong = [
      tls(first, { key: second.privateKey }),
      tls(first, { ca: "nothing" }),
      tls(first, { crl: "nothing" }),
    ];
    for (const dashboard of wrong)
      expect(() => outlets.renew({ dashboard })).toThrow(
        expect.objectContaining({ code: "QKD_CONFIG_INVALID" }),
      );
    expect(await ask()).toMatchObject({ status: 200, server: "site" });
  });
});
