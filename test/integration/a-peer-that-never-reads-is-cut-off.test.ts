import { randomBytes } from "node:crypto";
import type { TLSSocket } from "node:tls";
import { filter, firstValueFrom, timeout } from "rxjs";
import { afterAll, beforeAll, describe, it } from "vitest";
import { DevelopmentAuthority } from "../../cli/index.ts";
import { openPeerChannel, type TlsPeerChannel } from "../../controller/index.ts";
import { PeerHello } from "../../controller/peer/peer-hello.ts";
import { dialPeer } from "../../controller/peer/peer-tls.ts";
import {
  connectionHeartbeat,
  connectionHello,
  connectionProof,
  distillationSeed,
  encodePeerHeader,
  PEER_HEADER_BYTES,
  SecretBytes,
} from "../../protocol/index.ts";

const secretBytes = randomBytes(64);
const opened: { close(): unknown }[] = [];
let authority: DevelopmentAuthority;

beforeAll(async () => {
  authority = await DevelopmentAuthority.create();
});
afterAll(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
});

async function alice(heartbeatMs: number): Promise<TlsPeerChannel> {
  const channel = await openPeerChannel({
    introduction: { site: "alice", linkId: "link-1" },
    credentials: {
      ...(await authority.issue("kme-alice", ["127.0.0.1"])),
      authority: authority.certificate,
    },
    secret: new SecretBytes(Uint8Array.from(secretBytes)),
    listen: "tls://127.0.0.1:0",
    heartbeatMs,
  });
  opened.push(channel);
  return channel;
}

const framed = (kind: number, body: Uint8Array) =>
  Buffer.concat([encodePeerHeader({ kind, bodyBytes: body.length }), body]);

/** Bob, who knows the secret and introduces himself, and then reads nothing any more but lives. */
async function deafBob(channel: TlsPeerChannel, heartbeatMs: number): Promise<TLSSocket> {
  const identity = await authority.issue("kme-bob", ["127.0.0.1"]);
  const credentials = { ...identity, authority: authority.certificate };
  const socket = await dialPeer({ host: "127.0.0.1", port: channel.port ?? 0 }, credentials, 5000);
  socket.on("error", () => {});
  const exporter = socket.exportKeyingMaterial(32, "EXPORTER-qkdlink-peer", Buffer.alloc(0));
  const secret = new SecretBytes(Uint8Array.from(secretBytes));
  const hello = new PeerHello({ site: "bob", linkId: "link-1" }, secret, exporter);
  socket.write(framed(connectionHello.kind, hello.ownBytes));
  let received = Buffer.alloc(0);
  const up = firstValueFrom(channel.state$.pipe(filter(({ state }) => state === "up")));
  socket.on("data", (chunk) => {
    received = Buffer.concat([received, chunk]);
    const end = PEER_HEADER_BYTES + (received.length < 4 ? 0 : received.readUInt32BE(0));
    if (received.length < end) return;
    socket.removeAllListeners("data");
    socket.pause();
    const proof = Buffer.concat(hello.answer(received.subarray(PEER_HEADER_BYTES, end)));
    socket.write(framed(connectionProof.kind, proof));
  });
  await up;
  const beat = setInterval(
    () => socket.write(framed(connectionHeartbeat.kind, Buffer.alloc(0))),
    heartbeatMs,
  );
  opened.push({
    close: () => {
      clearInterval(beat);
      socket.destroy();
    },
  });
  return socket;
}

const refusal = async (channel: TlsPeerChannel) =>
  (
    await firstValueFrom(
      channel.state$.pipe(
        filter(({ state }) => state === "down"),
        timeout(8000),
      ),
    )
  ).error;

describe.concurrent("a peer that lives and reads nothing", () => {
  it("is cut off by name long before memory is short, once nothing of some megabytes has left", async ({
    expect,
  }) => {
    const channel = await alice(500);
    await deafBob(channel, 50);
    const down = refusal(channel);
    const body = new Uint8Array(1 << 20);
    for (let mebibytes = 0; mebibytes < 32; mebibytes++)
      channel.send(distillationSeed.kind, body).catch(() => {});
    const error = await down;
    expect([error?.code, error?.message]).toEqual(["QKD_PEER_PROTOCOL", "the peer lives, and reads nothing"]);
  });

  it("is not taken for one that reads slowly", async ({ expect }) => {
    const channel = await alice(250);
    const socket = await deafBob(channel, 50);
    const states: string[] = [];
    channel.state$.subscribe(({ state }) => states.push(state));
    const reading = setInterval(() => socket.read(1 << 16), 10);
    opened.push({ close: () => clearInterval(reading) });
    const body = new Uint8Array(1 << 20);
    for (let mebibytes = 0; mebibytes < 32; mebibytes++)
      channel.send(distillationSeed.kind, body).catch(() => {});
    // At this pace that takes ten heartbeats and more, of which four without a byte are too many.
    await expect.poll(() => socket.bytesRead, { timeout: 15_000 }).toBeGreaterThan(16 << 20);
    expect(states).toEqual(["up"]);
  });

  it("is cut off by name when too much waits for it", async ({ expect }) => {
    const channel = await alice(60_000);
    await deafBob(channel, 50);
    const down = refusal(channel);
    const body = new Uint8Array(1 << 20);
    const sent = Array.from({ length: 400 }, () => channel.send(distillationSeed.kind, body));
    const outcomes = await Promise.allSettled(sent);
    const error = await down;
    expect([error?.code, error?.message]).toEqual(["QKD_PEER_PROTOCOL", "the peer reads too slowly"]);
    expect(outcomes.every(({ status }) => status === "rejected" || status === "fulfilled")).toBe(true);
    expect(outcomes.at(-1)?.status).toBe("rejected");
  });
});
