import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { constants, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { connect as connectTcp, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createDemoState, DEMO_SAE, type DemoLink, KeyClient, writeSiteConfig } from "../../cli/index.ts";
import { openPeerChannel, readLinkSecretFile } from "../../controller/index.ts";
import { type EmulatedLink, startEmulatedLink } from "../../emulator/index.ts";
import { connectionHeartbeat } from "../../protocol/index.ts";
import { AskedToStop } from "../chain/asked-to-stop.ts";
import { CutThrough } from "../chain/cut-through.ts";

const LINK: DemoLink = {
  preset: "yuan2018",
  lossDb: 8,
  clockHz: 2.5e8,
  blockBits: 1e6,
  detectionsPerFrame: 2 ** 17,
  seed: null,
};
type Site = "alice" | "bob";
const ORDERLY = { code: 0, signal: null, inTime: true, errors: "" };
const tls = (name: string) => ({
  cert: readFileSync(join(root, `${name}.pem`)),
  key: readFileSync(join(root, `${name}.key`)),
  ca: readFileSync(join(root, "ca.pem")),
});

let root: string;
let emulator: EmulatedLink;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  emulator = await startEmulatedLink({
    preset: LINK.preset,
    lossDb: LINK.lossDb,
    clockHz: LINK.clockHz,
    soloAfterMs: Number.POSITIVE_INFINITY,
    listen: { alice: ["tcp://127.0.0.1:0"], bob: ["tcp://127.0.0.1:0"] },
  });
}, 60_000);
afterAll(() => emulator.stop());
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Certificates, secrets and empty stores of two sites. */
async function world(): Promise<void> {
  root = await createDemoState(mkdtempSync(join(tmpdir(), "qkdlink-stop-")));
  closing.push(() => rmSync(root, { recursive: true, force: true }));
}

const device = (site: Site): number => Number(new URL(emulator.addresses[site].tcp ?? "").port);

function configure(
  site: Site,
  way: { listen: string } | { connect: string },
  devicePort = device(site),
): string {
  const unit = { address: `tcp://127.0.0.1:${devicePort}` };
  return writeSiteConfig(root, site, LINK, unit, way, "https://127.0.0.1:0");
}

function run(args: readonly string[], stdout: "pipe" | number = "pipe"): AskedToStop {
  const command = new AskedToStop(args, stdout);
  closing.push(() => command.kill());
  return command;
}

const control = (config: string, stdout: "pipe" | number = "pipe") =>
  run(["control", "--config", config, "--json"], stdout);

/** A site that is ready, with the ports that it listens on. */
async function ready(config: string) {
  const site = control(config);
  await site.until('"type":"ready"');
  const line = site.output.split("\n").find((text) => text.includes('"type":"ready"')) ?? "";
  const { peerPort, delivery } = JSON.parse(line) as { peerPort: number | null; delivery: string };
  return { site, peerPort: peerPort ?? 0, deliveryPort: Number(new URL(delivery).port) };
}

/** Both sites with key between them, by ways that can fall silent. */
async function chain() {
  const ways = { alice: await CutThrough.to(device("alice")), bob: await CutThrough.to(device("bob")) };
  const alice = await ready(configure("alice", { listen: "tls://127.0.0.1:0" }, ways.alice.port));
  const peer = await CutThrough.to(alice.peerPort);
  const bob = await ready(configure("bob", { connect: `tls://127.0.0.1:${peer.port}` }, ways.bob.port));
  closing.push(() => [...Object.values(ways), peer].map((way) => way.close()));
  await alice.site.until('"type":"keysAdded"');
  await bob.site.until('"type":"keysAdded"');
  return { alice, bob, ways, peer };
}

/** A port where whoever comes is accepted and hears what `answer` says. */
async function port(answer: (socket: Socket) => void = () => {}): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    answer(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as { port: number }).port;
}

function opened<Opened extends Socket>(socket: Opened): Promise<Opened> {
  closing.push(() => socket.destroy());
  return new Promise((resolve) =>
    socket
      .on("error", () => {})
      .once("encrypted" in socket ? "secureConnect" : "connect", () => resolve(socket)),
  );
}

const tcpTo = (to: number) => opened(connectTcp(to, "127.0.0.1"));
const tlsTo = (to: number, name: string) => opened(connectTls({ ...tls(name), port: to, host: "127.0.0.1" }));

const LISTEN = { listen: "tls://127.0.0.1:0" };

