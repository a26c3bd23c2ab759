import { connect, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import type { PortConnection } from "./port.ts";
import { listenTcp } from "./tcp-port.ts";

const SIZE = 8 << 20;

async function connected(): Promise<{ readonly device: PortConnection; readonly client: Socket }> {
  let accepted = (_: PortConnection): void => {};
  const arrived = new Promise<PortConnection>((resolve) => {
    accepted = resolve;
  });
  const port = await listenTcp({ host: "127.0.0.1", port: 0 }, (connection) => {
    accepted(connection);
    return { bytes: () => {}, drained: () => {}, closed: () => {} };
  });
  onTestFinished(() => port.close());
  const client = connect(Number(new URL(port.address).port), "127.0.0.1");
  client.on("error", () => {});
  return { device: await arrived, client };
}

describe("a TCP port", () => {
  it("has memory of frames used again as soon as it says so, without harm to what the client reads", async () => {
    const { device, client } = await connected();
    const seen: number[] = [];
    const all = new Promise<void>((resolve) => {
      let total = 0;
      client.on("data", (chunk) => {
        for (const byte of chunk) seen[byte] = (seen[byte] ?? 0) + 1;
        total += chunk.length;
        if (total === 8 * SIZE) resolve();
      });
    });
    const shared = new Uint8Array(new SharedArrayBuffer(SIZE));
    for (let round = 0; round < 8; round++) {
      client.pause();
      shared.fill(round);
      await new Promise<void>((resolve) => {
        device.write(shared, resolve);
        // Only later does the client begin to read: the bytes cannot all have left at once.
        setImmediate(() => client.resume());
      });
    }
    await all;
    expect(seen).toEqual(Array(8).fill(SIZE));
  });

  it("says so as well when the bytes are lost", async () => {
    const { device, client } = await connected();
    client.pause();
    // More than the system takes from a client that does not read.
    const told: string[] = [];
    const written = (name: string, bytes: number) =>
      new Promise<void>((resolve) =>
        device.write(new Uint8Array(bytes), () => {
          told.push(name);
          resolve();
        }),
      );
    const lost = written("lost", 4 * SIZE);
    expect(told).toEqual([]);
    client.destroy();
    await lost;
    await written("late", 1);
    expect(told).toEqual(["lost", "late"]);
  });
});
