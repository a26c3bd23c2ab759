import { Subject } from "rxjs";
import { describe, expect, it } from "vitest";
import { GatedChannel } from "./gated-channel.ts";
import type { BulkPeerChannel, PeerMessage, PeerState } from "./peer-channel.ts";

function fixture() {
  const messages = new Subject<PeerMessage>();
  const state = new Subject<PeerState>();
  const inner: BulkPeerChannel = {
    messages$: messages,
    state$: state,
    send: async () => {},
    sendAll: async () => {},
    recycle: () => {},
    reconnect: () => {},
    close: async () => {},
  };
  const gate = new GatedChannel(inner, (kind) => kind < 10);
  const kinds: number[] = [];
  const states: string[] = [];
  gate.messages$.subscribe(({ kind }) => kinds.push(kind));
  gate.state$.subscribe((told) => states.push(`${told.state} ${told.epoch}`));
  const arrive = (kind: number) => messages.next({ kind, body: new Uint8Array() });
  const become = (name: PeerState["state"], epoch: number) => state.next({ state: name, epoch, error: null });
  return { gate, kinds, states, messages, arrive, become };
}

describe("gated channel", () => {
  it("holds messages in order until it is opened and lets no other kinds through", () => {
    const { gate, kinds, states, arrive, become } = fixture();
    become("up", 1);
    for (const kind of [1, 12, 2]) arrive(kind);
    expect(kinds).toEqual([]);
    gate.open(1);
    for (const kind of [13, 3]) arrive(kind);
    expect(kinds).toEqual([1, 2, 3]);
    expect(states).toEqual(["connecting 0", "up 1"]);
  });

  it("drops what was held when the connection ends", () => {
    const { gate, kinds, arrive, become } = fixture();
    become("up", 1);
    arrive(1);
    become("down", 1);
    become("up", 2);
    arrive(2);
    gate.open(2);
    expect(kinds).toEqual([2]);
  });

  it("is not opened for a connection that is gone", () => {
    const { gate, kinds, states, arrive, become } = fixture();
    become("up", 1);
    become("down", 1);
    gate.open(1);
    become("up", 2);
    gate.open(1);
    arrive(5);
    expect(kinds).toEqual([]);
    expect(states).toEqual(["connecting 0", "down 1"]);
    gate.open(2);
    expect(kinds).toEqual([5]);
  });

  it("holds no more than a correct peer would send", () => {
    const { gate, kinds, arrive, become } = fixture();
    become("up", 1);
    for (let i = 0; i < 5000; i++) arrive(1);
    gate.open(1);
    expect(kinds).toHaveLength(4096);
  });

  it("counts the bytes of what it holds, the buffers that they lie in included, and begins anew after a loss", () => {
    const { gate, kinds, messages, become } = fixture();
    become("up", 1);
    for (let i = 0; i < 20; i++) messages.next({ kind: 1, body: new Uint8Array(100_000).subarray(0, 10) });
    messages.next({ kind: 2, body: new Uint8Array(20_000) });
    become("down", 1);
    become("up", 2);
    for (let i = 0; i < 20; i++) messages.next({ kind: 3, body: new Uint8Array(100_000).subarray(0, 10) });
    messages.next({ kind: 4, body: new Uint8Array(20_000) });
    gate.open(2);
    expect(kinds).toEqual([...Array(10).fill(3), 4]);
  });
});
