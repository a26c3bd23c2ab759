import { afterAll, expect, it } from "vitest";
import { type EmulatedLink, startEmulatedLink } from "../../emulator/index.ts";
import { TestClient } from "../contract/test-client.ts";

let link: EmulatedLink | undefined;
afterAll(() => link?.stop());

it("time that is moved by hand goes on where no client grants credit, and key comes again with credit", async () => {
  link = await startEmulatedLink({
    clockHz: 1e7,
    lossDb: 5,
    speed: "manual",
    listen: { alice: ["tcp://127.0.0.1:0"], bob: ["tcp://127.0.0.1:0"] },
  });
  const { alice, bob } = link.addresses;
  const clients = [await TestClient.tcp(alice.tcp), await TestClient.tcp(bob.tcp)];
  try {
    const sessions: number[] = [];
    for (const client of clients) {
      const started = await client.call("startKeyExchange", { detectionsPerFrame: 1000, creditFrames: 2 });
      sessions.push(started.sessionNumber);
    }
    const frames = () => clients[1]!.events("rawKeyQrx").length;
    await link.advance(5000);
    await clients[1]!.call("ping", { token: 1n });
    expect(frames()).toBe(2);
    // Time passes without key, and at once: nobody is waited for a second time.
    await link.advance(60_000);
    const { uptimeMs } = await clients[1]!.call("getStatus", {});
    expect(Number(uptimeMs)).toBeGreaterThanOrEqual(65_000);
    const { frameId } = clients[1]!.events("rawKeyQrx").at(-1)!;
    for (const [index, client] of clients.entries())
      await client.call("credit", {
        sessionNumber: sessions[index]!,
        acknowledgedThrough: frameId + 1,
        creditLimit: frameId + 4,
      });
    await link.advance(5000);
    await clients[1]!.call("ping", { token: 2n });
    expect(frames()).toBe(5);
  } finally {
    for (const client of clients) client.close();
  }
});
