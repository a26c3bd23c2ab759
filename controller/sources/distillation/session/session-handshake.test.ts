import { describe, expect, it } from "vitest";
import { distillationHello, type PeerValueOf } from "../../../../protocol/index.ts";
import { SessionHandshake } from "./session-handshake.ts";

type HelloMessage = PeerValueOf<typeof distillationHello>;

const nonce = (n: number): Uint8Array => new Uint8Array(16).fill(n);
const digest = new Uint8Array(32).fill(7);
const wired = (hello: HelloMessage): HelloMessage =>
  distillationHello.decode(new Uint8Array(Buffer.concat(distillationHello.encode(hello))));

class Side {
  readonly handshake: SessionHandshake;
  readonly next: number;
  most = 2 ** 40;
  outbox: HelloMessage[] = [];
  established = 0;
  resets = 0;

  constructor(role: "alice" | "bob", next: number, settings = digest) {
    this.handshake = new SessionHandshake(role, settings);
    this.next = next;
  }

  begin(n: number): void {
    this.handshake.begin(nonce(n), this.next);
    this.outbox.push(this.handshake.hello([]));
  }

  hear(hello: HelloMessage): void {
    const effect = this.handshake.receive(wired(hello), this.next, this.most);
    if (effect.answer) this.outbox.push(this.handshake.hello([]));
    if (effect.established) this.established += 1;
    if (effect.reset) this.resets += 1;
    if (effect.confused) this.begin(99);
  }
}

/** Delivers one hello at a time, the first side first if `aliceFirst`. */
function exchange(alice: Side, bob: Side, aliceFirst = true): void {
  for (let turn = 0; turn < 20 && alice.outbox.length + bob.outbox.length > 0; turn++) {
    const [from, to] = aliceFirst === (turn % 2 === 0) ? [alice, bob] : [bob, alice];
    const hello = from.outbox.shift();
    if (hello !== undefined) to.hear(hello);
  }
  expect(alice.outbox.length + bob.outbox.length).toBe(0);
}

describe("the session handshake", () => {
  it("agrees on one session and the larger sequence when both begin at once, in any order", () => {
    for (const order of [true, false]) {
      const [alice, bob] = [new Side("alice", 5), new Side("bob", 9)];
      alice.begin(1);
      bob.begin(2);
      exchange(alice, bob, order);
      expect([alice.handshake.established, bob.handshake.established]).toEqual([true, true]);
      expect([alice.established, bob.established]).toEqual([1, 1]);
      expect(alice.handshake.sessionId).toEqual(bob.handshake.sessionId);
      expect([alice.handshake.firstSequence, bob.handshake.firstSequence]).toEqual([9, 9]);
    }
  });

  it("follows a side that begins anew", () => {
    const [alice, bob] = [new Side("alice", 1), new Side("bob", 1)];
    alice.begin(1);
    bob.begin(2);
    exchange(alice, bob);
    const before = alice.handshake.sessionId;
    bob.begin(3);
    exchange(alice, bob, false);
    expect(alice.resets).toBe(1);
    expect([alice.handshake.established, bob.handshake.established]).toEqual([true, true]);
    expect(alice.handshake.sessionId).toEqual(bob.handshake.sessionId);
    expect(alice.handshake.sessionId).not.toEqual(before);
  });

  it("recovers from a replayed hello of an old session", () => {
    const [alice, bob] = [new Side("alice", 1), new Side("bob", 1)];
    bob.begin(8);
    const old = bob.outbox.splice(0)[0]!;
    alice.begin(1);
    bob.begin(2);
    exchange(alice, bob);
    alice.hear(old);
    expect(alice.handshake.established).toBe(false);
    exchange(alice, bob);
    expect([alice.handshake.established, bob.handshake.established]).toEqual([true, true]);
    expect(alice.handshake.sessionId).toEqual(bob.handshake.sessionId);
  });

  it("refuses another settings digest and a second site of the same role", () => {
    const alice = new Side("alice", 1);
    alice.begin(1);
    const stranger = new Side("bob", 1, new Uint8Array(32));
    stranger.begin(2);
    expect(() => alice.hear(stranger.outbox[0]!)).toThrow("different distillation settings");
    const twin = new Side("alice", 1);
    twin.begin(3);
    expect(() => alice.hear(twin.outbox[0]!)).toThrow("both sites want to be alice");
  });

  it("refuses a block number that no store can hold", () => {
    const alice = new Side("alice", 1);
    alice.begin(1);
    const bob = new Side("bob", 2 ** 32);
    bob.begin(2);
    expect(() => alice.hear(bob.outbox[0]!)).toThrow(expect.objectContaining({ code: "QKD_PEER_LIED" }));
  });

  it("refuses a block number beyond what this site accepts, and none up to it", () => {
    for (const [next, lied] of [
      [100, false],
      [101, true],
    ] as const) {
      const [alice, bob] = [new Side("alice", 1), new Side("bob", next)];
      alice.most = 100;
      alice.begin(1);
      bob.begin(2);
      const hear = () => alice.hear(bob.outbox[0]!);
      if (lied) expect(hear).toThrow(expect.objectContaining({ code: "QKD_PEER_LIED" }));
      else expect(hear).not.toThrow();
    }
  });

  it("stays silent while it has not begun", () => {
    const [alice, bob] = [new Side("alice", 1), new Side("bob", 1)];
    bob.begin(2);
    alice.hear(bob.outbox[0]!);
    expect(alice.outbox).toEqual([]);
    expect(alice.handshake.established).toBe(false);
  });
});
