import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type TLSSocket } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { StreamDesk } from "../../controller/streams/stream-desk.ts";
import { createStreamServer, type StreamServer } from "../../controller/streams/stream-server.ts";
import { type TestCertificate, testAuthority, twoPools } from "./delivery-sites.ts";

const KMES = ["kme-a", "kme-b"];
type Rig = Awaited<ReturnType<typeof rig>>;
let nodes: Rig;
let authority: Awaited<ReturnType<typeof testAuthority>>;
const sockets: TLSSocket[] = [];

/** Two nodes: sae-a and sae-c are the first one's, sae-b the second one's. What they say to each other comes at once. */
async function rig() {
  const pools = await twoPools();
  const { cert, key } = await authority.issue("kme", [{ type: "ip", value: "127.0.0.1" }]);
  const tls = { cert, key, ca: authority.ca };
  const nodeOf = (sae: string) => (sae === "sae-b" ? 1 : 0);
  const state = { connected: true };
  const desks: StreamDesk[] = [];
  const servers: StreamServer[] = [];
  for (const [place, { pool }] of [pools.alice, pools.bob].entries()) {
    const keys = { pool, fallback: () => ({ engaged: false, reason: null }) };
    desks.push(
      new StreamDesk({
        directory: {
          route: (sae) => (sae === "sae-x" ? null : { keys, targetKmeId: KMES[1 - place] as string }),
          kmeIds: () => KMES,
        },
        tell: async (_sae, message, value) => {
          if (!state.connected) throw new Error("not connected");
          const body = Uint8Array.from(Buffer.concat(message.encode(value)));
          desks[1 - place]?.receive(message.kind, body, (sae) => nodeOf(sae) === place);
        },
        steadyMs: () => performance.now(),
        now: Date.now,
      }),
    );
    servers.push(
      await createStreamServer({
        desk: desks[place] as StreamDesk,
        callers: { saes: ["sae-a", "sae-b", "sae-c"].map((id) => ({ id, identity: { commonName: id } })) },
        kmeIds: () => KMES,
        tls,
        listen: { host: "127.0.0.1", port: 0 },
        limits: { requestMs: 300, connectionsPerAddress: 16 },
      }),
    );
  }
  const close = async () => {
    for (const server of servers) await server.close();
    await pools.close();
  };
  return { pools, desks, servers, state, close };
}

beforeAll(async () => {
  authority = await testAuthority("streams");
  nodes = await rig();
}, 60_000);
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  nodes.state.connected = true;
  for (const desk of nodes.desks) desk.end();
});
afterAll(() => nodes.close());

/** An application: frames by hand. */
async function app(place: number, certificate?: TestCertificate) {
  const socket = connect({
    host: "127.0.0.1",
    port: nodes.servers[place]!.port,
    ca: authority.ca,
    ...(certificate === undefined ? {} : { cert: certificate.cert, key: certificate.key }),
  });
  sockets.push(socket);
  socket.on("error", () => {});
  const closed = once(socket, "close");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  await Promise.race([once(socket, "secureConnect"), closed]);
  const ask = async (service: number, payload: Buffer): Promise<Buffer> => {
    chunks.length = 0;
    const header = Buffer.from([1, 0, 1, service, 0, 0, 0, 0]);
    header.writeUInt32BE(payload.length, 4);
    socket.write(Buffer.concat([header, payload]));
    const whole = () => {
      const bytes = Buffer.concat(chunks);
      return bytes.length >= 8 && bytes.length >= 8 + bytes.readUInt32BE(4) ? bytes : null;
    };
    await expect.poll(whole, { timeout: 10_000, interval: 2 }).not.toBeNull();
    const bytes = whole() as Buffer;
    expect(bytes[3]).toBe(service + 1);
    return bytes.subarray(8);
  };
  const open = async (
    source: string,
    destination: string,
    ksid = "00".repeat(16),
    chunk = 32,
    timeoutMs = 100,
  ) => {
    const qos = Buffer.alloc(28 + 256);
    qos.writeUInt32BE(chunk, 0);
    qos.writeUInt32BE(timeoutMs, 20);
    const answer = await ask(
      2,
      Buffer.concat([Buffer.from(`${source}\0${destination}\0`), qos, Buffer.from(ksid, "hex")]),
    );
    const status = answer.readUInt32BE(0);
    return answer.length === 4
      ? { status }
      : { status, chunk: answer.readUInt32BE(4), ksid: answer.toString("hex", 288) };
  };
  const getKey = async (ksid: string, index: number, metadataBytes = 1024) => {
    const rest = Buffer.alloc(8);
    rest.writeUInt32BE(index, 0);
    rest.writeUInt32BE(metadataBytes, 4);
    const answer = await ask(4, Buffer.concat([Buffer.from(ksid, "hex"), rest]));
    const status = answer.readUInt32BE(0);
    if (status !== 0) return { status };
    const bytes = answer.readUInt32BE(8);
    const metadata = answer.toString("utf8", 16 + bytes);
    return { status, index: answer.readUInt32BE(4), key: answer.toString("hex", 12, 12 + bytes), metadata };
  };
  const end = async (ksid: string) => (await ask(8, Buffer.from(ksid, "hex"))).readUInt32BE(0);
  return { socket, closed, ask, open, getKey, end };
}

const as = async (place: number, sae: string) => app(place, await authority.issue(sae));

