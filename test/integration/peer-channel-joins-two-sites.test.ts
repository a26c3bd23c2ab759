import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { filter, firstValueFrom, take, timeout, toArray } from "rxjs";
import { afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { DevelopmentAuthority } from "../../cli/index.ts";
import { openPeerChannel, type TlsPeerChannel, type TlsPeerOptions } from "../../controller/index.ts";
import { dialPeer } from "../../controller/peer/peer-tls.ts";
import { PeerError } from "../../errors/index.ts";
import {
  agreementGone,
  agreementGoneHeard,
  agreementStored,
  connectionHello,
  connectionProof,
  encodePeerHeader,
  PEER_HEADER_BYTES,
  PEER_PROTOCOL_VERSION,
  distillationParities as parities,
  pqcOffer,
  SecretBytes,
  distillationTag as tag,
} from "../../protocol/index.ts";

const secretBytes = randomBytes(64);
const opened: TlsPeerChannel[] = [];
let authority: DevelopmentAuthority;

beforeAll(async () => {
  authority = await DevelopmentAuthority.create();
});
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(opened.splice(0).map((channel) => channel.close()));
});

async function site(name: "alice" | "bob", change: Partial<TlsPeerOptions> = {}, signer = authority) {
  const identity = await signer.issue(`kme-${name}`, ["127.0.0.1"]);
  const options: TlsPeerOptions = {
    introduction: { site: name, linkId: "link-1" },
    credentials: { ...identity, authority: authority.certificate },
    secret: new SecretBytes(Uint8Array.from(secretBytes)),
    reconnectMinMs: 20,
    ...change,
  };
  const channel = await openPeerChannel(options);
  opened.push(channel);
  return channel;
}

const up = (channel: TlsPeerChannel) =>
  firstValueFrom(
    channel.state$.pipe(
      filter((s) => s.state === "up"),
      timeout(8000),
    ),
  );
const failure = (channel: TlsPeerChannel, code: string) =>
  firstValueFrom(
    channel.state$.pipe(
      filter((s) => s.error?.code === code),
      timeout(8000),
    ),
  );

/** A wire to a port on this machine that counts what passes. */
async function tap(port: number) {
  const passed = { there: 0, back: 0 };
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    near.on("data", () => (passed.there += 1)).pipe(far);
    far.on("data", () => (passed.back += 1)).pipe(near);
    for (const socket of [near, far])
      socket.on("error", () => {}).once("close", () => [near, far].map((each) => each.destroy()));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  return {
    port: (server.address() as { port: number }).port,
    /** Waits until so many pieces more have passed in each direction. */
    beats: (count: number) => {
      const [there, back] = [passed.there + count, passed.back + count];
      return expect.poll(() => passed.there >= there && passed.back >= back, { timeout: 8000 }).toBe(true);
    },
  };
}

