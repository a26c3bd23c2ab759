import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { PacedWriter } from "./paced-writer.ts";

/** A socket that lets bytes go when the test says so. */
function slowSocket() {
  const written: Uint8Array[] = [];
  const held: (() => void)[] = [];
  const socket = new Writable({
    highWaterMark: 1,
    write: (chunk: Uint8Array, _encoding, done) => {
      written.push(Uint8Array.from(chunk));
      held.push(done);
    },
    writev: (chunks, done) => {
      for (const { chunk } of chunks) written.push(Uint8Array.from(chunk as Uint8Array));
      held.push(done);
    },
  });
  const letGo = async (): Promise<void> => {
    held.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  const bytes = () => written.reduce((sum, { length }) => sum + length, 0);
  return { socket, written, letGo, bytes };
}

const MIB = 1 << 20;

describe("a paced writer", () => {
  it("gives the socket a mebibyte at most before some of it has left, and all in order", async () => {
    const { socket, written, letGo, bytes } = slowSocket();
    const writer = new PacedWriter(socket);
    const all = Uint8Array.from({ length: 5 * MIB + 7 }, (_, index) => index % 251);
    let done = false;
    void writer
      .write(all.subarray(0, 3 * MIB))
      .then(() => writer.write(all.subarray(3 * MIB)))
      .then(() => (done = true));
    let given = 0;
    let turns = 0;
    while (!done) {
      expect(bytes() - given).toBeLessThanOrEqual(MIB);
      given = bytes();
      await letGo();
      expect(turns++).toBeLessThan(200);
    }
    expect(turns).toBeGreaterThan(5);
    expect(Buffer.compare(Buffer.concat(written), all)).toBe(0);
  });

  it("tells when something has left", async () => {
    const { socket, letGo } = slowSocket();
    const writer = new PacedWriter(socket);
    const before = writer.movedMs;
    void writer.write(new Uint8Array(2 * MIB));
    while (performance.now() <= before) await new Promise((resolve) => setImmediate(resolve));
    expect(writer.movedMs).toBe(before);
    await letGo();
    expect(writer.movedMs).toBeGreaterThan(before);
  });

  it("keeps order with hundreds of messages behind each other", async () => {
    const { socket, written, letGo } = slowSocket();
    const writer = new PacedWriter(socket);
    const sent = Array.from({ length: 3000 }, (_, index) =>
      writer.write(Uint8Array.of(index & 255, index >> 8)),
    );
    const large = writer.write(new Uint8Array(2 * MIB));
    for (let turns = 0; turns < 60; turns++) await letGo();
    await Promise.all([...sent, large]);
    const order = Buffer.concat(written).subarray(0, 6000);
    for (let index = 0; index < 3000; index++) expect(order.readUInt16LE(2 * index)).toBe(index);
  });

  it("loses what waits when it ends", async () => {
    const { socket, bytes } = slowSocket();
    const writer = new PacedWriter(socket);
    const lost = writer.write(new Uint8Array(4 * MIB));
    writer.end();
    await expect(lost).rejects.toThrow("the connection ended");
    expect(bytes()).toBeLessThanOrEqual(MIB);
  });
});
