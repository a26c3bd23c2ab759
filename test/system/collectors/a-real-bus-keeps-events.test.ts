import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { Subject } from "rxjs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DevelopmentAuthority } from "../../../cli/index.ts";
import type { BusOptions, CollectorNews, ControllerEvent, LiveView } from "../../../controller/index.ts";
import { EventBus, outboxOf } from "../../../controller/outlets/bus/event-bus.ts";
import { keyTraces } from "../../chain/key-search.ts";
import { TwoSites } from "../../chain/two-sites.ts";
import { describeWith, pathOf } from "./describe-with.ts";

const LIVE = {
  health: { atMs: 1, level: "up", reason: null, quantities: [] },
  pool: { atMs: 1, stocks: [] },
  delivery: { atMs: 1, taken: 0, fetched: 0, applications: [] },
} as unknown as LiveView;

let folder: string;
let port: number;
let server: ChildProcess | null;
const buses: EventBus[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-bus-"));
  port = await freePort();
  server = null;
});
afterEach(async () => {
  for (const bus of buses.splice(0)) await bus.close();
  await stopServer();
  rmSync(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as { readonly port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function startServer(more = ""): void {
  const config = join(folder, "nats.conf");
  writeFileSync(
    config,
    `listen: "127.0.0.1:${port}"\njetstream { store_dir: "${folder}/jetstream" }\n${more}\n`,
  );
  server = spawn(pathOf("nats-server"), ["-c", config], { stdio: "ignore" });
}

async function stopServer(): Promise<void> {
  const child = server;
  server = null;
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}

/** A bus, what it tells, and the events that it is told. */
function busOf(options: Partial<BusOptions> = {}, store = join(folder, "keys.db")) {
  const events$ = new Subject<ControllerEvent>();
  const news: CollectorNews[] = [];
  const failures: string[] = [];
  const source = {
    linkId: "north-south",
    node: "kme.north",
    peerNode: "kme-south",
    store,
    events$,
    alarmChanges$: new Subject<never>(),
    live: () => LIVE,
    failed: (error: Error) => failures.push(error.message),
  };
  const servers = [`nats://127.0.0.1:${port}`];
  const bus = new EventBus({ servers, network: "trial", ...options }, source, (told) => news.push(told));
  buses.push(bus);
  let told = 0;
  const tell = (count: number) => {
    for (let i = 0; i < count; i++)
      events$.next({ type: "poolLow", atMs: told, availableBits: told++, lowBits: 9 });
  };
  const reached = () => expect.poll(() => news.at(-1)?.type, { timeout: 20_000 }).toBe("collectorReached");
  const empty = () => expect.poll(() => bus.counts.waiting, { timeout: 20_000 }).toBe(0);
  return { bus, news, failures, tell, reached, empty };
}

/** All that the stream holds, in its order. */
async function kept(): Promise<{ subject: string; body: Record<string, unknown> }[]> {
  const connection: NatsConnection = await connect({ servers: `127.0.0.1:${port}` });
  try {
    const manager = await jetstreamManager(connection);
    const { state } = await manager.streams.info("qkd-trial");
    const messages = [];
    for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq++) {
      const message = await manager.streams.getMessage("qkd-trial", { seq });
      if (message !== null)
        messages.push({ subject: message.subject, body: message.json<Record<string, unknown>>() });
    }
    return messages;
  } finally {
    await connection.close();
  }
}

const numbers = async () =>
  (await kept()).filter(({ body }) => body.type === "poolLow").map(({ body }) => body.availableBits);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describeWith(["nats-server"], "a NATS server", () => {
  it("is told events under their subjects, and how the site is", async () => {
    startServer();
    const { tell, reached, empty } = busOf({ telemetryS: 1 });
    await reached();
    tell(1);
    await empty();
    await expect.poll(async () => (await kept()).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(4);
    const messages = await kept();
    expect(messages[0]).toEqual({
      subject: "qkd.trial.kme_north.event.poolLow",
      body: {
        v: 1,
        node: "kme.north",
        link: "north-south",
        type: "poolLow",
        atMs: 0,
        availableBits: 0,
        lowBits: 9,
      },
    });
    expect(new Set(messages.slice(1).map(({ subject }) => subject))).toEqual(
      new Set([
        "qkd.trial.kme_north.link.north-south.health",
        "qkd.trial.kme_north.pool.kme-south",
        "qkd.trial.kme_north.delivery",
      ]),
    );
  });

  it("that is away, killed and back again has every event once, in order", async () => {
    const { tell, reached, empty, news, bus } = busOf();
    tell(100);
    await expect.poll(() => news.at(-1)?.type, { timeout: 20_000 }).toBe("collectorLost");
    expect(bus.counts.waiting).toBe(100);
    startServer();
    await reached();
    await empty();
    tell(100);
    await stopServer();
    tell(100);
    await expect.poll(() => news.at(-1)?.type, { timeout: 20_000 }).toBe("collectorLost");
    startServer();
    await reached();
    await empty();
    expect(await numbers()).toEqual(upTo(300));
    expect(news.map(({ type }) => type)).toEqual([
      "collectorLost",
      "collectorReached",
      "collectorLost",
      "collectorReached",
    ]);
  }, 90_000);

  it("takes what a program left behind, and knows what it has already", async () => {
    const first = busOf();
    first.tell(50);
    await first.bus.close();
    const outbox = outboxOf(join(folder, "keys.db"));
    copyFileSync(outbox, `${outbox}.before`);
    startServer();
    const second = busOf();
    await second.reached();
    await second.empty();
    await second.bus.close();
    // A program that ended before it could write that the stream has them tells them again.
    copyFileSync(`${outbox}.before`, outbox);
    const third = busOf();
    await third.reached();
    await third.empty();
    expect(await numbers()).toEqual(upTo(50));
  }, 60_000);

  it("that is away is not called for each event", async () => {
    let calls = 0;
    const away = createServer((socket) => {
      calls += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => away.listen(port, "127.0.0.1", resolve));
    const { tell, news } = busOf();
    for (let events = 0; events < 30; events++) {
      tell(1);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await expect.poll(() => news.length, { timeout: 20_000 }).toBe(1);
    expect(calls).toBeLessThan(10);
    await new Promise((resolve) => away.close(resolve));
  });

  it("without JetStream is told of in a sentence, and asked again", async () => {
    server = spawn(pathOf("nats-server"), ["-a", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
    const { tell, news, bus } = busOf();
    tell(1);
    await expect.poll(() => news.length, { timeout: 20_000 }).toBe(1);
    await expect
      .poll(() => (news[0]?.type === "collectorLost" ? news[0].reason : ""), { timeout: 20_000 })
      .toMatch(/jetstream/i);
    expect(bus.counts.waiting).toBe(1);
  }, 60_000);
});

describeWith(["nats-server"], "a NATS server of whole sites", () => {
  it("is told of their keys, and holds none of them", async () => {
    startServer();
    const nats = { servers: [`nats://127.0.0.1:${port}`], network: "trial", telemetryS: 1 };
    const sites = await TwoSites.start((config) => Object.assign(config, { nats }));
    try {
      await sites.site("alice").line(({ type, origin }) => type === "keysAdded" && origin === "qkd");
      await sites.site("bob").line(({ type, origin }) => type === "keysAdded" && origin === "qkd");
      const keys = await sites.client("alice").take("sae-bob", { number: 32 });
      const told = async (subject: string) =>
        (await kept()).filter((message) => message.subject.endsWith(subject)).map(({ body }) => body);
      await expect.poll(() => told(".event.keysAdded"), { timeout: 20_000 }).not.toEqual([]);
      await expect
        .poll(async () => (await told(".delivery")).some(({ taken }) => taken === 32), { timeout: 20_000 })
        .toBe(true);
      const text = JSON.stringify(await kept());
      const words = keys.map(({ key }) => key);
      for (const place of [folder, sites.root])
        expect(keyTraces(words, new Map([["stream", text]]), place)).toEqual([]);
      expect(text).toContain("kme-alice");
      expect(text).toContain("kme-bob");
    } finally {
      await sites.stop();
      sites.remove();
    }
  }, 90_000);
});

describeWith(["nats-server"], "a NATS server by TLS", () => {
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  async function startTlsServer(authority: DevelopmentAuthority): Promise<void> {
    const { certificate, privateKey } = await authority.issue("nats", ["127.0.0.1"]);
    const members = [
      `cert_file: "${file("server.pem", certificate)}"`,
      `key_file: "${file("server.key", privateKey)}"`,
      `ca_file: "${file("ca.pem", authority.certificate)}"`,
      "verify: true",
    ];
    startServer(`tls {\n${members.join("\n")}\n}`);
  }

  it("is told over certificates of both sides, and nothing where another authority signed its own", async () => {
    const [authority, other] = await Promise.all([
      DevelopmentAuthority.create(),
      DevelopmentAuthority.create(),
    ]);
    const own = await authority.issue("kme-north");
    await startTlsServer(authority);
    const servers = [`tls://127.0.0.1:${port}`];
    const identity = { cert: own.certificate, key: own.privateKey };
    const right = busOf({ servers, tls: { ca: authority.certificate, ...identity } });
    right.tell(1);
    await right.empty().catch((e) => {
      throw new Error(JSON.stringify(right.news), { cause: e });
    });
    const reasonOf = async ({ news }: ReturnType<typeof busOf>) => {
      await expect.poll(() => news[0]?.type, { timeout: 20_000 }).toBe("collectorLost");
      return news[0]?.type === "collectorLost" ? news[0].reason : "";
    };
    const wrong = busOf({ servers, tls: { ca: other.certificate, ...identity } }, join(folder, "wrong.db"));
    wrong.tell(1);
    expect(await reasonOf(wrong)).toMatch(/certificate/);
    const nameless = busOf({ servers, tls: { ca: authority.certificate } }, join(folder, "nameless.db"));
    nameless.tell(1);
    expect(await reasonOf(nameless)).toMatch(/certificate|closed|hang up|reset/i);
    expect([wrong.bus.counts.sent, nameless.bus.counts.sent]).toEqual([0, 0]);
    // What waits goes where the new certificates lead.
    wrong.bus.renew({ servers, network: "trial", tls: { ca: authority.certificate, ...identity } });
    await wrong.empty();
  }, 60_000);

  it("is told nothing where it has none, though the connection stands", async () => {
    startServer();
    const { certificate } = await DevelopmentAuthority.create();
    const { tell, news, bus } = busOf({ servers: [`tls://127.0.0.1:${port}`], tls: { ca: certificate } });
    tell(1);
    await expect
      .poll(() => news.some((told) => told.type === "collectorLost" && /tls/.test(told.reason)), {
        timeout: 20_000,
      })
      .toBe(true);
    expect(bus.counts).toMatchObject({ sent: 0, waiting: 1, reached: false });
  }, 60_000);
});
