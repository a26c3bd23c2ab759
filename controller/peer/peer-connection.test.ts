import { EventEmitter } from "node:events";
import type { TLSSocket } from "node:tls";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PeerError } from "../../errors/index.ts";
import {
  agreementAbsent,
  agreementGoneHeard,
  connectionHeartbeat,
  connectionHello,
  distillationAgree,
  distillationOffer,
  encodePeerHeader,
  type PeerMessage as Message,
  SecretBytes,
} from "../../protocol/index.ts";
import type { PairEnd } from "../pool/proposer.ts";
import { PeerConnection } from "./peer-connection.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** One end of a connection in memory, as far as a peer connection looks at it. */
class End extends EventEmitter {
  other: End | undefined;
  destroyed = false;
  setNoDelay(): void {}
  exportKeyingMaterial(): Buffer {
    return Buffer.alloc(32, 3);
  }
  write(bytes: Uint8Array, written: () => void): void {
    const copy = Uint8Array.from(bytes);
    queueMicrotask(() => {
      this.other?.emit("data", copy);
      written();
    });
  }
  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    queueMicrotask(() => {
      this.emit("close");
      this.other?.emit("close");
    });
  }
}

const MS = 100;

function ends() {
  const [a, b] = [new End(), new End()];
  a.other = b;
  b.other = a;
  const connection = (end: End) => new PeerConnection(end as unknown as TLSSocket, MS);
  return { a, b, alice: connection(a), connect: () => connection(b) };
}

const secret = () => new SecretBytes(new Uint8Array(64).fill(1));
const hello = (connection: PeerConnection, site: "alice" | "bob", end?: PairEnd) =>
  connection.hello({ site, linkId: "link", ...(end === undefined ? {} : { end }) }, secret());
const message = <T>({ kind, encode }: Message<T>, value: T) => {
  const body = Buffer.concat(encode(value));
  return Buffer.concat([encodePeerHeader({ kind, bodyBytes: body.length }), body]);
};

/** Both ends are introduced; what each tells its owner is gathered. */
async function introduced() {
  const { a, b, alice, connect } = ends();
  const bob = connect();
  await Promise.all([hello(alice, "alice"), hello(bob, "bob")]);
  const heard: number[] = [];
  const failures: PeerError[] = [];
  return { a, b, alice, bob, heard, failures };
}

describe("a connection to the peer", () => {
  it("is given up when no introduction comes in five seconds", async () => {
    const { alice } = ends();
    const refused = expect(hello(alice, "alice")).rejects.toMatchObject({
      code: "QKD_PEER_PROTOCOL",
      message: "the peer sent no hello in time",
    });
    let over = false;
    void refused.then(() => {
      over = true;
    });
    await vi.advanceTimersByTimeAsync(4999);
    expect(over).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await refused;
  });

  it("reads nothing but introductions before they are done", async () => {
    const { alice, b } = ends();
    const refused = expect(hello(alice, "alice")).rejects.toMatchObject({
      message: "the peer did not begin with a hello",
    });
    b.write(message(agreementGoneHeard, { notices: [] }), () => {});
    await refused;
  });

  it("holds what comes behind the proof until it is released, in order", async () => {
    const { alice, bob, heard, failures } = await introduced();
    const offer = (sequence: number) =>
      bob.send(distillationOffer.kind, distillationOffer.encode({ sequence, offset: 0 }));
    await offer(1);
    alice.run(
      ({ kind, body }) =>
        heard.push(kind === distillationOffer.kind ? distillationOffer.decode(body).sequence : -1),
      (error) => failures.push(error),
    );
    await offer(2);
    expect(heard).toEqual([]);
    alice.release();
    await offer(3);
    expect([heard, failures]).toEqual([[1, 2, 3], []]);
  });

  it("hears the proposer's words from whoever proposes, and those of a device's site from that site", async () => {
    const { alice, connect } = ends();
    const bob = connect();
    await Promise.all([hello(alice, "alice", "acceptor"), hello(bob, "bob", "proposer")]);
    const heard: number[] = [];
    const failures: PeerError[] = [];
    for (const connection of [alice, bob]) {
      connection.run(
        ({ kind }) => heard.push(kind),
        (error) => failures.push(error),
      );
      connection.release();
    }
    await bob.send(agreementAbsent.kind, [new Uint8Array(16)]);
    await alice.send(distillationAgree.kind, [new Uint8Array(8)]);
    await vi.advanceTimersByTimeAsync(0);
    expect([heard, failures]).toEqual([[agreementAbsent.kind, distillationAgree.kind], []]);
    await alice.send(agreementAbsent.kind, [new Uint8Array(16)]);
    await vi.advanceTimersByTimeAsync(0);
    expect(failures[0]?.message).toContain("a agreement.absent message, which only alice may send");
  });

  it("ends when the peer introduces itself again", async () => {
    const { alice, b, failures } = await introduced();
    alice.run(
      () => {},
      (error) => failures.push(error),
    );
    b.write(encodePeerHeader({ kind: connectionHello.kind, bodyBytes: 10 }), () => {});
    await vi.advanceTimersByTimeAsync(0);
    expect(failures.map((error) => error.message)).toEqual(["the peer introduced itself twice"]);
  });

  it("ends after a silence of four heartbeats, and stands while the peer beats", async () => {
    const { alice, b, failures } = await introduced();
    alice.run(
      () => {},
      (error) => failures.push(error),
    );
    for (let beat = 0; beat < 10; beat++) {
      await vi.advanceTimersByTimeAsync(3 * MS);
      b.write(message(connectionHeartbeat, {} as never), () => {});
    }
    expect(failures).toEqual([]);
    await vi.advanceTimersByTimeAsync(4 * MS);
    expect(failures).toEqual([]);
    await vi.advanceTimersByTimeAsync(2 * MS);
    expect(failures.map(({ code, message: text }) => [code, text])).toEqual([
      ["QKD_PEER_UNREACHABLE", "the peer fell silent"],
    ]);
  });

  it("ends at the heartbeat at which the peer's certificate is not right any more", async () => {
    const { alice, a, b, failures } = await introduced();
    const fault = { current: null as PeerError | null };
    alice.run(
      () => {},
      (error) => failures.push(error),
      () => fault.current,
    );
    b.write(message(connectionHeartbeat, {} as never), () => {});
    await vi.advanceTimersByTimeAsync(MS);
    fault.current = { code: "QKD_PEER_CERTIFICATE" } as PeerError;
    expect(failures).toEqual([]);
    await vi.advanceTimersByTimeAsync(MS);
    expect([failures, a.destroyed]).toEqual([[fault.current], true]);
  });
});
