import { createHash, randomBytes } from "node:crypto";
import { filter, firstValueFrom, take, timeout, toArray } from "rxjs";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { DevelopmentAuthority } from "../../cli/index.ts";
import { openPeerChannel, type TlsPeerChannel, type TlsPeerOptions } from "../../controller/index.ts";
import { SecretBytes } from "../../protocol/index.ts";

const secretBytes = randomBytes(64);
const opened: TlsPeerChannel[] = [];
let authority: DevelopmentAuthority;

beforeAll(async () => {
  authority = await DevelopmentAuthority.create();
});
afterEach(async () => {
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

describe("the peer channel", () => {
  it("carries messages of every size in order, both ways", async () => {
    const alice = await site("alice", { listen: "tls://127.0.0.1:0" });
    const bob = await site("bob", { connect: `tls://127.0.0.1:${alice.port}` });
    await Promise.all([up(alice), up(bob)]);
    const sizes = [0, 1, 7, 65536, 5_000_001, 3];
    const bodies = sizes.map((size) => randomBytes(size));
    for (const [sender, receiver] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      const received = firstValueFrom(receiver.messages$.pipe(take(sizes.length), toArray(), timeout(8000)));
      for (const [index, body] of bodies.entries())
        await sender.send(0x20 + index, [
          body.subarray(0, body.length >> 1),
          body.subarray(body.length >> 1),
        ]);
      const digests = (await received).map((m) => [
        m.kind,
        createHash("sha256").update(m.body).digest("hex"),
      ]);
      expect(digests).toEqual(bodies.map((b, i) => [0x20 + i, createHash("sha256").update(b).digest("hex")]));
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
      const messages = [1000, 200_000, 0, 4096, 9000 * step].map((bytes, index) => {
        const part = scratch.subarray(index, index + Math.min(bytes, 290_000));
        return { kind: 0x20 + index, parts: [part.subarray(0, 10), part.subarray(10)] };
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
      .subscribe(() => void alice.send(0x30, Buffer.from("first")));
    const bob = await site("bob", { connect: `tls://127.0.0.1:${alice.port}` });
    const message = await firstValueFrom(bob.messages$.pipe(timeout(8000)));
    expect([message.kind, Buffer.from(message.body).toString()]).toEqual([0x30, "first"]);
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
    await expect(bob.send(0x20, new Uint8Array(1))).rejects.toMatchObject({ code: "QKD_PEER_UNREACHABLE" });
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
});
