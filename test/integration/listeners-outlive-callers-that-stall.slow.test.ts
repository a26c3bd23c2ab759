import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect as connectTcp, createServer, type Socket } from "node:net";
import { type ConnectionOptions, connect, createServer as createTlsServer, type TLSSocket } from "node:tls";
import { filter, firstValueFrom, timeout } from "rxjs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  createDeliveryServer,
  type DeliveryLimits,
  openPeerChannel,
  type PeerLimits,
  type TlsPeerChannel,
} from "../../controller/index.ts";
import { SecretBytes } from "../../protocol/index.ts";
import { client, type TestCertificate, twoSites } from "./delivery-sites.ts";

const STATUS = "/api/v1/keys/sae-b/status";
const secret = randomBytes(64);
const opened: { destroy(): void }[] = [];
let sites: Awaited<ReturnType<typeof twoSites>>;
let own: TestCertificate;
let sae: TestCertificate;

beforeAll(async () => {
  sites = await twoSites();
  own = await sites.authority.issue("kme-alice", [{ type: "ip", value: "127.0.0.1" }]);
  sae = await sites.authority.issue("sae-a");
});
afterEach(() => {
  for (const socket of opened.splice(0)) socket.destroy();
});
afterAll(() => sites.close());

const deliver = (limits: Partial<DeliveryLimits> = {}) =>
  createDeliveryServer({
    keys: { pool: sites.pools.alice.pool, fallback: () => ({ engaged: false, reason: null }) },
    tls: { ...own, ca: sites.authority.ca },
    listen: { host: "127.0.0.1", port: 0 },
    ids: { sourceKmeId: "kme-a", targetKmeId: "kme-b" },
    limits,
  });

const peerOptions = (site: "alice" | "bob", { cert, key }: TestCertificate) => ({
  introduction: { site, linkId: "l" },
  credentials: { certificate: cert, privateKey: key, authority: sites.authority.ca },
  secret: new SecretBytes(Uint8Array.from(secret)),
  reconnectMinMs: 20,
});

async function listenForBob(
  limits: Partial<PeerLimits> = {},
): Promise<TlsPeerChannel & { readonly port: number }> {
  const channel = await openPeerChannel({
    ...peerOptions("alice", own),
    listen: "tls://127.0.0.1:0",
    limits,
  });
  return channel as TlsPeerChannel & { readonly port: number };
}

const up = (channel: TlsPeerChannel) =>
  firstValueFrom(
    channel.state$.pipe(
      filter(({ state }) => state === "up"),
      timeout(8000),
    ),
  );

async function tcp(port: number): Promise<Socket> {
  const socket = connectTcp(port, "127.0.0.1").on("error", () => {});
  opened.push(socket);
  await once(socket, "connect");
  return socket;
}

async function tls(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const { cert, key } = sae;
  const socket = connect({ port, host: "127.0.0.1", ca: sites.authority.ca, cert, key, ...options });
  opened.push(socket.on("error", () => {}));
  await once(socket, "secureConnect");
  return socket.resume();
}

/** Resolves when the other end ended the connection, in whatever way. */
function gone(socket: Socket): Promise<void> {
  if (socket.closed) return Promise.resolve();
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

/** The beginning of a TLS record that holds a ClientHello of 512 bytes. */
const HELLO = Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]);

/** Writes a byte again and again, as long as the other end listens. */
function drip(socket: Socket, text: string): void {
  const timer = setInterval(() => socket.write(text), 20);
  socket.once("close", () => clearInterval(timer));
}

type Stall = (port: number) => Promise<Socket>;

/** Callers that never come to a point before the TLS handshake is over. */
const HANDSHAKE: readonly [string, Stall][] = [
  ["is silent", tcp],
  [
    "sends a part of its first message",
    async (port) => {
      const socket = await tcp(port);
      socket.write(HELLO);
      return socket;
    },
  ],
  [
    "drips its first message",
    async (port) => {
      const socket = await tcp(port);
      socket.write(HELLO);
      drip(socket, "\0");
      return socket;
    },
  ],
];