describe("the peer channel", () => {
  it("carries messages of every size in order, both ways", async () => {
    const alice = await site("alice", { listen: "tls://127.0.0.1:0" });
    const bob = await site("bob", { connect: `tls://127.0.0.1:${alice.port}` });
    await Promise.all([up(alice), up(bob)]);
    const sizes = [0, 1, 7, 65536, 5_000_001, 3];
    const kinds = [parities, agreementGone, agreementGoneHeard, parities, parities, tag].map(
      ({ kind }) => kind,
    );
    const bodies = sizes.map((size) => randomBytes(size));
    for (const [sender, receiver] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      const received = firstValueFrom(receiver.messages$.pipe(take(sizes.length), toArray(), timeout(8000)));
      for (const [index, body] of bodies.entries())
        await sender.send(kinds[index] ?? 0, [
          body.subarray(0, body.length >> 1),
          body.subarray(body.length >> 1),
        ]);
      const digests = (await received).map((m) => [
        m.kind,
        createHash("sha256").update(m.body).digest("hex"),
      ]);
      expect(digests).toEqual(bodies.map((b, i) => [kinds[i], createHash("sha256").update(b).digest("hex")]));
    }
  });

  it("copies what it is given before it returns, and takes the memory of bodies back", async () => {
    const alice = await site("alice", { listen: "tls://127.0.0.1:0" });
    const bob = await site("bob", { connect: `tls://127.0.0.1:${alice.port}` });
    await Promise.all([up(alice), up(bob)]);
    const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
    const received: string[] = [];
    bob.messages$.subscribe(({ kind, body }) => {
      received.push(`${kind} ${digest(body)}`);
      body.fill(0xff);
      bob.recycle(body);
    });
    const expected: string[] = [];
    const scratch = new Uint8Array(300_000);
    for (let step = 0; step < 40; step++) {
      const messages = [1000, 200_000, 9000 * step, 4096, 0].map((bytes, index) => {
        const part = scratch.subarray(index, index + Math.min(bytes, 290_000));
        return {
          kind: index < 3 ? parities.kind : agreementGone.kind,
          parts: [part.subarray(0, 10), part.subarray(10)],
        };
      });
      scratch.set(randomBytes(1000), 1000 * step);
      for (const { kind, parts } of messages) expected.push(`${kind} ${digest(Buffer.concat(parts))}`);
      alice.sendAll(messages).catch(() => {});
    }
    await expect.poll(() => received.length, { timeout: 8000 }).toBe(expected.length);
    expect(received).toEqual(expected);
  });

  it("delivers what the peer sends at once after the hello", async () => {
    const alice = await site("alice", { listen: "tls://127.0.0.1:0" });
    alice.state$
      .pipe(filter((s) => s.state === "up"))
      .subscribe(() => void alice.send(tag.kind, Buffer.from("first")));
    const bob = await site("bob", { connect: `tls://127.0.0.1:${alice.port}` });
    const message = await firstValueFrom(bob.messages$.pipe(timeout(8000)));
    expect([message.kind, Buffer.from(message.body).toString()]).toEqual([tag.kind, "first"]);
  });

  it("refuses a peer whose certificate another authority signed", async () => {
    const stranger = await DevelopmentAuthority.create("stranger");
    const alice = await site("alice", { listen: "tls://127.0.0.1:0" });
    const refused = failure(alice, "QKD_PEER_CERTIFICATE");
    await site("bob", { connect: `tls://127.0.0.1:${alice.port}` }, stranger);
    expect((await refused).state).toBe("down");
  });

  it.each([
    ["another secret", { secret: new SecretBytes(new Uint8Array(64)) }, "QKD_PEER_SECRET"],
    ["another link", { introduction: { site: "bob", linkId: "link-2" } }, "QKD_PEER_PROTOCOL"],
    ["the same role", { introduction: { site: "alice", linkId: "link-1" } }, "QKD_PEER_PROTOCOL"],
  ] as const)("refuses a peer with %s", async (_name, change, code) => {
    const alice = await site("alice", { listen: "tls://127.0.0.1:0" });
    const refused = failure(alice, code);
    const bob = await site("bob", { connect: `tls://127.0.0.1:${alice.port}`, ...change });
    await refused;
    await expect(bob.send(tag.kind, new Uint8Array(1))).rejects.toMatchObject({
      code: "QKD_PEER_UNREACHABLE",
    });
  });

  it.each([
    ["of an unknown kind", 0x60, 0, "a message of the unknown kind 0x60"],
    [
      "over its limit",
      agreementStored.kind,
      82_945,
      "an? agreement.stored message of 82945 bytes, at most 82944",
    ],
    ["that only the other site may send", pqcOffer.kind, 4, "a pqc.offer message, which only alice may send"],
    ["that repeats the introduction", connectionHello.kind, 4097, "a connection.hello message of 4097 bytes"],
  ])(
    "ends the connection by name on a message %s, keeps nothing of it, and comes back",
    async (_, kind, bytes, why) => {
      const alice = await site("alice", { listen: "tls://127.0.0.1:0" });
      const bob = await site("bob", { connect: `tls://127.0.0.1:${alice.port}` });
      await Promise.all([up(alice), up(bob)]);
      const heard: number[] = [];
      alice.messages$.subscribe((message) => heard.push(message.kind));
      const refused = failure(alice, "QKD_PEER_PROTOCOL");
      await bob.send(kind, new Uint8Array(bytes));
      expect((await refused).error?.message).toMatch(new RegExp(`^the peer sent ${why}`));
      expect((await up(alice)).epoch).toBe(2);
      expect(heard).toEqual([]);
    },
  );

  it("hears nothing but an introduction from a peer that has not proved who it is", async () => {
    const alice = await site("alice", { listen: "tls://127.0.0.1:0" });
    const refused = failure(alice, "QKD_PEER_PROTOCOL");
    const identity = await authority.issue("kme-bob", ["127.0.0.1"]);
    const credentials = { ...identity, authority: authority.certificate };
    const socket = await dialPeer({ host: "127.0.0.1", port: alice.port ?? 0 }, credentials, 5000);
    socket.on("error", () => {});
    socket.write(encodePeerHeader({ kind: agreementStored.kind, bodyBytes: 16 }));
    expect((await refused).error?.message).toBe("the peer did not begin with a hello");
    socket.destroy();
  });

  it("names both versions when the peer speaks another one, at both sites", async () => {
    const alice = await site("alice", { listen: "tls://127.0.0.1:0" });
    const refused = failure(alice, "QKD_PEER_PROTOCOL");
    const identity = await authority.issue("kme-bob", ["127.0.0.1"]);
    const credentials = { ...identity, authority: authority.certificate };
    const socket = await dialPeer({ host: "127.0.0.1", port: alice.port ?? 0 }, credentials, 5000);
    const body = Buffer.concat([
      Buffer.from("QKDP"),
      Buffer.from([0, PEER_PROTOCOL_VERSION + 1]),
      randomBytes(400),
    ]);
    socket.write(Buffer.concat([encodePeerHeader({ kind: 0x01, bodyBytes: body.length }), body]));
    const received: Buffer[] = [];
    for await (const chunk of socket) received.push(chunk);
    expect((await refused).error?.line).toBe(
      "QKD_PEER_PROTOCOL: the peer speaks version 6 of the peer protocol, this site speaks version 5. " +
        "Remedy: update the older of the two controllers.",
    );
    const answer = Buffer.concat(received).subarray(PEER_HEADER_BYTES);
    expect([answer.toString("latin1", 0, 4), answer[4], answer[5]]).toEqual([
      "QKDP",
      0,
      PEER_PROTOCOL_VERSION,
    ]);
  });

  it("makes a new connection for a reason that is told, whichever site gives the present one up", async () => {
    const alice = await site("alice", { listen: "tls://127.0.0.1:0" });
    const bob = await site("bob", { connect: `tls://127.0.0.1:${alice.port}`, reconnectMaxMs: 300 });
    await Promise.all([up(alice), up(bob)]);
    for (const [index, channel] of [alice, bob].entries()) {
      const again = Promise.all(
        [alice, bob].map(({ state$ }) =>
          firstValueFrom(
            state$.pipe(
              filter(({ state, epoch }) => state === "up" && epoch === index + 2),
              timeout(8000),
            ),
          ),
        ),
      );
      const ended = failure(channel, "QKD_PEER_STALLED");
      channel.reconnect(new PeerError("QKD_PEER_STALLED", "silent"));
      await ended;
      await again;
    }
  });

  it("ends the connection of a peer that introduces itself a second time", async () => {
    const alice = await site("alice", { listen: "tls://127.0.0.1:0" });
    const bob = await site("bob", { connect: `tls://127.0.0.1:${alice.port}` });
    for (const message of [connectionHello, connectionProof]) {
      await Promise.all([up(alice), up(bob)]);
      const refused = failure(alice, "QKD_PEER_PROTOCOL");
      await bob.send(message.kind, [new Uint8Array(message === connectionProof ? 32 : 45)]);
      expect((await refused).error?.message).toBe("the peer introduced itself twice");
    }
  });

  it("comes back with a new epoch after the other site restarted", async () => {
    const alice = await site("alice", { listen: "tls://127.0.0.1:0" });
    const first = await site("bob", { connect: `tls://127.0.0.1:${alice.port}` });
    await Promise.all([up(alice), up(first)]);
    const down = firstValueFrom(
      alice.state$.pipe(
        filter((s) => s.state === "down"),
        timeout(8000),
      ),
    );
    await first.close();
    await down;
    const second = await site("bob", { connect: `tls://127.0.0.1:${alice.port}` });
    await up(second);
    expect((await up(alice)).epoch).toBe(2);
  });

  it.each([
    ["forward", 3_600_000],
    ["back", -3_600_000],
  ])("stays up when the clock jumps an hour %s", async (_, byMs) => {
    const alice = await site("alice", { listen: "tls://127.0.0.1:0", heartbeatMs: 50 });
    const wire = await tap(alice.port ?? 0);
    const bob = await site("bob", { connect: `tls://127.0.0.1:${wire.port}`, heartbeatMs: 50 });
    await Promise.all([up(alice), up(bob)]);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + byMs });
    await wire.beats(3);
    expect((await up(alice)).epoch).toBe(1);
    expect((await up(bob)).epoch).toBe(1);
  });
});
