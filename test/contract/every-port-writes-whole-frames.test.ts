import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "vitest";
import { openTransport, parseDeviceAddress } from "../../drivers/index.ts";
import { startEmulatedLink } from "../../emulator/index.ts";
import { EVENTS, eventNameOf } from "../../protocol/index.ts";
import { TestClient } from "./test-client.ts";

const FRAMES = 400;

async function clientOf(address: string): Promise<TestClient> {
  const transport = await openTransport(parseDeviceAddress(address));
  return new TestClient({
    write: (bytes) => void transport.write(bytes),
    onBytes: (listener) => void transport.bytes$.subscribe({ next: listener, error: () => {} }),
    close: () => void transport.close(),
    closed: new Promise(() => {}),
  });
}

describe("every port writes whole frames", () => {
  it.concurrent.for([
    ["a serial line", "serial:FOLDER/b.tty?baud=3000000"],
    ["TCP", "tcp://127.0.0.1:0"],
  ])(
    "on %s no reply or event cuts into another while requests keep coming",
    { timeout: 60_000 },
    async ([, bob = ""], { expect, onTestFinished }) => {
      const folder = mkdtempSync(join(tmpdir(), "qkdlink-whole-"));
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
      const link = await startEmulatedLink({
        clockHz: 1e7,
        soloAfterMs: 50,
        listen: { alice: ["tcp://127.0.0.1:0"], bob: [bob.replace("FOLDER", folder)] },
      });
      onTestFinished(() => link.stop());
      const client = await clientOf(link.addresses.bob.all[0] ?? "");
      const started = await client.call("startKeyExchange", { detectionsPerFrame: 256, creditFrames: 64 });
      const { sessionNumber } = started;
      let [asked, looked, next] = [0, 0, started.firstFrameId];
      const look = (): void => {
        for (; looked < client.frames.length; looked++) {
          const { kind, opcode, payload } = client.frames[looked]!;
          if (kind === "event" && eventNameOf(opcode) === "rawKeyQrx")
            next = EVENTS.rawKeyQrx.event.decode(payload).frameId + 1;
        }
      };
      const requests = async () => {
        while (next - started.firstFrameId < FRAMES) {
          look();
          const credit = { sessionNumber, acknowledgedThrough: next, creditLimit: next + 48 };
          await client.ask("credit", credit);
          await client.ask("getStatus", {});
          asked += 2;
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      };
      await Promise.all([requests(), requests(), requests(), requests()]);
      expect(asked).toBeGreaterThan(100);
      expect(client.garbageBytes).toBe(0);
    },
  );
});