describe("a site that starts", () => {
  it.each<[string, (came: () => void) => Promise<number>]>([
    [
      "and finds no device any more",
      async (came) => {
        const server = createServer((socket) => {
          socket.destroy();
          server.close(came);
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        return (server.address() as { port: number }).port;
      },
    ],
    ["before a device that says nothing", (came) => port(came)],
    [
      "before a device that says nonsense without end",
      (came) =>
        port((socket) => {
          const chatter = setInterval(() => socket.write(randomBytes(4096)), 5);
          socket.once("close", () => clearInterval(chatter));
          came();
        }),
    ],
    [
      "before a device that says who it is and nothing more",
      async (came) => {
        const way = await CutThrough.to(device("alice"));
        closing.push(() => way.close());
        way.fallSilentAfterAnAnswer(came);
        return way.port;
      },
    ],
  ])(
    "%s",
    async (_, devicePort) => {
      await world();
      const came = Promise.withResolvers<void>();
      const site = control(configure("alice", LISTEN, await devicePort(came.resolve)));
      await came.promise;
      await sleep(700);
      expect(await site.stop()).toEqual(ORDERLY);
    },
    30_000,
  );

  it("ends at once, without a word, before it has begun", async () => {
    await world();
    const site = control(configure("alice", LISTEN));
    await sleep(100);
    expect((await site.stop()).inTime).toBe(true);
  }, 30_000);
});

describe("a site that is ready", () => {
  it("with silent callers at both ports", async () => {
    await world();
    const { site, peerPort, deliveryPort } = await ready(configure("alice", LISTEN));
    for (let times = 0; times < 3; times++) {
      await tcpTo(peerPort);
      await tcpTo(deliveryPort);
      await tlsTo(deliveryPort, DEMO_SAE.alice);
    }
    await tlsTo(peerPort, "kme-bob");
    expect(await site.stop()).toEqual(ORDERLY);
  }, 30_000);

  it.each<[string, () => Promise<number>]>([
    ["that is not there", async () => 9],
    ["that accepts and says nothing", () => port()],
    [
      "that ends its handshake and says nothing",
      async () => {
        const server = createTlsServer({ ...tls("kme-alice") }, (socket) => socket.on("error", () => {}));
        server.on("tlsClientError", () => {});
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        closing.push(() => server.close());
        return (server.address() as { port: number }).port;
      },
    ],
  ])(
    "and dials a peer %s",
    async (_, peerPort) => {
      await world();
      const { site } = await ready(configure("bob", { connect: `tls://127.0.0.1:${await peerPort()}` }));
      await sleep(1000);
      expect(await site.stop()).toEqual(ORDERLY);
    },
    30_000,
  );

  it("with callers that drip their request, and that take no answer", async () => {
    await world();
    const { site, deliveryPort } = await ready(configure("alice", LISTEN));
    const request = `GET /api/v1/keys/${DEMO_SAE.bob}/status HTTP/1.1\r\nhost: x\r\n\r\n`;
    const drip = await tlsTo(deliveryPort, DEMO_SAE.alice);
    let sent = 0;
    const dripping = setInterval(() => drip.write(request[sent++] ?? ""), 100);
    closing.push(() => clearInterval(dripping));
    const body = await tlsTo(deliveryPort, DEMO_SAE.alice);
    body.write(
      `POST /api/v1/keys/${DEMO_SAE.bob}/enc_keys HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\n{`,
    );
    const deaf = await tlsTo(deliveryPort, DEMO_SAE.alice);
    deaf.pause();
    deaf.write(request.repeat(20_000));
    await sleep(1500);
    expect(await site.stop()).toEqual(ORDERLY);
  }, 30_000);

  it("with a peer that floods", async () => {
    await world();
    const { site, peerPort } = await ready(configure("alice", LISTEN));
    const { cert, key, ca } = tls("kme-bob");
    const flood = await openPeerChannel({
      introduction: { site: "bob", linkId: "demo-link" },
      credentials: { certificate: String(cert), privateKey: String(key), authority: String(ca) },
      secret: readLinkSecretFile(join(root, "bob", "link.secret")),
      connect: `tls://127.0.0.1:${peerPort}`,
    });
    closing.push(() => flood.close());
    await site.until('"state":"up"');
    const beats = Array.from({ length: 2000 }, () => ({ kind: connectionHeartbeat.kind, parts: [] }));
    let flooding = true;
    closing.push(() => (flooding = false));
    void (async () => {
      while (flooding) await flood.sendAll(beats).catch(() => sleep(50));
    })();
    await sleep(1500);
    expect(await site.stop()).toEqual(ORDERLY);
  }, 30_000);
});

describe("standard output", () => {
  it("that nobody reads and that is full", async () => {
    await world();
    const pipe = join(root, "pipe");
    execFileSync("mkfifo", [pipe]);
    const end = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
    try {
      for (;;) writeSync(end, Buffer.alloc(4096, "x"));
    } catch {}
    const site = control(configure("alice", LISTEN), end);
    await sleep(4000);
    const { inTime } = await site.stop();
    expect(inTime).toBe(true);
  }, 30_000);

  const LOST = /^(QKD_OUTPUT_WRITE: [^\n]+|\{"error":\{"code":"QKD_OUTPUT_WRITE"[^\n]+)\n$/;

  it("that is closed leaves the site at work, which says so in its status and ends in order", async () => {
    await world();
    const { site, deliveryPort } = await ready(configure("bob", { connect: "tls://127.0.0.1:9" }));
    const { bob, alice } = DEMO_SAE;
    const file = (name: string) => join(root, name);
    const url = `https://127.0.0.1:${deliveryPort}`;
    const credentials = { cert: file(`${bob}.pem`), key: file(`${bob}.key`), ca: file("ca.pem") };
    const client = new KeyClient({ url, ...credentials, timeoutMs: 5000 });
    expect((await client.status(alice)).status_extension).not.toHaveProperty("qkdlink_log");
    site.child.stdout?.destroy();
    await expect
      .poll(async () => (await client.status(alice)).status_extension, { timeout: 15_000 })
      .toMatchObject({ qkdlink_log: "lost" });
    const { code, inTime, errors } = await site.stop();
    expect([code, inTime, errors]).toEqual([1, true, expect.stringMatching(LOST)]);
  }, 40_000);

  it.skipIf(!existsSync("/dev/full"))(
    "that is full from the beginning leaves the site at work",
    async () => {
      await world();
      const config = configure("bob", { connect: "tls://127.0.0.1:9" });
      const site = control(config, openSync("/dev/full", "w"));
      await expect
        .poll(() => existsSync(join(root, "bob", "keys.db.ledger.json")), { timeout: 15_000 })
        .toBe(true);
      const { code, inTime, errors } = await site.stop();
      expect([code, inTime, errors]).toEqual([1, true, expect.stringMatching(LOST)]);
    },
    40_000,
  );
});

describe("two sites with key between them", () => {
  it("end in the middle of a block, while keys are taken without end", async () => {
    await world();
    const { alice, bob } = await chain();
    const request = `POST /api/v1/keys/${DEMO_SAE.bob}/enc_keys HTTP/1.1\r\nhost: x\r\ncontent-length: 26\r\n\r\n{"number":64,"size":1024}\n`;
    for (let callers = 0; callers < 8; callers++) {
      const caller = await tlsTo(alice.deliveryPort, DEMO_SAE.alice);
      caller.resume().write(request.repeat(200));
    }
    const endings = await Promise.all([alice.site.stop(), bob.site.stop()]);
    expect(endings).toEqual([ORDERLY, ORDERLY]);
  }, 60_000);

  it("end although their devices have fallen silent", async () => {
    await world();
    const { alice, bob, ways } = await chain();
    ways.alice.fallSilent();
    ways.bob.fallSilent();
    await sleep(300);
    expect(await Promise.all([alice.site.stop(), bob.site.stop("SIGINT")])).toEqual([ORDERLY, ORDERLY]);
  }, 60_000);

  it("end although the other site has fallen silent", async () => {
    await world();
    const { alice, bob, peer } = await chain();
    peer.fallSilent();
    await sleep(300);
    expect(await Promise.all([alice.site.stop(), bob.site.stop()])).toEqual([ORDERLY, ORDERLY]);
  }, 60_000);

  it("end with a disk that takes no more", async () => {
    await world();
    const { alice, bob } = await chain();
    for (const { site } of [alice, bob])
      execFileSync("prlimit", ["--pid", String(site.child.pid), "--fsize=4096:4096"]);
    await sleep(2500);
    const endings = await Promise.all([alice.site.stop(), bob.site.stop()]);
    expect(endings.map(({ inTime, signal }) => [inTime, signal])).toEqual([
      [true, null],
      [true, null],
    ]);
  }, 60_000);

  it("end at once at a second Ctrl-C", async () => {
    await world();
    const { alice, bob, ways } = await chain();
    ways.alice.fallSilent();
    alice.site.child.kill("SIGINT");
    await sleep(150);
    expect(await alice.site.stop("SIGINT")).toMatchObject({ code: null, signal: "SIGINT" });
    expect(await bob.site.stop()).toEqual(ORDERLY);
  }, 60_000);
});
