import { EventEmitter } from "node:events";
import type { Server, Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RawSockets, type RawSocketsOptions } from "./raw-sockets.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

let nextPort = 1;

/** A socket as far as its holder looks at it. */
class FakeSocket extends EventEmitter {
  readonly remotePort = nextPort++;
  readonly remoteAddress: string | undefined;
  destroyed = false;

  constructor(remoteAddress: string | undefined) {
    super();
    this.remoteAddress = remoteAddress;
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit("close");
  }
}

function listener(options: Partial<RawSocketsOptions> = {}) {
  const sockets = new RawSockets({
    limits: { connections: 6, connectionsPerAddress: 3 },
    admitMs: 1000,
    shareOfFiles: 1,
    ...options,
  });
  const server = new EventEmitter();
  sockets.watch(server as unknown as Server);
  const connect = (address: string | undefined) => {
    const socket = new FakeSocket(address);
    server.emit("connection", socket as unknown as Socket);
    return socket;
  };
  return {
    sockets,
    connect,
    many: (count: number, of: (index: number) => string) =>
      Array.from({ length: count }, (_, index) => connect(of(index))),
  };
}

const open = (sockets: readonly FakeSocket[]) => sockets.filter(({ destroyed }) => !destroyed).length;
const elsewhere = (index: number) => `10.0.0.${index + 1}`;

describe("the sockets of a listener", () => {
  it("are as many as its limit, and again so many once others are gone", () => {
    const { sockets, many } = listener();
    const first = many(8, elsewhere);
    expect([open(first), sockets.open]).toEqual([6, 6]);
    for (const socket of first) socket.destroy();
    expect(sockets.open).toBe(0);
    expect(open(many(8, elsewhere))).toBe(6);
  });

  it("of one address are fewer, by whatever name, and find places again when they left", () => {
    const { many, connect } = listener();
    const first = many(4, (index) => (index % 2 === 0 ? "10.0.0.1" : "::ffff:10.0.0.1"));
    expect(open(first)).toBe(3);
    expect(connect("10.0.0.2").destroyed).toBe(false);
    first[0]?.destroy();
    expect(connect("10.0.0.1").destroyed).toBe(false);
    expect(connect("10.0.0.1").destroyed).toBe(true);
  });

  it("of a familiar address find places although strangers hold all", () => {
    const { sockets, many, connect } = listener();
    sockets.keepPlacesOf({ remoteAddress: "10.9.9.9" });
    many(6, elsewhere);
    expect([connect("10.9.9.9").destroyed, connect("10.8.8.8").destroyed]).toEqual([false, true]);
  });

  it("end unless they are admitted in time", () => {
    const { sockets, connect } = listener();
    const [silent, welcome] = [connect("10.0.0.1"), connect("10.0.0.2")];
    sockets.admit(welcome);
    vi.advanceTimersByTime(999);
    expect(silent.destroyed).toBe(false);
    vi.advanceTimersByTime(1);
    expect([silent.destroyed, welcome.destroyed]).toEqual([true, false]);
    vi.advanceTimersByTime(1e6);
    expect(welcome.destroyed).toBe(false);
  });

  it("that wait end at a close, the others with all", () => {
    const { sockets, connect } = listener();
    const [waiting, welcome] = [connect("10.0.0.1"), connect("10.0.0.2")];
    sockets.admit(welcome);
    sockets.destroyWaiting();
    expect([waiting.destroyed, welcome.destroyed]).toEqual([true, false]);
    sockets.destroyAll();
    expect(welcome.destroyed).toBe(true);
  });

  it("that are gone already or break end without a place", () => {
    const { sockets, connect } = listener();
    expect(connect(undefined).destroyed).toBe(true);
    const broken = connect("10.0.0.1");
    broken.emit("error", new Error("reset"));
    expect([broken.destroyed, sockets.open]).toEqual([true, 0]);
  });

  it("leave files to the rest of the process", () => {
    const { many } = listener({ shareOfFiles: 1e-9 });
    expect(open(many(6, elsewhere))).toBe(4);
  });
});
