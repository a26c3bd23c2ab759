import { MessageChannel } from "node:worker_threads";
import { BehaviorSubject, filter, firstValueFrom, Subject } from "rxjs";
import { afterEach, describe, expect, it } from "vitest";
import { PeerError, type QkdError, TransportError } from "../../errors/index.ts";
import type { PeerEndpoint, PeerMessage, PeerState } from "./peer-channel.ts";
import { RemotePeerChannel } from "./remote-peer-channel.ts";
import { servePeerChannel } from "./serve-peer-channel.ts";

const open: RemotePeerChannel[] = [];
afterEach(async () => {
  for (const channel of open.splice(0)) await channel.close();
});

/** Messages between the threads keep their order: once one has come back, all before it have arrived. */
const settled = (remote: RemotePeerChannel) => remote.send(1, new Uint8Array());

function fixture(change: Partial<PeerEndpoint> = {}) {
  const messages = new Subject<PeerMessage>();
  const state = new BehaviorSubject<PeerState>({ state: "connecting", epoch: 0, error: null });
  const sent: string[] = [];
  const calls: string[] = [];
  const endpoint: PeerEndpoint = {
    messages$: messages,
    state$: state,
    port: 4711,
    begin: async () => void calls.push("begin"),
    send: async (kind, body) => {
      const parts = body instanceof Uint8Array ? [body] : body;
      sent.push(`${kind} ${Buffer.concat(parts).toString("hex")}`);
    },
    sendAll: async () => {},
    recycle: () => {},
    reconnect: (reason) => void calls.push(`reconnect ${reason.code}`),
    close: async () => void calls.push("close"),
    ...change,
  };
  const { port1, port2 } = new MessageChannel();
  const remote = new RemotePeerChannel(port1);
  open.push(remote);
  servePeerChannel(endpoint, port2, (kind) => kind < 10);
  return { remote, messages, state, sent, calls, port1, port2 };
}

describe("a peer channel in another thread", () => {
  it("carries messages of the wanted kinds and the state, in order", async () => {
    const { remote, messages, state } = fixture();
    const seen: string[] = [];
    remote.state$.subscribe((told) => seen.push(`${told.state} ${told.epoch}`));
    remote.messages$.subscribe(({ kind, body }) => seen.push(`${kind} ${Buffer.from(body).toString("hex")}`));
    state.next({ state: "up", epoch: 1, error: null });
    messages.next({ kind: 1, body: Uint8Array.of(1, 2) });
    messages.next({ kind: 12, body: Uint8Array.of(9) });
    messages.next({ kind: 2, body: new Uint8Array(8).fill(7).subarray(2, 4) });
    const error = new PeerError("QKD_PEER_UNREACHABLE", "gone", { retryable: true });
    state.next({ state: "down", epoch: 1, error });
    await settled(remote);
    expect(seen).toEqual(["connecting 0", "connecting 0", "up 1", "1 0102", "2 0707", "down 1"]);
  });

  it("sends in order, in one piece each, and tells the port once begun", async () => {
    const { remote, sent, calls } = fixture();
    expect(remote.port).toBeNull();
    await remote.begin();
    expect([calls, remote.port]).toEqual([["begin"], 4711]);
    await Promise.all([
      remote.send(1, Uint8Array.of(1)),
      remote.send(2, [Uint8Array.of(2), new Uint8Array(4).fill(3).subarray(1, 2)]),
      remote.sendAll([
        { kind: 3, parts: [] },
        { kind: 4, parts: [Uint8Array.of(4)] },
      ]),
    ]);
    expect(sent).toEqual(["1 01", "2 0203", "3 ", "4 04"]);
  });

  it("makes the connection anew for a reason", async () => {
    const { remote, calls } = fixture();
    remote.reconnect(new PeerError("QKD_PEER_STALLED", "silent"));
    await settled(remote);
    expect(calls).toEqual(["reconnect QKD_PEER_STALLED"]);
  });

  it("rejects with the error of the other thread, of the same class", async () => {
    const refused = new TransportError("QKD_TRANSPORT_OPEN", "cannot listen", {
      remedy: "choose a free port",
    });
    const down = new PeerError("QKD_PEER_UNREACHABLE", "down", { retryable: true });
    const { remote } = fixture({
      begin: () => Promise.reject(refused),
      send: () => Promise.reject(down),
    });
    const failure = await remote.begin().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TransportError);
    expect(failure).toMatchObject({ code: "QKD_TRANSPORT_OPEN", remedy: "choose a free port" });
    await expect(remote.send(1, new Uint8Array())).rejects.toMatchObject({
      code: "QKD_PEER_UNREACHABLE",
      retryable: true,
    });
  });

  it("is down for good, and rejects what waits, when the other thread ends", async () => {
    const { remote, port2, state } = fixture({ send: () => new Promise(() => {}) });
    state.next({ state: "up", epoch: 1, error: null });
    await firstValueFrom(remote.state$.pipe(filter((told) => told.state === "up")));
    const states: string[] = [];
    let completed = false;
    remote.state$.subscribe({ next: ({ state }) => states.push(state), complete: () => (completed = true) });
    const waiting = remote.send(1, new Uint8Array());
    port2.close();
    await expect(waiting).rejects.toMatchObject({ code: "QKD_PEER_UNREACHABLE" });
    expect([states, completed]).toEqual([["up", "down"], true]);
    await expect(remote.send(1, new Uint8Array())).rejects.toMatchObject({ code: "QKD_PEER_UNREACHABLE" });
  });

  it("closes the channel there once, however often it is closed here", async () => {
    const { remote, calls } = fixture();
    await Promise.all([remote.close(), remote.close()]);
    await remote.close();
    expect(calls).toEqual(["close"]);
    await expect(remote.begin()).rejects.toMatchObject({ code: "QKD_PEER_UNREACHABLE" });
  });

  it("cuts a peer off that floods a thread which is busy, keeps a bounded part, and goes on afterwards", async () => {
    const refused: QkdError[] = [];
    const { remote, messages } = fixture({ reconnect: (error) => void refused.push(error) });
    let heard = 0;
    remote.messages$.subscribe(() => {
      heard += 1;
    });
    const body = new Uint8Array(1 << 16);
    for (let i = 0; i < 2000; i++) messages.next({ kind: 8, body });
    expect(refused[0]).toMatchObject({
      code: "QKD_PEER_PROTOCOL",
      message: "the peer sends faster than this site can take it",
      context: { message: "agreement.open" },
    });
    await expect.poll(() => heard).toBe(2000 - refused.length);
    expect(heard * body.length).toBeLessThanOrEqual(1 << 25);
    messages.next({ kind: 8, body });
    await expect.poll(() => heard).toBe(2001 - refused.length);
  });
});