describe("a key stream", { timeout: 30_000 }, () => {
  it("gives both applications the same keys at the same indices, each once, with their origin", async () => {
    await nodes.pools.fill(6400);
    const [a, b] = [await as(0, "sae-a"), await as(1, "sae-b")];
    const { status, ksid } = await a.open("qkd://sae-a@one", "qkd://sae-b@two");
    expect(status).toBe(0);
    expect(await b.open("qkd://sae-a@one", "qkd://sae-b@two", ksid)).toMatchObject({
      status: 0,
      ksid,
      chunk: 32,
    });
    const keys: string[] = [];
    for (const index of [0, 1, 2, 3, 4, 5, 6, 7]) {
      const [first, second] =
        index % 2 === 0
          ? [await a.getKey(ksid!, index), await b.getKey(ksid!, 0xffff_ffff)]
          : [await b.getKey(ksid!, index), await a.getKey(ksid!, 0xffff_ffff)];
      expect(first).toMatchObject({ status: 0, index });
      expect(second).toEqual({ ...first, metadata: expect.any(String) });
      expect(JSON.parse(first.metadata as string)).toMatchObject({ qkdlink_origin: "qkd" });
      keys.push(first.key as string);
    }
    expect(new Set(keys).size).toBe(8);
    expect(keys[0]).toHaveLength(64);
    expect([await a.getKey(ksid!, 0), await b.getKey(ksid!, 0)]).toEqual([{ status: 2 }, { status: 2 }]);
    expect(await b.end(ksid!)).toBe(0);
    expect([await a.getKey(ksid!, 8), await b.getKey(ksid!, 8)]).toEqual([{ status: 4 }, { status: 4 }]);
    expect(nodes.desks.map(({ streams }) => streams)).toEqual([0, 0]);
  });

  it("says by the status of the standard why there is none", async () => {
    const [a, b, c] = [await as(0, "sae-a"), await as(1, "sae-b"), await as(0, "sae-c")];
    expect(await b.open("sae-a", "sae-b", "11".repeat(16))).toEqual({ status: 3 });
    expect(await a.open("sae-c", "sae-b")).toEqual({ status: 4 });
    expect(await a.open("sae-a", "sae-x")).toEqual({ status: 4 });
    expect(await a.open("sae-a", "sae-b", undefined, 8193)).toMatchObject({ status: 7, chunk: 8192 });
    nodes.state.connected = false;
    expect(await a.open("sae-a", "sae-b")).toEqual({ status: 3 });
    nodes.state.connected = true;
    const ksid = "22".repeat(16);
    expect(await a.open("sae-a", "sae-b", ksid)).toMatchObject({ status: 0, ksid });
    expect(await a.open("sae-a", "sae-b", ksid)).toEqual({ status: 5 });
    expect(await c.open("sae-c", "sae-b", ksid)).toEqual({ status: 5 });
    expect(await b.open("sae-c", "sae-b", ksid)).toEqual({ status: 5 });
    expect([await c.getKey(ksid, 0), await c.end(ksid)]).toEqual([{ status: 4 }, 4]);
    expect(await a.getKey(ksid, 0, 8)).toEqual({ status: 8 });
    expect(await a.getKey(ksid, 0)).toMatchObject({ status: 0, index: 0 });
    expect(await b.getKey(ksid, 4000)).toEqual({ status: 6 });
  });
});

describe("a server of key streams", { timeout: 30_000 }, () => {
  it("sends away who shows no certificate that it trusts, or none of an SAE of its", async () => {
    const other = await testAuthority("other");
    for (const certificate of [undefined, await other.issue("sae-a"), await authority.issue("sae-nobody")]) {
      const { closed, socket } = await app(0, certificate);
      socket.resume();
      await closed;
    }
  });

  it.each([
    ["another version", Buffer.from([2, 0, 1, 8, 0, 0, 0, 16])],
    ["a length beyond all", Buffer.from([1, 0, 1, 2, 0xff, 0xff, 0xff, 0xff])],
    ["a malformed payload", Buffer.from([1, 0, 1, 8, 0, 0, 0, 1, 7])],
    ["noise", randomBytes(64)],
    ["half a header, and nothing more", Buffer.from([1, 0, 1])],
    ["half a payload, and nothing more", Buffer.from([1, 0, 1, 8, 0, 0, 0, 16, 1])],
  ])("ends the connection at %s, and serves on", async (_, bytes) => {
    const { socket, closed } = await as(0, "sae-a");
    socket.resume();
    socket.write(bytes);
    await closed;
    expect(await (await as(0, "sae-c")).end("33".repeat(16))).toBe(4);
  });

  it("does not wait for ever for one who sends byte after byte", async () => {
    const { socket, closed } = await as(0, "sae-a");
    socket.resume();
    const drip = setInterval(() => socket.write(Buffer.from([1])), 50);
    await closed;
    clearInterval(drip);
  });
});

it("what another node says of streams that are not its own is passed over", async () => {
  const { streamsClose, streamsKey, streamsOpen } = await import("../../protocol/index.ts");
  const [desk] = nodes.desks as [StreamDesk];
  const ksid = "44".repeat(16);
  const heard = <T>(message: { kind: number; encode(value: T): readonly Uint8Array[] }, value: T) =>
    desk.receive(
      message.kind,
      Uint8Array.from(Buffer.concat(message.encode(value))),
      (sae) => sae === "sae-b",
    );
  heard(streamsOpen, { ksid, source: "sae-z", destination: "sae-a", chunkBytes: 32 });
  expect(desk.streams).toBe(0);
  heard(streamsOpen, { ksid, source: "sae-b", destination: "sae-a", chunkBytes: 32 });
  expect(desk.streams).toBe(1);
  heard(streamsKey, { ksid, index: 5, keyId: ksid });
  const a = await as(0, "sae-a");
  expect(await a.open("sae-b", "sae-a", ksid)).toMatchObject({ status: 0 });
  expect(desk.receive(0x40, new Uint8Array(8), () => true)).toBe(false);
  heard(streamsClose, { ksid });
  expect(desk.streams).toBe(0);
});
