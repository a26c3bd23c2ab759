import { afterEach, describe, expect, it } from "vitest";
import type { Transport } from "../../drivers/index.ts";

/** The device's end of a line under test, as raw as the line allows. */
export interface FarEnd {
  /** Everything received so far is in `received`; resolves when at least `count` bytes arrived. */
  waitFor(count: number): Promise<void>;
  readonly received: () => Uint8Array;
  /** Resolves when the line took the bytes. */
  send(bytes: Uint8Array): Promise<void>;
  /** Set where the line takes nothing before the transport reads. */
  readonly waitsForReader?: true;
  /** Orderly end by the device. */
  hangUp(): Promise<void>;
  /** The cable is pulled: no goodbye. */
  unplug(): Promise<void>;
  /** Resolves when this end has noticed that the driver closed. Absent where a line cannot tell. */
  readonly noticedClose?: () => Promise<void>;
}

/** A line between a transport under test and its far end, fresh for each test. */
export interface Line {
  readonly transport: Transport;
  readonly far: FarEnd;
  dispose(): Promise<void>;
}

/** What a transport factory must keep, whatever carries the bytes. */
export function transportContract(
  name: string,
  makeLine: () => Promise<Line>,
  options: { readonly integrityBytes?: number } = {},
): void {
  const integrityBytes = options.integrityBytes ?? 1_048_576;
  describe(`a ${name} transport`, () => {
    const lines: Line[] = [];
    const line = async () => {
      const made = await makeLine();
      lines.push(made);
      return made;
    };
    afterEach(async () => {
      for (const made of lines.splice(0)) {
        await made.transport.close();
        await made.dispose();
      }
    });

    it("carries every byte value both ways unchanged, in order", async () => {
      const { transport, far } = await line();
      const reader = read(transport);
      const pattern = noise(integrityBytes, 1);
      const sending = far.send(pattern);
      await reader.waitFor(pattern.length);
      await sending;
      expect(Buffer.compare(reader.received(), pattern)).toBe(0);

      const back = noise(Math.min(integrityBytes, 65_536), 2);
      await transport.write(back);
      await far.waitFor(back.length);
      expect(Buffer.compare(far.received(), back)).toBe(0);
    });

    it("keeps order over many writes that nobody awaited one by one", async () => {
      const { transport, far } = await line();
      read(transport);
      const pattern = noise(4_000, 3);
      const writes: Promise<void>[] = [];
      for (let start = 0; start < pattern.length; start += 100)
        writes.push(transport.write(pattern.subarray(start, start + 100)));
      await Promise.all(writes);
      await far.waitFor(pattern.length);
      expect(Buffer.compare(far.received(), pattern)).toBe(0);
    });

    it("loses nothing that arrives before the reader subscribes", async () => {
      const { transport, far } = await line();
      const sending = far.send(Uint8Array.of(1, 2, 3));
      if (far.waitsForReader !== true) await sending;
      // What the line took is with the transport after a turn of the loop, if it reads already.
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
      const reader = read(transport);
      await reader.waitFor(3);
      await sending;
      expect([...reader.received()]).toEqual([1, 2, 3]);
    });

    it("completes its bytes on close, idempotently, and the far end can notice", async () => {
      const { transport, far } = await line();
      const reader = read(transport);
      await Promise.all([transport.close(), transport.close()]);
      await transport.close();
      expect(await reader.ended).toBeUndefined();
      await far.noticedClose?.();
    });

    it("refuses writes after close", async () => {
      const { transport } = await line();
      read(transport);
      await transport.close();
      await expect(transport.write(Uint8Array.of(1))).rejects.toMatchObject({
        code: "QKD_TRANSPORT_CLOSED",
        retryable: true,
      });
    });

    it("delivers what came before the device hung up, then fails with QKD_TRANSPORT_CLOSED", async () => {
      const { transport, far } = await line();
      const reader = read(transport);
      await far.send(Uint8Array.of(7, 8, 9));
      await far.hangUp();
      expect(await reader.ended).toMatchObject({ code: "QKD_TRANSPORT_CLOSED", retryable: true });
      expect([...reader.received()]).toEqual([7, 8, 9]);
      await expect(transport.write(Uint8Array.of(1))).rejects.toMatchObject({ name: "TransportError" });
    });

    it("fails when the line is unplugged, and still closes", async () => {
      const { transport, far } = await line();
      const reader = read(transport);
      await far.unplug();
      // A dead line may only show itself to somebody who writes: the heartbeat does.
      const heartbeat = setInterval(() => transport.write(Uint8Array.of(0)).catch(() => {}), 20);
      const error = await reader.ended;
      clearInterval(heartbeat);
      expect(error).toMatchObject({ name: "TransportError", retryable: true });
      await transport.close();
    });

    it("serves one reader alone", async () => {
      const { transport } = await line();
      read(transport);
      expect(await read(transport).ended).toMatchObject({ code: "QKD_TRANSPORT_CLOSED" });
    });
  });
}

/** Collects what a transport receives, copying each chunk during its emission. */
function read(transport: Transport) {
  const chunks: Buffer[] = [];
  let length = 0;
  const waiting: { count: number; done: () => void }[] = [];
  const ended = new Promise<unknown>((resolve) => {
    transport.bytes$.subscribe({
      next(chunk) {
        chunks.push(Buffer.from(chunk));
        length += chunk.length;
        for (const { count, done } of waiting) if (length >= count) done();
      },
      error: resolve,
      complete: () => resolve(undefined),
    });
  });
  return {
    ended,
    received: () => Buffer.concat(chunks),
    waitFor: (count: number) =>
      new Promise<void>((done) => {
        if (length >= count) done();
        else waiting.push({ count, done });
      }),
  };
}

/** Deterministic bytes (xorshift32). */
export function noise(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed * 0x9e3779b9;
  for (let index = 0; index < length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[index] = state & 0xff;
  }
  return bytes;
}
