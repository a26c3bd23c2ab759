import { describe, expect, it } from "vitest";
import type { ConnectionHandler, PortConnection } from "../ports/port.ts";
import { FaultyWires } from "./faulty-wires.ts";
import type { WireFault } from "./wire-fault.ts";

/** A device that keeps what it hears and a client that keeps what it reads, with the wires between them. */
function wired(seed: number, faults: readonly WireFault[] = []) {
  const wires = new FaultyWires(seed);
  wires.set(faults);
  const [heard, read]: [number[], number[]] = [[], []];
  /** What the port below says once the bytes are out. */
  const unread: (() => void)[] = [];
  let device: PortConnection | undefined;
  const handler: ConnectionHandler = wires.wrap((connection) => {
    device = connection;
    return { bytes: (chunk) => heard.push(...chunk), drained: () => {}, closed: () => {} };
  })({
    name: "test",
    kind: "tcp",
    hangUpVisible: true,
    pendingBytes: 0,
    write: (bytes, finished) => {
      read.push(...bytes);
      if (finished !== undefined) unread.push(finished);
    },
    close: () => {},
  });
  return {
    wires,
    heard,
    read,
    unread,
    handler,
    toClient: (bytes: Uint8Array) => device?.write(bytes),
    device: () => device,
  };
}

const text = new Uint8Array(10_000);

describe("faulty wires", () => {
  it("pass everything unchanged and at once while they are whole", () => {
    const line = wired(1);
    line.handler.bytes(Uint8Array.of(1, 2, 3));
    line.toClient(Uint8Array.of(4, 5));
    expect([line.heard, line.read]).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
  });

  it("let bytes be changed when they are out, or at once where they go on as a copy", () => {
    const line = wired(1);
    let finished = 0;
    const bytes = Uint8Array.of(1, 2, 3);
    line.device()?.write(bytes, () => finished++);
    expect(finished).toBe(0);
    for (const out of line.unread.splice(0)) out();
    expect(finished).toBe(1);
    line.wires.set([{ type: "stall" }]);
    line.device()?.write(bytes, () => finished++);
    expect(finished).toBe(2);
    bytes.fill(9);
    line.wires.set([]);
    expect(line.read).toEqual([1, 2, 3, 1, 2, 3]);
    expect(finished).toBe(2);
  });

  it("flip single bits at the stated rate, the same ones for the same seed", () => {
    const flips = (seed: number) => {
      const line = wired(seed, [{ type: "bitFlips", perByte: 0.01 }]);
      line.toClient(text);
      return line.read;
    };
    const hit = flips(5).filter((byte) => byte !== 0);
    // 10,000 bytes at 1 %: mean 100, standard deviation 10; fixed seed.
    expect(hit.length).toBeGreaterThan(60);
    expect(hit.length).toBeLessThan(140);
    expect(hit.every((byte) => (byte & (byte - 1)) === 0)).toBe(true);
    expect(flips(5)).toEqual(flips(5));
    expect(flips(5)).not.toEqual(flips(6));
  });

  it("flip every byte or none at the ends of the range", () => {
    const all = wired(2, [{ type: "bitFlips", perByte: 1 }]);
    all.handler.bytes(text);
    expect(all.heard.every((byte) => byte !== 0)).toBe(true);
    const none = wired(2, [{ type: "bitFlips", perByte: 0 }]);
    none.handler.bytes(text);
    expect(none.heard.every((byte) => byte === 0)).toBe(true);
  });

  it("truncate and duplicate pieces, in the direction that is named", () => {
    const line = wired(3, [
      { type: "truncation", probability: 1, direction: "toDevice" },
      { type: "duplicates", probability: 1, direction: "toClient" },
    ]);
    line.handler.bytes(Uint8Array.of(1, 2, 3, 4));
    line.toClient(Uint8Array.of(7, 8));
    expect([line.heard, line.read]).toEqual([
      [1, 2],
      [7, 8, 7, 8],
    ]);
  });

  it("hold a stalled line's bytes back, count them as pending, and let them go in order", () => {
    const line = wired(4, [{ type: "stall" }]);
    line.toClient(Uint8Array.of(1, 2));
    line.toClient(Uint8Array.of(3));
    expect([line.read, line.device()?.pendingBytes]).toEqual([[], 3]);
    line.wires.set([]);
    expect([line.read, line.device()?.pendingBytes]).toEqual([[1, 2, 3], 0]);
  });

  it("swallow everything on a half-open connection", () => {
    const line = wired(5, [{ type: "halfOpen", direction: "toDevice" }]);
    line.handler.bytes(Uint8Array.of(1));
    line.toClient(Uint8Array.of(2));
    line.wires.set([]);
    line.handler.bytes(Uint8Array.of(3));
    expect([line.heard, line.read]).toEqual([[3], [2]]);
  });

  it("delay without changing the order, also when the delay ends meanwhile", async () => {
    const line = wired(6, [{ type: "delay", ms: 30 }]);
    line.toClient(Uint8Array.of(1));
    line.wires.set([]);
    line.toClient(Uint8Array.of(2));
    expect(line.read).toEqual([]);
    while (line.read.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(line.read).toEqual([1, 2]);
  });
});