const REQUESTS: readonly [string, Stall][] = [
  ["is silent after the handshake", (port) => tls(port)],
  [
    "drips its headers",
    async (port) => {
      const socket = await tls(port);
      socket.write(`GET ${STATUS} HTTP/1.1\r\nHost: x\r\n`);
      drip(socket, "X-More: 1\r\n");
      return socket;
    },
  ],
  [
    "drips its body",
    async (port) => {
      const socket = await tls(port);
      socket.write("POST /api/v1/keys/sae-b/enc_keys HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
      drip(socket, " ");
      return socket;
    },
  ],
  [
    "waits after an answer",
    async (port) => {
      const socket = await tls(port);
      socket.write(`GET ${STATUS} HTTP/1.1\r\nHost: x\r\n\r\n`);
      await once(socket, "data");
      return socket;
    },
  ],
];

const HOURS: Partial<DeliveryLimits> = {
  handshakeMs: 600_000,
  headersMs: 600_000,
  requestMs: 600_000,
  keepAliveMs: 600_000,
  stallMs: 600_000,
};

/** The one limit that each caller runs into. */
const SHORT: Readonly<Record<string, Partial<DeliveryLimits>>> = {
  "is silent": { handshakeMs: 200 },
  "sends a part of its first message": { handshakeMs: 200 },
  "drips its first message": { handshakeMs: 200 },
  "is silent after the handshake": { headersMs: 200 },
  "drips its headers": { headersMs: 200 },
  "drips its body": { requestMs: 400 },
  "waits after an answer": { keepAliveMs: 200 },
};

describe("the delivery server", () => {
  it.each([...HANDSHAKE, ...REQUESTS])("ends a connection whose caller %s", async (name, stall) => {
    const server = await deliver({ ...HOURS, ...SHORT[name] });
    const socket = await stall(server.port);
    await gone(socket);
    await server.close();
  });

  it.each([...HANDSHAKE, ...REQUESTS])("closes while a caller %s", async (_, stall) => {
    const server = await deliver(HOURS);
    const socket = await stall(server.port);
    await Promise.all([server.close(), gone(socket)]);
  });

  it("lets a request under way end when it closes, a handshake not", async () => {
    const server = await deliver(HOURS);
    const request = await tls(server.port);
    const head = `POST ${STATUS.replace("status", "enc_keys")} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n`;
    request.write(`${head}{`);
    const handshake = await tcp(server.port);
    // The server holds both when it answers a third.
    const third = client(server.url, sites.authority.ca, sae);
    expect((await third.get(STATUS)).status).toBe(200);
    third.close();
    const closed = server.close();
    await gone(handshake);
    const answer = once(request, "data");
    request.write("}");
    expect(String((await answer)[0])).toMatch(/^HTTP\/1\.1 \d/);
    await closed;
  });

  it("ends a connection on which nothing moves", async () => {
    const server = await deliver({ ...HOURS, stallMs: 200 });
    await gone(await tls(server.port));
    await server.close();
  });

  it("does not hold a caller that is in to the limit of the handshake", async () => {
    const server = await deliver({ ...HOURS, handshakeMs: 500 });
    const caller = client(server.url, sites.authority.ca, sae);
    expect((await caller.get(STATUS)).status).toBe(200);
    const kept = await tls(server.port);
    await gone(await tcp(server.port));
    expect(kept.closed).toBe(false);
    caller.close();
    await server.close();
  });

  it("refuses further connections of one address, and takes them when there is room again", async () => {
    const server = await deliver({ ...HOURS, connectionsPerAddress: 3 });
    const held = [await tls(server.port), await tls(server.port), await tls(server.port)];
    await expect(tls(server.port)).rejects.toThrow();
    held[0]?.destroy();
    await expect.poll(async () => (await tls(server.port).catch(() => null))?.encrypted).toBe(true);
    await server.close();
  });

  it("refuses further connections in all, and serves those it has", async () => {
    const server = await deliver({ ...HOURS, connections: 2 });
    const caller = client(server.url, sites.authority.ca, sae);
    expect((await caller.get(STATUS)).status).toBe(200);
    await tls(server.port);
    await expect(tls(server.port)).rejects.toThrow();
    expect((await caller.get(STATUS)).status).toBe(200);
    caller.close();
    await server.close();
  });

  it("keeps TLS 1.2 to forward secrecy and authenticated encryption, for RSA certificates too", async () => {
    const server = await createDeliveryServer({
      keys: { pool: sites.pools.alice.pool, fallback: () => ({ engaged: false, reason: null }) },
      tls: { ...(await sites.authority.issue("kme", [], "RSA")), ca: sites.authority.ca },
      listen: { host: "127.0.0.1", port: 0 },
      ids: { sourceKmeId: "kme-a", targetKmeId: "kme-b" },
    });
    const talk = async (ciphers: string): Promise<string> => {
      const options = { maxVersion: "TLSv1.2", ciphers: `${ciphers}:@SECLEVEL=0` } as const;
      return (await tls(server.port, { ...options, checkServerIdentity: () => undefined })).getCipher().name;
    };
    for (const weak of [
      "AES256-GCM-SHA384",
      "AES128-SHA",
      "ECDHE-RSA-AES256-SHA384",
      "DHE-RSA-AES256-GCM-SHA384",
    ])
      await expect(talk(weak), weak).rejects.toThrow();
    expect(await talk("AES128-SHA:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384")).toBe(
      "ECDHE-RSA-AES256-GCM-SHA384",
    );
    await server.close();
  });

  it("serves nobody without ML-KEM where its groups say so", async () => {
    const open = (tls: object) =>
      createDeliveryServer({
        keys: { pool: sites.pools.alice.pool, fallback: () => ({ engaged: false, reason: null }) },
        tls: { ...own, ca: sites.authority.ca, ...tls },
        listen: { host: "127.0.0.1", port: 0 },
        ids: { sourceKmeId: "kme-a", targetKmeId: "kme-b" },
      });
    const server = await open({ groups: "X25519MLKEM768" });
    await expect(tls(server.port, { ecdhCurve: "X25519:prime256v1" })).rejects.toThrow();
    await expect(tls(server.port, { maxVersion: "TLSv1.2" })).rejects.toThrow();
    expect((await tls(server.port, { ecdhCurve: "X25519MLKEM768" })).getProtocol()).toBe("TLSv1.3");
    await server.close();
    const modern = await open({ minVersion: "TLSv1.3" });
    await expect(tls(modern.port, { maxVersion: "TLSv1.2" })).rejects.toThrow();
    await modern.close();
    await expect(open({ groups: "X25519:nonsense" })).rejects.toMatchObject({
      code: "QKD_CONFIG_INVALID",
      message: expect.stringMatching(/^delivery\.tls\.groups: /),
    });
  });
});

describe("the port for the other site", () => {
  const STALLS: readonly [string, Stall][] = [
    ...HANDSHAKE,
    ["is silent after the handshake", (port) => tls(port)],
    [
      "drips its introduction",
      async (port) => {
        const socket = await tls(port);
        drip(socket, "\0");
        return socket;
      },
    ],
  ];

  it.each(STALLS)("ends a connection whose caller %s", async (_, stall) => {
    const channel = await listenForBob({ helloMs: 200 });
    const socket = await stall(channel.port);
    await gone(socket);
    await channel.close();
  });

  it.each(STALLS.slice(0, 4))("closes while a caller %s", async (_, stall) => {
    const channel = await listenForBob({ helloMs: 600_000 });
    const socket = await stall(channel.port);
    await Promise.all([channel.close(), gone(socket)]);
  });

  it("keeps places for the other site while strangers fill it", async () => {
    const channel = await listenForBob({ helloMs: 600_000, connections: 1, connectionsPerAddress: 2 });
    const identity = await sites.authority.issue("kme-bob");
    const dial = () =>
      openPeerChannel({ ...peerOptions("bob", identity), connect: `tls://127.0.0.1:${channel.port}` });
    const bob = await dial();
    await Promise.all([up(channel), up(bob)]);
    const again = await dial();
    await up(again);
    await Promise.all([bob.close(), again.close()]);
    await channel.close();
  });

  it("does not hold the other site to the limit of its introduction", async () => {
    const channel = await listenForBob({ helloMs: 1000 });
    const credentials = await sites.authority.issue("kme-bob");
    const bob = await openPeerChannel({
      ...peerOptions("bob", credentials),
      connect: `tls://127.0.0.1:${channel.port}`,
    });
    await Promise.all([up(channel), up(bob)]);
    await gone(await tcp(channel.port));
    expect(await up(channel)).toMatchObject({ state: "up", epoch: 1 });
    await Promise.all([bob.close(), channel.close()]);
  });

  it("refuses further connections in all", async () => {
    const channel = await listenForBob({ helloMs: 600_000, connections: 1 });
    await tcp(channel.port);
    const second = await tcp(channel.port);
    await gone(second);
    await channel.close();
  });

  it("negotiates ML-KEM where nothing else is asked for, and nothing weaker", async () => {
    const channel = await listenForBob();
    for (const weak of ["X25519", "prime256v1", "X25519:secp384r1"])
      await expect(tls(channel.port, { ecdhCurve: weak }), weak).rejects.toThrow();
    const socket = await tls(channel.port, { ecdhCurve: "X25519:X25519MLKEM768" });
    expect(socket.getProtocol()).toBe("TLSv1.3");
    await channel.close();
  });

  it("is given up by the side that dials when that closes during the introduction", async () => {
    const { cert, key } = own;
    const accepted: TLSSocket[] = [];
    const server = createTlsServer({ cert, key, ca: sites.authority.ca, requestCert: true }, (socket) => {
      accepted.push(socket.on("error", () => {}).resume());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const identity = await sites.authority.issue("kme-bob");
    const bob = await openPeerChannel({
      ...peerOptions("bob", identity),
      connect: `tls://127.0.0.1:${port}`,
    });
    await expect.poll(() => accepted.length).toBe(1);
    await bob.close();
    await expect.poll(() => accepted.every(({ closed }) => closed), { timeout: 3000 }).toBe(true);
    await new Promise((resolve) => server.close(resolve));
  });

  it("is dialled with ML-KEM alone", async () => {
    const asked: Buffer[] = [];
    const server = createServer((socket) => {
      opened.push(socket.on("error", () => {}));
      socket.on("data", (chunk) => asked.push(chunk));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const bob = await openPeerChannel({ ...peerOptions("bob", own), connect: `tls://127.0.0.1:${port}` });
    // Extension supported_groups (10): four bytes of list, one group, 0x11ec.
    const groups = Buffer.from([0, 10, 0, 4, 0, 2, 0x11, 0xec]);
    await expect.poll(() => Buffer.concat(asked).includes(groups)).toBe(true);
    const sockets = opened.slice() as Socket[];
    await bob.close();
    await expect.poll(() => sockets.every(({ closed }) => closed), { timeout: 3000 }).toBe(true);
    for (const socket of opened) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
});
