import { connect, createServer, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type OpenedTransceiver, openTransceiver, type RawKeyFrame } from "../../drivers/index.ts";
import { type EmulatedLink, startEmulatedLink } from "../../emulator/index.ts";

let link: EmulatedLink;
beforeAll(async () => {
  link = await startEmulatedLink({ clockHz: 1e8, lossDb: 10, seed: 5 });
});
afterAll(() => link.stop());

const opened: OpenedTransceiver[] = [];
afterEach(async () => {
  for (const transceiver of opened.splice(0)) {
    await transceiver.stop().catch(() => {});
    await transceiver.close();
  }
});

/** Opens one end and collects its frames, acknowledging each. */
async function openEnd(address: string, role: "qtx" | "qrx", telemetry?: string) {
  const transceiver = await openTransceiver(address, {
    role,
    reconnect: { initialMs: 20, maxMs: 100, factor: 2, jitter: 0 },
    ...(telemetry === undefined ? {} : { telemetry, telemetryOptions: { intervalMs: 50 } }),
  });
  opened.push(transceiver);
  const frames = new Map<number, RawKeyFrame>();
  transceiver.rawKeys$.subscribe((frame) => {
    frames.set(frame.frameId, frame);
    transceiver.acknowledge(frame.frameId);
  });
  return { transceiver, frames };
}

/** Waits for frames that both ends have, of a session at least `session` at Bob. */
async function pairs(
  alice: ReadonlyMap<number, RawKeyFrame>,
  bob: ReadonlyMap<number, RawKeyFrame>,
  count: number,
  session = 0,
) {
  for (;;) {
    const ids = [...bob.keys()].filter((id) => alice.has(id) && bob.get(id)!.sessionNumber >= session);
    if (ids.length >= count) return ids.map((id) => [alice.get(id)!, bob.get(id)!] as const);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function expectMatching(found: Awaited<ReturnType<typeof pairs>>): void {
  for (const [a, b] of found) {
    expect(Buffer.compare(a.gateDigest, b.gateDigest)).toBe(0);
    expect([a.firstGate, a.gateCount, a.detections]).toEqual([b.firstGate, b.gateCount, b.detections]);
    expect(a.planes.length).toBe(4 * a.planeBytes);
    expect(b.planes.length).toBe(2 * b.planeBytes);
  }
}

describe("a key exchange with an emulated pair", () => {
  it.each([
    ["TCP, telemetry over Modbus TCP", "tcp", "modbusTcp"],
    ["serial lines, telemetry over Modbus RTU", "serial", "modbusRtu"],
  ] as const)("gives both ends the same gates over %s", async (_name, port, plane) => {
    const { addresses } = link;
    const alice = await openEnd(addresses.alice[port]!, "qtx");
    const bob = await openEnd(addresses.bob[port]!, "qrx", addresses.bob[plane]);
    const health = new Promise<readonly string[]>((resolve) =>
      bob.transceiver.health$.subscribe(({ state, quantities }) => {
        const sources = new Set(quantities.map(({ source }) => source));
        if (state === "online" && sources.size === 2) resolve([...sources].sort());
      }),
    );
    const size = { detectionsPerFrame: 20_000 };
    await Promise.all([alice.transceiver.start(size), bob.transceiver.start(size)]);
    expectMatching(await pairs(alice.frames, bob.frames, 5));
    expect(await health).toEqual(["modbus", "protocol"]);
    expect(bob.transceiver.diagnostics().frames).toMatchObject({ duplicates: 0, stale: 0 });
  });

  it("goes on by itself after the connection broke", async () => {
    const { addresses } = link;
    const target = new URL(addresses.bob.tcp!.replace("tcp:", "http:"));
    const through = new Set<Socket>();
    const proxy = createServer((client) => {
      const device = connect(Number(target.port), target.hostname);
      for (const socket of [client, device]) through.add(socket.on("error", () => {}));
      client.pipe(device).pipe(client);
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const { port } = proxy.address() as { port: number };

    const alice = await openEnd(addresses.alice.tcp!, "qtx");
    const bob = await openEnd(`tcp://127.0.0.1:${port}`, "qrx");
    const states: string[] = [];
    bob.transceiver.state$.subscribe((state) => states.push(state));
    const size = { detectionsPerFrame: 20_000 };
    await Promise.all([alice.transceiver.start(size), bob.transceiver.start(size)]);
    const [first] = await pairs(alice.frames, bob.frames, 1);
    for (const socket of through) socket.resetAndDestroy();
    expectMatching(await pairs(alice.frames, bob.frames, 3, first![1].sessionNumber + 1));
    expect(states).toEqual(["online", "reconnecting", "online"]);
    for (const socket of through) socket.destroy();
    await new Promise((resolve) => proxy.close(resolve));
  });

  it.each([
    ["unreachable", () => "modbus+tcp://127.0.0.1:1?unit=1", "QKD_TRANSPORT_OPEN"],
    ["another device's", () => link.addresses.alice.modbusTcp!, "QKD_DEVICE_IDENTITY"],
  ])("tells health without a telemetry plane that is %s, and says why", async (_what, telemetry, code) => {
    const { transceiver } = await openEnd(link.addresses.bob.tcp!, "qrx", telemetry());
    const sources = await new Promise<Set<string>>((resolve) =>
      transceiver.health$.subscribe(({ quantities }) => {
        if (transceiver.diagnostics().telemetryError !== undefined && quantities.length > 0)
          resolve(new Set(quantities.map(({ source }) => source)));
      }),
    );
    expect([...sources]).toEqual(["protocol"]);
    expect(transceiver.diagnostics().telemetryError).toMatchObject({ code });
  });

  it("does not start at a device that another driver owns", async () => {
    const owner = await openEnd(link.addresses.alice.tcp!, "qtx");
    const other = await openEnd(link.addresses.alice.tcp!, "qtx");
    await owner.transceiver.start({ detectionsPerFrame: 1_000 });
    await expect(other.transceiver.start()).rejects.toMatchObject({
      code: "QKD_DEVICE_BUSY",
      retryable: true,
    });
  });
});
